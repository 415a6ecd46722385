"""The language of the search box: what is taken for a field, and which letters it finds on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from extractors.vi.text import fold
from models.errors import InvalidQuery
from models.letter import Field, Signatory
from pipeline.query import FIELDS, STATES, understood
from pipeline.store.folded import _MARKED
from pipeline.store.letter_list import Filter
from pipeline.store.scope import View
from pipeline.store.selection import Selection
from pipeline.store.shelf import Shelf
from pipeline.store.store import Store
from tests.letters import cites, letter
from web.i18n import error_told, messages


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("đường bộ", Filter("đường bộ")),
        ("số:4045 đường bộ", Filter("đường bộ", selection=Selection(number="4045"))),
        ("Số: 4045/BTTTT-THH", Filter("", selection=Selection(number="4045/BTTTT-THH"))),
        ("so:4045 NUMBER", Filter("NUMBER", selection=Selection(number="4045"))),
        ('cơ-quan:"Bộ Tài chính" năm:2022', Filter("", 2022, selection=Selection(issuer="Bộ Tài chính"))),
        ('issuer:"Bo Tai chinh" year:2022', Filter("", 2022, selection=Selection(issuer="Bo Tai chinh"))),
        ("co_quan:thue", Filter("", selection=Selection(issuer="thue"))),
        ('loại:"Tờ trình"', Filter("", selection=Selection(doc_type="TTr"))),
        ("type:qd", Filter("", selection=Selection(doc_type="QĐ"))),
        ("ngày:16/8/2024", Filter("", selection=Selection(since=date(2024, 8, 16), until=date(2024, 8, 16)))),
        ("ngày:2/2024", Filter("", selection=Selection(since=date(2024, 2, 1), until=date(2024, 2, 29)))),
        ("từ:3/2022 đến:2023", Filter("", selection=Selection(since=date(2022, 3, 1), until=date(2023, 12, 31)))),
        ("from:2022-03", Filter("", selection=Selection(since=date(2022, 3, 1)))),
        ('quan-hệ:"sửa đổi"', Filter("", None, "amends")),
        ("relation:legal_basis", Filter("", None, "legal_basis")),
        ('trạng-thái:"chờ kiểm tra"', Filter("", selection=Selection(status="review"))),
        ('cites:"17/NQ-CP 2019"', Filter("", selection=Selection(citing="17/NQ-CP 2019"))),
        ('"Kính gửi:Bộ Tài chính" năm', Filter('"Kính gửi:Bộ Tài chính" năm')),
        ("Kính gửi: Bộ Tài chính", Filter("Kính gửi Bộ Tài chính")),
        ("lúc 14:30 V/v:họp", Filter("lúc 14:30 V/v:họp")),
        ("năm:", Filter("năm")),
        ('signer:"Nguyễn Văn', Filter("", selection=Selection(signer="Nguyễn Văn"))),
    ],
)
def test_fields_are_told_from_words(typed: str, meant: Filter) -> None:
    assert understood(Filter(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("gửi:Bộ", "there is no field “gửi”"),
        ("năm:hai", "is no year"),
        ("năm:2021 year:2022", "stands twice"),
        ("loại:giấy", "is no type of document"),
        ("ngày:32/1/2024", "is no date"),
        ("ngày:13/2024", "is no date"),
        ("quan-hệ:yêu", "is none of: căn cứ; thực hiện"),
        ("status:xong", "is none of: chờ kiểm tra"),
    ],
)
def test_what_cannot_be_understood_is_told(typed: str, told: str) -> None:
    with pytest.raises(InvalidQuery, match=told) as caught:
        understood(Filter(typed))
    assert error_told(str(caught.value), "vi") != str(caught.value)


def test_what_is_typed_counts_before_what_was_chosen() -> None:
    chosen = Filter("năm:2022 cầu", 2021, "amends", Selection(doc_type="QĐ"))
    assert understood(chosen) == Filter("cầu", 2022, "amends", Selection(doc_type="QĐ"))


def test_every_example_of_the_help_is_understood() -> None:
    for field in FIELDS:
        for name in (field.name_vi, field.name_en, fold(field.name_vi)):
            assert understood(Filter(f"{name}:{field.example}")).words == ""
    assert set(STATES.values()) <= set(messages().values())


def archive(url: str) -> Store:
    store = Store.open(url)
    for n, (number, subject, signer, cited) in enumerate((
        ("4045/BTTTT-THH", "V/v đầu tư công", "Nguyễn Văn Ái", "17/NQ-CP"),
        ("40/BTTTT-THH", "V/v Đường bộ", "Trần Thị Bé", "17/NQ-CP"),
        ("0040/QĐ-UBND", "Về đường sắt", "Nguyễn Văn Ít", "30/2020/NĐ-CP"),
        (None, "Không số", "Lê Đạt", "18/NQ-CP"),
    )):  # fmt: skip
        made = letter(number or "9/X", f"2024-0{n + 1}-05", "Bộ Thông tin", cites(cited, "2019-01-01", "Chính phủ"))
        made = replace(
            made, subject=Field(subject, subject, 0.9, 1), signer=Field(Signatory(signer, None, None), signer, 0.9, 1),
        )  # fmt: skip
        store.save(replace(made, number=None) if number is None else made)
    store.relink()
    return store


ASKED = {
    "số:4045": {1}, "số:40": {2, 3}, "số:40/bttt": set(), "số:40/BTTTT": {2}, "số:040/qd": {3}, "ký-hiệu:thh": {1, 2},
    "trích-yếu:duong": {2, 3}, 'trích-yếu:"đường bộ"': {2}, "subject:%": set(), 'người-ký:"nguyen van"': {1, 3},
    "signer:đạt": {4}, "dẫn:17/NQ-CP": {1, 2}, "cites:17/nq-cp": {1, 2}, "cites:30/2020/nd-cp": {3},
    'cites:"17/NQ-CP 2019"': {1, 2}, 'cites:"17/NQ-CP 2020"': set(), "số:40 năm:2024 subject:sắt": {3},
}  # fmt: skip


def test_both_databases_and_the_shelf_find_the_same(database_url: str) -> None:
    store = archive(database_url)
    months = {hit.letter_id: hit.issued_on.month for hit in store.search("") if hit.issued_on}
    view = View(store, cleared=True)
    for typed, expected in ASKED.items():
        wanted = understood(Filter(typed))
        assert {months[hit.letter_id] for hit in store.found(wanted)} == expected, typed
        with view._reads() as session:
            shelf = Shelf.read(session)
            ids = shelf.newest(shelf.fit(session, wanted), None, 10)
        assert {months[key] for key in ids} == expected, typed
    view.close()


def test_a_signer_that_a_person_put_right_is_found_by_that_name_alone(database_url: str) -> None:
    store = archive(database_url)
    key = store.found(understood(Filter("signer:đạt")))[0].letter_id
    store.confirm(key, "signer", {"name": "Lê Đức Đạo", "capacity": None, "position": None}, by="lan")
    assert not store.found(understood(Filter("signer:đạt")))
    assert [hit.letter_id for hit in store.found(understood(Filter("signer:duc")))] == [key]


def test_the_databases_fold_every_marked_letter_as_we_do(database_url: str) -> None:
    store = Store.open(database_url)
    for n, part in enumerate((_MARKED[:67], _MARKED[67:])):
        made = letter(f"{n + 1}/QĐ-X", "2024-01-05", "Bộ X")
        store.save(replace(made, subject=Field(part, part, 0.9, 1)))
        for typed in (part, fold(part)):
            assert len(store.found(Filter(selection=Selection(subject=typed)))) == n + 1


def test_words_of_a_phrase_stand_side_by_side_on_both_databases(database_url: str) -> None:
    store = Store.open(database_url)
    texts = ("ngân sách nhà nước", "nhà nước ngân sách", "sách nhà nước ngân sách nhà", "ngân hàng nhà nước")
    for n, said in enumerate(texts):
        store.save(letter(f"{n + 1}/QĐ-X", f"2024-0{n + 1}-05", "Bộ X", text=said))
    months = {hit.letter_id: hit.issued_on.month for hit in store.search("") if hit.issued_on}
    for typed, expected in (
        ('"ngan sach"', {1, 2, 3}), ('"ngan sach nha"', {1, 3}), ('"ngân sách nhà nước"', {1}), ("2/QĐ-X", {2}),
        ('"nha nuoc" "ngan sach"', {1, 2, 3}), ('nuoc "ngan hang"', {4}), ('"sach nha nuoc ngan"', {3}),
        ("nuoc ngan", {1, 2, 3, 4}), ('"nuoc nha"', set()),
    ):  # fmt: skip
        assert {months[hit.letter_id] for hit in store.search(typed)} == expected, typed
        view = View(store, cleared=True)
        with view._reads() as session:
            shelf = Shelf.read(session)
            ids = shelf.newest(shelf.fit(session, Filter(typed)), None, 10)
        assert {months[key] for key in ids} == expected, typed
