"""Citations: forms, damages, relations, look-alikes, repeats of the own number; all is invented."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import citation_wide
from benchmarks.citations import FORMS, cases
from benchmarks.damages import DAMAGES, SENTENCES, sentence
from extractors import flow
from extractors.citations import in_text
from models.document import Candidate, Document
from models.letter import RELATIONS, Citation
from tests.documents import from_text, scanned

HEAD = "UBND TỈNH CÀ MAU\nSỞ NỘI VỤ\n\nSố: 512/SNV-TCBC\n\nCà Mau, ngày 12 tháng 5 năm 2023\n\n"


def _candidates(document: Document) -> list[tuple[Candidate, Citation]]:
    found = [(c, c.value) for c in in_text.find(document)]
    return [(c, v) for c, v in found if isinstance(v, Citation)]


def _cited(text: str) -> dict[str, Citation]:
    return {str(v.number): v for _, v in _candidates(from_text(HEAD + text)) if v.number}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_form_under_every_damage(form: str, damage: str) -> None:
    rng = random.Random(f"{form} {damage}")
    for _ in range(4):
        text, expected = FORMS[form](rng)
        got = {str(v.number) for _, v in _candidates(from_text(DAMAGES[damage](text, rng))) if v.number}
        assert got == {number for number, _ in expected}, text


@pytest.mark.parametrize("seed", range(len(SENTENCES)))
def test_look_alikes_are_no_citations(seed: int) -> None:
    rng = random.Random(seed)
    text = " ".join(sentence(rng) for _ in range(12))
    assert _cited(text) == {}, text


def test_many_bodies_and_sentences_under_harsher_damage() -> None:
    """Codes that no list knows can not be put together from pieces, so not all is found; nothing is made up."""
    rng = random.Random(5)
    found = wanted = wrong = 0
    for damage, text, expected in citation_wide.cases(rng, 600):
        if damage in ("small letters", "three at once"):
            continue
        got = {str(v.number) for _, v in _candidates(from_text(text)) if v.number}
        found += sum(number in got for number, _, _ in expected)
        wanted += len(expected)
        wrong += len(got - {number for number, _, _ in expected})
    assert found >= 0.95 * wanted
    assert wrong <= 0.03 * wanted
    assert not any(_cited(citation_wide.page(rng)) for _ in range(20))


DAMAGED = {
    "Công văn số 550/SCTVX ngày 05/11/2013": "550/SCT-VX",
    "Quyết định số 782013/QĐ-TTg ngày 26/4/2013": "78/2013/QĐ-TTg",
    "Quyết định số 07QĐĐ-HĐT-ĐHTĐ ngày 15/9/2021": "07/QĐ-HĐT-ĐHTĐ",
    "Quyết định số 97/2o12/0Đ-TTg ngày 16/4/2012": "97/2012/QĐ-TTg",
    "Luật Đầu tư số 64/2024/QHI5": "64/2024/QH15",
    "Chỉ thị số 62-CTTU ngày 27/5/2017": "62-CT/TU",
    "Báo cáo số 14BC/HU ngày 27/5/2017": "14-BC/HU",
    "Kết luận số 456/KL-UB DT ngày 12/4/2012": "456/KL-UBDT",
    "Công văn số 8/TA NDTC-PC ngày 04/8/2018": "8/TANDTC-PC",
    "Công văn số 5072/PT CKH, ngày 04/8/2018": "5072/PTCKH",
    "Nghị định số 79/2010/NĐ-CPP ngày 12/8/2010": "79/2010/NĐ-CP",
    "Công văn số 942/STTP-VP1 ngày 10/8/2017": "942/STP-VP1",
    "Công văn số 12/VPCP-HTOT ngày 10/8/2017": "12/VPCP-HTQT",
    "Văn bản số 963,BNNPTNT-TH ngày 04/9/2015": "963/BNNPTNT-TH",
    "Công văn 7 30/BTC-TH ngày 15/12/2009": "730/BTC-TH",
    "Kế hoạch số 8262/KH-BQLĐA ngày 05/5/2023 của Ban Quản lý dự án đầu tư": "8262/KH-BQLDA",
    "Đề án số 5926/DA-SYT ngày 02/9/2010": "5926/ĐA-SYT",
    "Công văn số 141-CV/VPTW/nb ngày 02/9/2010": "141-CV/VPTW/nb",
}


@pytest.mark.parametrize(("text", "number"), DAMAGED.items())
def test_a_damaged_number_is_put_together_from_the_lists(text: str, number: str) -> None:
    assert list(_cited(f"Sở báo cáo về {text}.")) == [number]


@pytest.mark.parametrize(
    "text",
    ["Biểu mẫu số 02/BC-ĐTC", "cống số 66/K1. Tỷ lệ hộ nghèo", "hợp đồng số 12HĐ-XD", "biển số 51F-123.45", "số 12 TH"],
)
def test_what_looks_like_a_damaged_number(text: str) -> None:
    assert _cited(f"Sở báo cáo về {text}.") == {}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("số 15/QĐ-TTg ngày 05/3/2020\nvà các văn bản khác", False),
        ("Công văn\nsố 15/SNV-TH\nngày 05/3/2020", False),
        ("Số liệu lấy từ Công văn số 15/SNV-TH, Sở báo cáo", False),
        ("SỞ NỘI VỤ\nSố 15/SNV-TH\nSở báo cáo như sau", True),
        ("Số: 15/SNV-TH\nSở báo cáo như sau", True),
    ],
)
def test_a_passage_without_a_letterhead_has_no_own_number(text: str, own: bool) -> None:
    assert bool(_candidates(from_text(text))) is not own


# Fourteen shapes of official letters, most without a year in the number.
SHAPES = {
    "Quyết định số 729/QĐ-TTg ngày 23/4/2020": "729/QĐ-TTg",
    "Nghị định số 30/2020/NĐ-CP": "30/2020/NĐ-CP",
    "Luật Lưu trữ số 33/2024/QH15": "33/2024/QH15",
    "Nghị quyết số 02/NQ-CP của Chính phủ ngày 01/01/2021": "02/NQ-CP",
    "Công văn số 4691/BKHĐT-TH ngày 12/7/2022": "4691/BKHĐT-TH",
    "Thông báo số 339/TB- VPCP": "339/TB-VPCP",
    "Kết luận số 198-KL/TW": "198-KL/TW",
    "Nghị quyết số 12-NQ/ĐU, ngày 05/9/2022": "12-NQ/ĐU",
    "Tờ trình số 365/TTr-SNV ngày 01 tháng 11 năm 2024": "365/TTr-SNV",
    "Văn bản số 435/LĐCP": "435/LĐCP",
    "280/QĐ-UBND ngày 20/01/2022": "280/QĐ-UBND",
    "Thông tư liên tịch số 55/2005/TTLT-BNV-VPCP": "55/2005/TTLT-BNV-VPCP",
    "Quyết định số 4626/QĐ-BNN-LN ngày 23/12/2024": "4626/QĐ-BNN-LN",
    "Nghị quyết số 30a/2008/NQ-CP": "30a/2008/NQ-CP",
}


@pytest.mark.parametrize(("text", "number"), SHAPES.items())
def test_fourteen_shapes(text: str, number: str) -> None:
    assert list(_cited(f"Sở báo cáo về {text}.")) == [number]


RELATED = {
    "Căn cứ Quyết định số 15/QĐ-TTg ngày 30/01/2018 của Thủ tướng Chính phủ;": "legal_basis",
    "Thực hiện Chỉ thị số 15/CT-TTg của Thủ tướng Chính phủ, Sở đề nghị:": "implements",
    "Thực hiện ý kiến chỉ đạo của Chủ tịch UBND tỉnh tại Công văn số 15/UBND-NC, Sở đề nghị:": "implements",
    "Tại Chỉ thị số 15/CT-TTg của Thủ tướng Chính phủ, Sở được giao chủ trì.": "implements",
    "Phúc đáp Công văn số 15/PNV của Phòng Nội vụ huyện Năm Căn, Sở có ý kiến:": "replies_to",
    "Sở nhận được Công văn số 15/PNV của Phòng Nội vụ huyện Năm Căn.": "replies_to",
    "Tiếp theo Công văn số 15/SNV-TH ngày 01/3/2023, Sở đề nghị:": "follows_up",
    "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 15/TTr-SNV ngày 01/3/2023.": "proposed_by",
    "Xét Tờ trình số 15/TTr-SNV ngày 01/3/2023 của Giám đốc Sở Nội vụ;": "proposed_by",
    "Điều 1. Sửa đổi, bổ sung một số điều của Quy chế ban hành kèm theo Quyết định số 15/QĐ-UBND.": "amends",
    "Điều 2. Quyết định này thay thế Quyết định số 15/QĐ-UBND ngày 03/4/2019.": "replaces",
    "Bãi bỏ Quyết định số 15/QĐ-UBND ngày 03/4/2019 của UBND tỉnh.": "repeals",
    "Quyết định số 15/QĐ-UBND hết hiệu lực kể từ ngày Quyết định này có hiệu lực.": "repeals",
    "Các văn bản sau đây hết hiệu lực: Quyết định số 15/QĐ-UBND ngày 03/4/2019.": "repeals",
    "V/v hướng dẫn thực hiện Nghị quyết số 15/NQ-CP ngày 03/4/2019": "guides",
    "V/v đính chính Quyết định số 15/QĐ-UBND ngày 07/02/2022": "corrects",
    "Gửi kèm bản sao Quyết định số 15/QĐ-BNV ngày 05/01/2023.": "attached_to",
    "Việc chi trả theo quy định tại khoản 3 Điều 5 Quyết định số 15/QĐ-TTg.": "references",
    "Trảlời Công văn số 15/PNV của Phòng Nội vụ huyện Năm Căn, Sở có ý kiến:": "replies_to",
    "Sau khi xem xét Tờ trình số 15/TTr-PNV ngày 01/3/2023, Sở có ý kiến:": "replies_to",
    "V/v\nđính chính\nQuyết định số 15/QĐ-UBND": "corrects",
    "QUYẾT ĐỊNH SỐ 15/QĐ-UBND HẾT HIỆU LỰC TỪ NGÀY THÔNG TƯ NÀY CÓ HIỆU LỰC.": "repeals",
    "Đình chỉ thi hành Quyết định số 15/QĐ-UBND ngày 01/3/2023.": "references",
    "Bộ Nội vụ đã ban hành Công văn số 15/BNV-TCBC ngày 01/3/2023.": "references",
}


@pytest.mark.parametrize(("text", "relation"), RELATED.items())
def test_relation(text: str, relation: str) -> None:
    (citation,) = _cited(text).values()
    assert citation.relation == relation


def test_a_document_in_the_title_of_another_is_only_referred_to() -> None:
    cited = _cited(
        "Căn cứ Nghị định số 107/2021/NĐ-CP ngày 06/12/2021 của Chính phủ sửa đổi, bổ sung một số điều của "
        "Nghị định số 61/2018/NĐ-CP; Quyết định số 45/QĐ-TTg ngày 19/10/2016 của Thủ tướng Chính phủ;"
    )
    assert [c.relation for c in cited.values()] == ["legal_basis", "references", "legal_basis"]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("Căn cứ Nghị định số 2/2021/NĐ-CP sửa đổi, bổ sung một số điều của Nghị định số 1/2018/NĐ-CP;",
         {"2/2021/NĐ-CP": ["amends 1/2018/NĐ-CP"]}),
        ("Căn cứ Nghị định số 1/2018/NĐ-CP được sửa đổi, bổ sung bởi Nghị định số 2/2021/NĐ-CP;",
         {"2/2021/NĐ-CP": ["amends 1/2018/NĐ-CP"]}),
        ("Quyết định số 4/QĐ-BNV bị bãi bỏ bởi Quyết định số 5/QĐ-BNV.", {"5/QĐ-BNV": ["repeals 4/QĐ-BNV"]}),
        ("Căn cứ Thông tư số 3/2019/TT-BNV hướng dẫn thi hành Nghị định số 1/2018/NĐ-CP;",
         {"3/2019/TT-BNV": ["guides 1/2018/NĐ-CP"]}),
        ("Nghị định số 9/2017/NĐ-CP sửa đổi Nghị định số 6/2010/NĐ-CP và Nghị định số 8/2013/NĐ-CP được áp dụng.",
         {"9/2017/NĐ-CP": ["amends 6/2010/NĐ-CP", "amends 8/2013/NĐ-CP"]}),
        ("Thực hiện Kế hoạch số 5/KH-BNV về triển khai Nghị quyết số 4/NQ-CP;", {}),
        ("Căn cứ Nghị định số 6/2010/NĐ-CP; Nghị định số 8/2013/NĐ-CP;", {}),
        ("Quyết định này thay thế Quyết định số 4/QĐ-BNV ngày 01/3/2019.", {}),
    ],
)  # fmt: skip
def test_what_a_title_says_its_document_does_to_another(text: str, acts: dict[str, list[str]]) -> None:
    said = {number: [f"{act.relation} {act.number}" for act in c.acts] for number, c in _cited(text).items() if c.acts}
    assert said == acts


def test_a_project_table_names_investment_decisions() -> None:
    table = (
        "STT\tTên dự án\tĐịa điểm\tSố quyết định; ngày, tháng, năm ban hành\n"
        "1\tDự án A\tHuyện B\t280/QĐ-UBND ngày 20/01/2022\n2\tDự án C\tHuyện D\tsố 921/QĐ-UBND ngày 07/4/2021"
    )
    cited = _cited(table)
    assert {c.relation for c in cited.values()} == {"investment_decision"}
    assert cited["280/QĐ-UBND"].issuer == "Ủy ban nhân dân tỉnh Cà Mau"
    assert cited["280/QĐ-UBND"].issuer_origin == "context"


def test_the_own_number_is_no_citation() -> None:
    assert (
        _cited("Công văn số 512/SNV-TCBC nêu trên.\n\nPhụ lục\n(Kèm theo Công văn số 521/SNV-TCBC ngày 12/5/2023)")
        == {}
    )


def test_short_mentions_join_the_latest_full_one() -> None:
    cited = _candidates(
        from_text(
            "Thực hiện Nghị quyết số 02/NQ-CP ngày 01/01/2019 của Chính phủ. Kết quả Nghị quyết số 02/NQ-CP đã rõ.\n\n"
            "Thực hiện Nghị quyết số 02/NQ-CP ngày 01/01/2021 của Chính phủ; tinh thần Nghị quyết 02 được quán triệt."
        )
    )
    assert [(str(c.number), c.issued_on and c.issued_on.year, len(c.mentions)) for _, c in cited] == [
        ("02/NQ-CP", 2019, 2),
        ("02/NQ-CP", 2021, 2),
    ]


def test_one_number_one_year_is_one_document_whatever_day_was_read() -> None:
    cited = _cited(
        "Quyết định số 79/QĐ-UBND ngày 12/02/2021 và ban hành kèm theo Quyết định số 79/QĐ-UBND ngày 19/02/2021."
    )
    assert len(cited) == 1


def test_laws_by_name_are_kept_without_a_number() -> None:
    laws = [
        v for _, v in _candidates(from_text("Căn cứ Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015;")) if not v.number
    ]
    assert [(law.title, str(law.issued_on), law.relation) for law in laws] == [
        ("Luật Tổ chức Chính phủ", "2015-06-19", "legal_basis")
    ]


def test_a_law_by_name_is_the_numbered_law_of_the_same_text() -> None:
    text = "Căn cứ Luật Đầu tư công số 39/2019/QH14;\nTheo Luật Đầu tư công, chủ đầu tư báo cáo; Luật Đầu tư công 2014."
    found = [v for _, v in _candidates(from_text(HEAD + text))]
    assert [(str(v.number), len(v.mentions)) for v in found] == [("39/2019/QH14", 2), ("None", 1)]


def test_an_amending_law_is_one_law_with_its_own_day() -> None:
    name = "Luật sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền địa phương"
    (law,) = [v for _, v in _candidates(from_text(f"{HEAD}Căn cứ {name} ngày 22 tháng 11 năm 2019;"))]
    assert (law.title, str(law.issued_on), law.relation) == (name, "2019-11-22", "legal_basis")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("điểm đ khoản 3 Điều 12 và Điều 15 Nghị định số 30/2020/NĐ-CP", [("12", "3", "đ"), ("15", None, None)]),
        ("các khoản 1, 2 Điều 7 và Điều 9 Mục 2 Chương II của Thông tư số 01/2021/TT-BNV",
         [("7", "1", None), ("7", "2", None), ("9", None, None)]),
        ("Điều 5. Thực hiện Quyết định số 12/QĐ-UBND", []),
        ("điểm a, b khoản 1 Điều 2 Quyết định số 12/QĐ-UBND", [("2", "1", "a"), ("2", "1", "b")]),
        ("điểm a và điểm b khoản 1 Điều 2 Quyết định số 12/QĐ-UBND", [("2", "1", "a"), ("2", "1", "b")]),
        ("một số điều của Quyết định số 12/QĐ-UBND", []),
        ("Điều 4 và Phụ lục II Quyết định số 12/QĐ-UBND", [("4", None, None)]),
        ("Điều 4 của Quy chế làm việc ban hành kèm theo Quyết định số 12/QĐ-UBND", [("4", None, None)]),
    ],
)  # fmt: skip
def test_pinpoints(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    (cited,) = _cited(text).values()
    assert [(p.article, p.clause, p.point) for p in cited.pinpoints] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CV số 2589 ngày 12/5/2022 của Sở Tài chính", ("CV số 2589", "CV", "2022-05-12", "Sở Tài chính tỉnh Cà Mau")),
        ("Công văn số 2589 của Bộ Y tế ngày 12/5/2022", ("Công văn số 2589", "CV", "2022-05-12", "Bộ Y tế")),
        ("Công văn số 77/SYT-VP ngày 1/4/2023. Công văn số 77 ngày 1/4/2023 nêu rõ", None),
        ("Quyết định số 5 ngày công được tính như sau", None),
        ("Điện thoại số 2589 ngày 12/5/2022", None),
    ],
)
def test_a_serial_without_symbol_needs_a_day(text: str, expected: tuple[str, str, str, str] | None) -> None:
    bare = [v for _, v in _candidates(from_text(HEAD + text)) if v.number is None]
    assert [(v.title, v.doc_type, str(v.issued_on), v.issuer) for v in bare] == ([expected] if expected else [])


def test_a_decree_with_its_year_alone_is_the_governments() -> None:
    assert list(_cited("Theo Nghị định 34/2016 và Nghị định số 154/2020 của Chính phủ")) == [
        "34/2016/NĐ-CP", "154/2020/NĐ-CP",
    ]  # fmt: skip
    text = "Nghị định số 34/2016/NĐ-CP ngày 14/5/2016. Nghị định 34/2016 quy định. Nghị định nêu trên rõ ràng."
    assert [len(v.mentions) for v in _cited(text).values()] == [3]
    assert _cited("Nghị định này có hiệu lực. Quyết định nêu trên.") == {}


@pytest.mark.parametrize(
    ("text", "number", "day", "issuer"),
    [
        ("Ngày 07/3/2019, Chính phủ ban hành Nghị quyết số 17/NQ-CP.", "17/NQ-CP", "2019-03-07", "Chính phủ"),
        ("Quyết định số 15/QĐ-BTTT ngày 166/2022 của Bộ Thông tin và Truyền thông", "15/QĐ-BTTTT", "2022-06-16", None),
        ("Công văn số 2l 05/UBND-NC ngày 06/5/2022 của UBND tỉnh", "2105/UBND-NC", "2022-05-06", None),
        ("Tờ trình số 76/TTr-HDTĐ ngày 30/12/2022 của Hội đồng thẩm định tỉnh", "76/TTr-HĐTĐ", "2022-12-30", None),
        ("Quyết định số 15/QĐ-BGTTT ngày 31/12/2022 của Bộ Giao thông vận tải", "15/QĐ-BGTVT", "2022-12-31", None),
    ],
)
def test_damaged_and_displaced_parts(text: str, number: str, day: str, issuer: str | None) -> None:
    citation = _cited(text)[number]
    assert str(citation.issued_on) == day
    assert issuer in (None, citation.issuer)


def test_an_unread_figure_gives_no_number() -> None:
    assert _cited("Căn cứ Nghị định số Xí 07/2021/NĐ-CP ngày 06/12/2021;") == {}


def test_mentions_quote_the_page() -> None:
    page = [
        ("Thực hiện Công văn số 4691/BKHĐT-", 120.0, 100.0),
        ("TH ngày 12/7/2022 của Bộ Kế hoạch và Đầu tư, Sở báo cáo như sau:", 85.0, 116.0),
    ]
    document = scanned(page)
    ((candidate, citation),) = [(c, v) for c, v in _candidates(document) if v.number]
    assert str(citation.number) == "4691/BKHĐT-TH"
    assert citation.mentions[0].text == "Công văn số 4691/BKHĐT-TH ngày 12/7/2022"
    assert citation.mentions[0].bbox is not None
    assert candidate.evidence


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_quotes_and_codes_hold_on_generated_text(seed: int) -> None:
    rng = random.Random(seed)
    form, damage, text, _ = rng.choice(list(cases(rng, 1)))
    document = from_text(text)
    whole = flow.build(document).text
    for candidate, citation in _candidates(document):
        assert citation.relation in RELATIONS, (form, damage)
        assert 0 < citation.confidence <= 1
        for mention in citation.mentions:
            assert mention.text in whole
        for item in candidate.evidence:
            assert 0 <= item.start < item.end <= len(document.line(item).text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="Quyết định số15/QĐ-TTgngày 0OĐDl|.,;()\n", max_size=120))
def test_never_raises(text: str) -> None:
    list(in_text.find(from_text(text)))


def test_noise_loses_no_reference() -> None:
    text = "Căn cứ Quyết định số 15/QĐ-TTg ngày 30/01/2018 của Thủ tướng Chính phủ;"
    assert _cited(text).keys() == _cited(text + "\n\n" + "\n\n".join(SENTENCES)).keys()


@pytest.mark.parametrize(("height", "number"), [(3.0, "92/2017/NĐ-CP"), (12.0, "192/2017/NĐ-CP")])
def test_a_speck_before_a_number_is_no_figure(height: float, number: str) -> None:
    text = "Căn cứ Nghị định số 1 92/2017/NĐ-CP ngày 07/8/2017 của Chính phủ;"
    document = scanned([(text, 120.0, 100.0)])
    line = document.pages[0].lines[0]
    words = tuple(
        replace(w, bbox=replace(w.bbox, bottom=w.bbox.top + height)) if w.text == "1" and w.bbox else w
        for w in line.words
    )
    document = replace(document, pages=(replace(document.pages[0], lines=(replace(line, words=words),)),))
    assert [str(v.number) for _, v in _candidates(document)] == [number]


def test_the_raw_reading_of_a_repaired_number_is_kept() -> None:
    repaired = _cited("Căn cứ Nghị quyết số 112/20250H15; Công văn số 38/BTTT-KHTC; Quyết định số 15/QĐ-TTg;")
    assert [[w.value for w in c.witnesses] for c in repaired.values()] == [["112/20250H15"], ["38/BTTT-KHTC"], []]
    assert list(repaired) == ["112/2025/QH15", "38/BTTTT-KHTC", "15/QĐ-TTg"]


def test_serials_with_a_letter_and_the_year_of_a_term_written_out() -> None:
    found = _cited(
        "Trả lời Công văn số 35A/THM-TV đề ngày 01/4/2022 của Công ty Thái Hòa; căn cứ Luật số 70/2014/QH2013 ngày "
        "26/11/2014; trụ sở tại số 12B/45 đường Nguyễn Trãi."
    )
    assert {number: str(cited.issued_on) for number, cited in found.items()} == {
        "35A/THM-TV": "2022-04-01",
        "70/2014/QH2013": "2014-11-26",
    }


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (
            "Thực hiện các văn bản số 1234/UBND-KT, 1235/UBND-KT và 1240/UBND-KT lần lượt ngày 01/3/2023, 02/3 và"
            " 05/3/2023 của UBND tỉnh Bình Định.",
            {"1234/UBND-KT": "2023-03-01", "1235/UBND-KT": "2023-03-02", "1240/UBND-KT": "2023-03-05"},
        ),
        (
            "Căn cứ các Quyết định số 11/QĐ-UBND và số 12/QĐ-UBND ngày 01/3/2023 và ngày 04/5/2023 của UBND huyện;",
            {"11/QĐ-UBND": "2023-03-01", "12/QĐ-UBND": "2023-05-04"},
        ),
        (
            "Căn cứ Quyết định số 15/QĐ-UBND ngày 01/3/2023 và ngày 04/5/2023 của UBND huyện;",
            {"15/QĐ-UBND": "2023-03-01"},
        ),
        (
            "Căn cứ các Quyết định số 11/QĐ-UBND, 12/QĐ-UBND ngày 05/5/2022, 13/2022/QĐ-UBND ngày 06/6/2022;",
            {"11/QĐ-UBND": "2022-05-05", "12/QĐ-UBND": "2022-05-05", "13/2022/QĐ-UBND": "2022-06-06"},
        ),
    ],
)
def test_as_many_days_as_numbers(text: str, days: dict[str, str]) -> None:
    assert {number: str(cited.issued_on) for number, cited in _cited(text).items()} == days


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("theo nghị định số 08/2022/nđ-cp ngày 10/01/2022 của chính phủ", "08/2022/NĐ-CP"),
        ("qđ số 12/qđ-ubnd ngày 3/4/2021 của chủ tịch ubnd tỉnh", "12/QĐ-UBND"),
        ("cv 345/sxd-qlhtđt ngày 6/7/2022", "345/SXD-QLHTĐT"),
        ("luật số 39/2019/qh14", "39/2019/QH14"),
        ("tờ trình số 52/ttr-stc ngày 12/5/2022", "52/TTr-STC"),
        ("đơn giá 500/km-tháng, 12/ngày-đêm, hợp đồng số 15/2021/hđ-xd", ""),
    ],
)
def test_numbers_in_small_letters(text: str, number: str) -> None:
    assert set(_cited(text)) == ({number} if number else set())


@pytest.mark.parametrize(
    ("text", "day", "issuer", "relation"),
    [
        ("Ngày 05/11/2020, UBND tỉnh Bình Định có Văn bản số 7512/UBND-KT về việc rà soát.", "2020-11-05",
         "Ủy ban nhân dân tỉnh Bình Định", "references"),
        ("Ngày 06/12/2020, Sở Tài chính nhận được Công văn số 88/SXD-KT của Sở Xây dựng.", "None",
         "Sở Xây dựng tỉnh Cà Mau", "replies_to"),
        ("Hướng dẫn này thay thế Hướng dẫn số 12/HD-SNV ngày 04/5/2019 của Sở Nội vụ.", "2019-05-04",
         "Sở Nội vụ tỉnh Cà Mau", "replaces"),
        ("Căn cứ Kết luận số 62-KL/TW ngày 08/10/2018 của Bộ Chính trị khóa XII;", "2018-10-08", "Bộ Chính trị",
         "legal_basis"),
    ],
)  # fmt: skip
def test_day_issuer_and_relation_as_sentences_put_them(text: str, day: str, issuer: str, relation: str) -> None:
    (cited,) = _cited(text).values()
    assert (str(cited.issued_on), cited.issuer, cited.relation) == (day, issuer, relation)
