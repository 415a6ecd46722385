"""Whatever the pages hold: extractors do not raise, evidence lies inside its line, and more pages change no value."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.document import Document, Reading
from models.geometry import BBox
from pipeline.extract import extract
from pipeline.select import select
from tests.documents import from_text, scanned
from tests.test_layout import BODY, HEAD, TAIL

_PIECES = st.sampled_from(
    [
        "Số: 15/QĐ-BNV", "Số:", "/SYT-NVY", "Số 198-KL/TW", "Hà Nội, ngày 45 tháng 13 năm 2021", "ngày tháng năm",
        "ngày 31/02/2020", "QUYẾT ĐỊNH", "BÁO CÁO", "V/v", "V/v báo cáo", "Kính gửi:", "Kính gửi: - ", "- ;",
        "Nơi nhận:",        "- Lưu: VT", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "TM.", "Trần Văn Bình", "PHỤ LỤC",
        "(Kèm theo Quyết định số /QĐ-X)",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "UBND TỈNH AN GIANG", "SỞ Y TẾ", "HỎA TỐC", "ĐẾN", "trước ngày 3/4",
        "liên hệ ông 0900 000 001", "a@b.vn điện thoại", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020;", "|",
        "ˆ", "./.",
    ]
)  # fmt: skip
_JUNK = st.text(alphabet="aàáảBĐđ0123456789 .,;:/-_()|\"'ốưnk", max_size=24)
_LINE = st.one_of(_PIECES, _JUNK, st.tuples(_PIECES, _JUNK).map(" ".join)).filter(lambda s: s.strip() != "")
_QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(document: Document) -> None:
    """Extract strictly, look at every piece of evidence, and select."""
    found = extract(document, strict=True)
    for candidate in found.candidates:
        for where in candidate.evidence:
            text = document.line(where).text
            assert 0 <= where.start < where.end <= len(text)
    letter = select(found)
    assert all(0.0 <= f.confidence <= 1.0 for f in (letter.number, letter.issued_on, letter.issuer) if f is not None)


@_QUICK
@given(st.lists(_LINE, max_size=25))
def test_text(lines: list[str]) -> None:
    check(from_text("\n".join(lines)))


@_QUICK
@given(st.lists(st.tuples(_LINE, st.floats(0, 560), st.floats(0, 820)), max_size=30), st.lists(_LINE, max_size=4))
def test_scan(lines: list[tuple[str, float, float]], readings: list[str]) -> None:
    box = BBox(80, 90, 300, 110)
    further = tuple(
        Reading("paddle", region, text, 1, box, 0.9)
        for text in readings
        for region in ("number", "place_date", "head", "stamp", "day", "signing_time", "signature_block")
    )
    normal = [(" ".join(text.split()), x, y) for text, x, y in lines]
    check(scanned(normal, readings=further))


@_QUICK
@given(st.lists(_LINE.filter(lambda s: "QĐ" not in s and "/" not in s), min_size=1, max_size=6))
def test_an_unrelated_page_changes_no_field_of_the_head(lines: list[str]) -> None:
    own = scanned([*HEAD, *BODY, *TAIL])
    other = scanned([*HEAD, *BODY, *TAIL], [(" ".join(t.split()), 90.0, 300.0 + 20 * i) for i, t in enumerate(lines)])
    first, second = select(extract(own)), select(extract(other))
    for name in ("number", "issued_on", "place", "issuer", "doc_type"):
        one, two = getattr(first, name), getattr(second, name)
        assert (one and one.value) == (two and two.value)
    assert dataclasses.replace(first.source) == second.source
