"""Running text: what joins, what stays apart, and that every character leads back to its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import flow
from models.document import Document, Evidence
from tests.documents import from_text, scanned

BODY = 85.0


def _paragraphs(document: Document) -> list[str]:
    return flow.build(document).text.rstrip("\n").split("\n")


def test_wrapped_lines_join_and_a_first_line_begins_anew() -> None:
    page = [
        ("Căn cứ Quyết định số 15/QĐ-TTg ngày 30/01/2018 của Thủ tướng Chính phủ về việc", 120, 100),
        ("phê duyệt Chương trình mục tiêu công nghệ thông tin;", BODY, 116),
        ("Căn cứ Nghị quyết số 17/NQ-CP ngày 07/3/2019 của Chính phủ về một số nhiệm vụ,", 120, 132),
        ("giải pháp trọng tâm.", BODY, 148),
    ]
    joined = _paragraphs(scanned(page))
    assert len(joined) == 2
    assert joined[0].endswith("về việc phê duyệt Chương trình mục tiêu công nghệ thông tin;")


def test_columns_side_by_side_stay_apart() -> None:
    page = [
        ("Trên đây là báo cáo của Sở, kính đề nghị Ủy ban nhân dân tỉnh xem xét, quyết định./.", BODY, 100),
        ("Nơi nhận:", BODY, 130),
        ("KT. GIÁM ĐỐC", 380, 130),
        ("- Như trên;", BODY, 144),
        ("PHÓ GIÁM ĐỐC", 380, 144),
        ("- Lưu: VT.", BODY, 158),
    ]
    assert "- Như trên;" in _paragraphs(scanned(page))
    assert not any("Như trên; PHÓ" in p or "Nơi nhận: KT" in p for p in _paragraphs(scanned(page)))


def test_a_paragraph_goes_on_over_the_page_end() -> None:
    one = [
        ("1", 300, 30),
        ("Kinh phí thực hiện theo quy định tại Quyết định số 24/QĐ-UBND ngày", BODY, 780),
        ("3", 540, 810),
    ]
    two = [("20/11/2012 của UBND tỉnh về quản lý và sử dụng kinh phí ngân sách nhà nước.", BODY, 60)]
    assert any("24/QĐ-UBND ngày 20/11/2012 của UBND tỉnh" in p for p in _paragraphs(scanned(one, two)))


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["Quyết định số 46/QĐ-", "BNN-LN ngày 23/12/2024"], "46/QĐ-BNN-LN"),
        (["Thông tư số 25/2022/", "TT-BYT ngày 30/12/2022"], "25/2022/TT-BYT"),
        (["Tờ trình số", "25/TTr-SNV ngày 18/02/2025."], "số 25/TTr-SNV"),
    ],
)
def test_numbers_cut_at_a_line_end_close_up(lines: list[str], joined: str) -> None:
    assert joined in flow.build(from_text("\n".join(lines))).text


def test_cells_of_a_text_table_stay_apart() -> None:
    table = "TT\tTên dự án\tĐịa điểm\tQuyết định\n1\tDự án A\tHuyện B\t280/QĐ-UBND\n2\tDự án C\tHuyện D\t920/QĐ-UBND"
    assert "280/QĐ-UBND" in _paragraphs(from_text(table))


def _traces(document: Document) -> None:
    text = flow.build(document)
    for piece in text.pieces:
        line = document.page(piece.page).lines[piece.line]
        assert text.text[piece.start : piece.end] == line.text[piece.offset : piece.offset + piece.end - piece.start]
    assert len(text.plain) == len(text.text)


@given(st.lists(st.text(alphabet="ab Đđế-/.;12\n\t", max_size=30), max_size=8).map("\n".join))
def test_every_character_of_a_text_leads_back(text: str) -> None:
    _traces(from_text(text))


@given(
    st.lists(
        st.tuples(st.text(alphabet="aĐ 1-/;.", min_size=1, max_size=40), st.integers(20, 500), st.integers(20, 800)),
        max_size=12,
    )
)
def test_every_character_of_a_scan_leads_back(lines: list[tuple[str, int, int]]) -> None:
    spoken = [(text.strip() or "a", float(left), float(top)) for text, left, top in lines]
    document = scanned(spoken)
    _traces(document)
    text = flow.build(document)
    for item in text.evidence(0, len(text.text)):
        assert 0 <= item.start < item.end <= len(document.line(item).text)


def test_evidence_of_a_span_over_two_lines() -> None:
    document = from_text("Tờ trình số\n25/TTr-SNV ngày 18/02/2025.")
    text = flow.build(document)
    start = text.text.index("số")
    assert text.evidence(start, start + 13) == (Evidence(1, 0, 9, 11), Evidence(1, 1, 0, 10))


@given(st.text(max_size=900))
def test_marks_go_and_length_stays(text: str) -> None:
    plain = flow.unmarked(text)
    assert len(plain) == len(text)
    assert plain == "".join(flow.unmarked(c) for c in text)
