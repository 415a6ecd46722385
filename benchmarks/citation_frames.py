"""Sentences of official letters with a place for each document they name, and what each sentence says of it.

Written from the decree's rules of form and from how offices write, not from the finder: {D} is noun, number, date and
body in one of their orders, {N} noun and number alone, {B} the number alone, {E} and {F} further documents in full.
"""

from __future__ import annotations

# relation of {D}, {N} or {B}: sentences. Documents {E} and {F} share it, {R} is only referred to.
FRAMES: dict[str, tuple[str, ...]] = {
    "legal_basis": (
        "Căn cứ {D};",
        "Căn cứ {D} về việc kiện toàn tổ chức bộ máy;",
        "Căn cứ {D}; {E};",
        "Căn cứ {D} và {E} quy định chức năng, nhiệm vụ, quyền hạn;",
        "Căn cứ khoản {d} Điều {a} {N} về công tác văn thư;",
        "Trên cơ sở {D}, Sở đã xây dựng dự thảo quy chế.",
        "Căn cứ {D} sửa đổi, bổ sung một số điều của {R};",
        "Chiếu theo {D}, đơn vị tổ chức kiểm kê tài sản.",
    ),
    "implements": (
        "Thực hiện {D}, Phòng Nội vụ báo cáo kết quả như sau:",
        "Triển khai {D}, Ủy ban nhân dân xã đã tổ chức hội nghị quán triệt.",
        "Thực hiện chỉ đạo của Chủ tịch UBND tỉnh tại {D}, Sở đề nghị các đơn vị rà soát.",
        "Tiếp tục thực hiện nghiêm {D} và {E}.",
        "Kết quả thực hiện {D} đến nay đạt {a}%.",
        "Để triển khai thực hiện {D}, đề nghị các đơn vị đăng ký nhu cầu.",
        "Chấp hành {D}, cơ quan đã bố trí cán bộ trực.",
        "Quán triệt {D} tới toàn thể cán bộ, công chức.",
    ),
    "replies_to": (
        "Phúc đáp {D} về việc góp ý dự thảo, Sở có ý kiến như sau:",
        "Trả lời {D}, Cục thông báo để đơn vị biết.",
        "Sở nhận được {D} về việc xin ý kiến thẩm định.",
        "Sau khi nghiên cứu {D}, Vụ thống nhất với nội dung dự thảo.",
        "V/v trả lời {D}",
    ),
    "follows_up": (
        "Tiếp theo {D}, Sở đề nghị các đơn vị gửi báo cáo trước ngày {a}.",
        "Tiếp theo {D} về việc đăng ký kế hoạch, Bộ đề nghị bổ sung hồ sơ.",
    ),
    "proposed_by": (
        "Theo đề nghị của Giám đốc Sở Tài chính tại {D},",
        "Xét {D};",
        "Xét đề nghị của Trưởng phòng Kinh tế tại {D};",
        "Theo đề nghị tại {D} và ý kiến của các thành viên,",
    ),
    "amends": (
        "Điều 1. Sửa đổi, bổ sung một số điều của {D}.",
        "Điều 1. Sửa đổi khoản {d} Điều {a} {D}.",
        "Điều 2. Điều chỉnh nội dung tại Điều 1 {D}.",
        "V/v sửa đổi, bổ sung {D}",
    ),
    "replaces": (
        "Điều 3. Quyết định này có hiệu lực kể từ ngày ký và thay thế {D}.",
        "Quyết định này thay thế {D} và {E}.",
        "Thông tư này thay thế {D}.",
    ),
    "repeals": (
        "Bãi bỏ {D}.",
        "Điều 1. Bãi bỏ toàn bộ {D}.",
        "Điều 2. Bãi bỏ Điều {a}, Điều {b} {D}.",
        "{D} hết hiệu lực kể từ ngày Thông tư này có hiệu lực thi hành.",
        "Hủy bỏ {D}.",
    ),
    "guides": (
        "V/v hướng dẫn thực hiện {D}",
        "Bộ hướng dẫn thi hành {D} như sau:",
    ),
    "corrects": (
        "Đính chính {D} như sau:",
        "V/v đính chính {D}",
    ),
    "attached_to": (
        "Gửi kèm {D}.",
        "(Đính kèm {D})",
    ),
    "references": (
        "Mức chi áp dụng theo quy định tại {D}.",
        "Theo {D}, thời hạn giải quyết là {d} ngày.",
        "Nội dung này đã được nêu tại {N}.",
        "Việc thanh toán không trái với {D}.",
        "Bộ Xây dựng đã ban hành {D} về định mức.",
        "Hồ sơ phù hợp với {D} của cấp có thẩm quyền.",
        "Danh mục ban hành kèm theo {D} được cập nhật hằng năm.",
        "Ngoài ra còn có {D}; {E}; {F}.",
        "Số liệu lấy từ {N}, {E} và các tài liệu liên quan.",
        "Trường hợp vi phạm {D} thì xử lý theo thẩm quyền.",
        "{D} vẫn còn hiệu lực.",
        "Đối chiếu với {D} thấy còn {d} nội dung chưa thống nhất.",
        "- {D};",
        "+ {D}: đã hoàn thành {a}/{b} nhiệm vụ.",
        "{d}. {D}.",
        "| {d} | {B} | {a} | đã thực hiện |",
        "Ghi chú: xem {B}.",
        "Nghị quyết của Hội đồng nhân dân (số {B}) được thông qua.",
        "Công tác tuyên truyền (theo {D}) được quan tâm.",
    ),
}

# Body text with figures, slashes and capitals that cites no document.
PLAIN = (
    "Đoạn từ Km{a}+{m} đến Km{b}+{m}, mặt cắt A{d}/B{d}, tải trọng H30-XB80 và trục 10T/trục.",
    "Chỉ số SIPAS đạt {a},{d}%; PAR INDEX xếp thứ {a}/63; PCI {y} tăng {d} bậc, PAPI đạt {a}.{m} điểm.",
    "Ông (bà) có số CCCD 0{m}{m}{m}{m}, hộ chiếu số C{m}{m}, mã BHXH {m}{m}{m}{d}.",
    "Hợp đồng số {a}/{y}/HĐ-XD ký ngày {d}/{mo}/{y} giữa BQLDA và Công ty TNHH A.",
    "Hợp đồng thi công số {m}/HĐTC và phụ lục hợp đồng số 0{d}/PLHĐ-{y} đã nghiệm thu.",
    "Máy chủ Intel Xeon E5-26{a}v4/64GB/2TB, cổng RJ45/10G, hệ điều hành Windows Server {y}/R2.",
    "Thuốc Paracetamol {m}mg/viên, Amoxicillin {m}mg/5ml, vắc xin DPT-VGB-Hib lô số AB{m}/{a}.",
    "Lớp {d}A{d}, khối 10/11/12, học kỳ II/{y}, ca {d}/{d}, phòng thi số {a}/A{d}.",
    "Nhà số {a}/{b}/{d} đường Lê Lợi, tổ {a}, khu phố {d}/P.{d}, Q.{d}, TP.HCM.",
    "Thời hạn từ ngày {d}/{mo}/{y} đến hết ngày {a}/{mo}/{y}, chia làm {d} đợt (đợt {d}/{y}, đợt {d}/{y}).",
    "Kinh phí {n}.{m}.{m} đồng/hộ/năm, trong đó NSTW/NSĐP = {a}/{b}; vốn ODA {m} triệu USD.",
    "Tiêu chuẩn TCVN {m}{d}-{d}:{y}, QCVN 0{d}-MT:{y}/BTNMT, TCXDVN {m}:{y}, ASTM D{m}/D{m}M.",
    "Mã chương {m}, loại {m} khoản {m}, tiểu mục {m}{d}; TK 3713.0.{m}{m}.9{m}5 tại KBNN.",
    "Tàu cá TG-9{m}{d}-TS, xe 51C-{m}.{a}, giấy đăng ký kinh doanh 03{m}{m}{a} cấp lần {d}.",
    "Văn bản gửi về địa chỉ: Số {a}, đường 3/2, hoặc email: vp{d}@sonoivu.gov.vn, fax 0{a}.{m}.{m}.{d}.",
    "Điểm a, b khoản {d} Điều {a}, Điều {b}/Chương {d} của dự thảo cần làm rõ.",
    "Ca bệnh BN{m}{d}, tỷ lệ {d}/{a}.000 dân, nhóm máu O/Rh+, chỉ số SpO2 {a}%/phút.",
    "Đội tuyển U{a}/QG thắng {d}-{d}; tỷ số hiệp 1: {d}/{d}; giải chạy {a}km/HCM.",
    "Giá trúng thầu gói XL-0{d}/{y}: {m}.{m}.{m},{a} VNĐ/gói; bảo lãnh {d}% theo HSMT.",
    "Các bên A/B ký biên bản, lưu 0{d} bản/bên; Nơi nhận: VT, TH({d}b)/KT.",
    "Ban hành Quyết định công nhận; Quyết định này có hiệu lực kể từ ngày ký ban hành.",
    "Thông tư nêu rõ trách nhiệm; Nghị định của Chính phủ được phổ biến rộng rãi từ {y}.",
    "Phấn đấu đến năm {y}, tỷ lệ GRDP/người đạt {n}.{m} USD; giai đoạn {y}-{y5} tăng {d}-{a}%/năm.",
    "Danh sách gồm {a} thí sinh, số báo danh {m}{a}/TS{d}; kết quả {d}/10 - Đạt.",
    "Phiếu tiếp nhận H{a}.{m}.{d}-{y}-{m}{d}/TN hẹn trả ngày {d}/{mo}/{y}, mã QR.",
    "Số người tham gia: {m}/{n}{m} (đạt {a}%); vắng: {a}/NCS, {d}/TS.",
)
