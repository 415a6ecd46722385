from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bodies import body_key, is_local, may_fit, place
from pipeline.link import Held, Reference, Verdict, resolve

AN_GIANG = "uy ban nhan dan tinh an giang"
LAM_DONG = "uy ban nhan dan tinh lam dong"
DAY = date(2022, 1, 20)
KEY = "280/qđ-ubnd"


def held(body: str | None = AN_GIANG, day: date | None = DAY, name: str = "h1", **more: object) -> Held:
    return replace(Held(name, "280/QĐ-UBND", body, day), **more)  # type: ignore[arg-type]


def cited(body: str | None = AN_GIANG, day: date | None = DAY, **more: object) -> Reference:
    base = Reference("citing", 0, "280/QĐ-UBND", body, day, citing_on=date(2022, 8, 16))
    return replace(base, **more)  # type: ignore[arg-type]


def verdict(reference: Reference, *letters: Held, key: str = KEY) -> tuple[str, int]:
    found = resolve(key, letters, [reference]).verdicts[reference.letter_id, reference.ordinal]
    return found.status, len(found.candidates)


LONG, OTHER = "về việc phê duyệt dự án nâng cấp mạng nội bộ", "về việc thành lập hội đồng thi đua khen thưởng"


@pytest.mark.parametrize(
    ("reference", "letters", "expected"),
    [
        pytest.param(cited(), [held()], ("linked", 0), id="number, body and date agree"),
        pytest.param(cited(), [held(), held(LAM_DONG, name="h2")], ("linked", 0), id="another province's same number"),
        pytest.param(cited(), [held(), held(name="h2")], ("linked", 0), id="two scans of one letter are one document"),
        pytest.param(cited(LAM_DONG), [held()], ("open", 0), id="only another province's is held"),
        pytest.param(cited(day=date(2022, 1, 29)), [held()], ("ambiguous", 1), id="the day differs: a misread?"),
        pytest.param(cited(day=date(2021, 1, 20)), [held()], ("open", 0), id="another year's number"),
        pytest.param(
            cited(citing_on=date(2022, 1, 2)), [held()], ("ambiguous", 1), id="issued after the citing letter"
        ),
        pytest.param(cited(None), [held()], ("ambiguous", 1), id="a province's number without a body"),
        pytest.param(cited(None, None), [held()], ("ambiguous", 1), id="neither body nor date"),
        pytest.param(cited(day=None), [held()], ("ambiguous", 1), id="undated, recent, but nothing else agrees"),
        pytest.param(
            cited(day=None, title=LONG), [held(title=LONG)], ("linked", 0), id="undated, recent and the title agrees"
        ),
        pytest.param(cited(), [held(sure=False)], ("ambiguous", 1), id="the held number is doubtful"),
        pytest.param(
            cited(title=LONG), [held(sure=False, title=LONG)], ("linked", 0), id="doubtful, but the title agrees"
        ),
        pytest.param(cited(confidence=0.4), [held(title=LONG)], ("ambiguous", 1), id="its figures are doubtful"),
        pytest.param(
            cited(confidence=0.4, title=LONG),
            [held(title=LONG)],
            ("linked", 0),
            id="doubtful figures, the titles agree",
        ),
        pytest.param(
            cited(confidence=0.4, title=LONG[:24]), [held(title=LONG)], ("ambiguous", 1), id="doubtful, title cut short"
        ),
        pytest.param(cited(day=None, confidence=0.4), [held()], ("ambiguous", 1), id="undated and badly read"),
        pytest.param(cited(day=None), [held(sure=False)], ("ambiguous", 1), id="undated, held number doubtful"),
        pytest.param(cited(day=None), [held(day=date(2019, 1, 2))], ("ambiguous", 1), id="undated, years older"),
        pytest.param(cited(day=None), [held(day=date(2022, 12, 2))], ("open", 0), id="undated, issued later"),
        pytest.param(
            cited(day=None), [held(), held(day=date(2021, 9, 1), name="h2")], ("ambiguous", 2), id="two years"
        ),
        pytest.param(cited(), [held(day=None)], ("ambiguous", 1), id="the held letter has no date"),
        pytest.param(cited(), [held(None)], ("ambiguous", 1), id="the held letter has no body"),
        pytest.param(cited(title=LONG), [held(title=LONG + " của sở")], ("linked", 0), id="titles agree"),
        pytest.param(cited(title=LONG), [held(title=OTHER)], ("ambiguous", 1), id="titles speak of different things"),
        pytest.param(
            cited(title="về việc thu hồi đất"), [held(title=LONG)], ("ambiguous", 1), id="a few words, all others"
        ),
        pytest.param(cited(title="về việc phê duyệt"), [held(title=LONG)], ("linked", 0), id="a few words, the same"),
        pytest.param(cited(), [held(name="citing")], ("open", 0), id="a letter does not cite itself"),
        pytest.param(cited("so y te"), [held("so y te an giang")], ("ambiguous", 1), id="a body without its place"),
    ],
)
def test_one_fits_or_it_stays_open(reference: Reference, letters: list[Held], expected: tuple[str, int]) -> None:
    assert verdict(reference, *letters) == expected


def test_a_year_inside_the_number_stands_for_the_date() -> None:
    decree = Held("h", "30/2020/NĐ-CP", "chinh phu", date(2020, 3, 5), year=2020)
    mention = Reference("c", 0, "30/2020/NĐ-CP", "chinh phu", None, year=2020, citing_on=date(2024, 1, 1))
    assert verdict(mention, decree, key="30/2020/nđ-cp") == ("linked", 0)


def test_a_number_of_the_year_cited_before_its_day_is_doubtful() -> None:
    decree = Held("h", "30/2020/NĐ-CP", "chinh phu", date(2020, 3, 5), year=2020)
    mention = Reference("c", 0, "30/2020/NĐ-CP", "chinh phu", None, year=2020, citing_on=date(2020, 1, 9))
    assert verdict(mention, decree, key="30/2020/nđ-cp") == ("ambiguous", 1)
    assert [d.letters for d in resolve("30/2020/nđ-cp", [decree], [mention]).decisions] == [("h",)]


def test_a_national_symbol_needs_no_body_with_a_date() -> None:
    decision = Held("h", "153/QĐ-TTg", "thu tuong chinh phu", date(2018, 1, 30))
    mention = Reference("c", 0, "153/QĐ-TTg", None, date(2018, 1, 30))
    assert verdict(mention, decision, key="153/qđ-ttg") == ("linked", 0)


def test_an_undated_mention_may_mean_what_is_only_known_from_other_letters() -> None:
    others = [cited(day=None), cited(day=date(2021, 9, 1), letter_id="other", citing_on=date(2021, 10, 1))]
    resolution = resolve(KEY, [held()], others)
    assert resolution.verdicts["citing", 0].status == "ambiguous"
    assert len(resolution.verdicts["citing", 0].candidates) == 2


def test_stubs_collect_what_several_letters_say_of_one_document() -> None:
    mentions = [
        cited(letter_id="a", title="phê duyệt dự án"),
        cited(letter_id="b", day=date(2022, 1, 29)),
        cited(letter_id="c", title="phê duyệt dự án"),
        cited(LAM_DONG, letter_id="d"),
    ]
    resolution = resolve(KEY, [], mentions)
    assert len(resolution.decisions) == 2
    stub = next(d for d in resolution.decisions if d.body == AN_GIANG)
    assert (stub.issued_on, stub.title, stub.letters) == (DAY, "phê duyệt dự án", ())
    assert {v.status for v in resolution.verdicts.values()} == {"open"}
    later = resolve(KEY, [held()], mentions)
    assert later.homes["h1"] == stub.id, "the document keeps its id when it arrives"


BODIES = st.sampled_from([AN_GIANG, LAM_DONG, "so y te", "so y te an giang", None])
TITLES = st.sampled_from([None, LONG, OTHER])
DAYS = st.sampled_from([date(2021, 2, 3), DAY, date(2022, 1, 29), None])


@st.composite
def heaps(draw: st.DrawFn) -> tuple[list[Held], list[Reference]]:
    letters = [
        held(draw(BODIES), draw(DAYS), f"h{i}", sure=draw(st.booleans()), title=draw(TITLES))
        for i in range(draw(st.integers(0, 5)))
    ]
    names = [f"h{i}" for i in range(3)] + ["x", "y"]
    mentions = [
        cited(
            draw(BODIES),
            draw(DAYS),
            letter_id=draw(st.sampled_from(names)),
            ordinal=i,
            year=draw(st.sampled_from([None, None, 2021, 2022])),
            citing_on=draw(st.sampled_from([date(2022, 8, 16), date(2021, 1, 5), None])),
            confidence=draw(st.floats(0, 1)),
            title=draw(TITLES),
        )
        for i in range(draw(st.integers(0, 6)))
    ]
    return letters, mentions


@settings(max_examples=150, deadline=None)
@given(heaps(), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_links_are_sound(
    heap: tuple[list[Held], list[Reference]], shuffle: random.Random
) -> None:
    letters, mentions = heap
    first = resolve(KEY, letters, mentions)
    again = resolve(KEY, shuffle.sample(letters, len(letters)), shuffle.sample(mentions, len(mentions)))
    assert first == again
    known = {decision.id: decision for decision in first.decisions}
    assert len(known) == len(first.decisions), "a document is held or only cited, not both"
    for mention in mentions:
        found: Verdict = first.verdicts[mention.letter_id, mention.ordinal]
        assert found.decision is None or found.decision in known
        assert set(found.candidates) <= set(known)
        assert first.homes.get(mention.letter_id) != found.decision or found.decision is None
        if found.status == "linked":
            target = known[found.decision or ""]
            assert target.letters
            assert mention.issued_on in (None, target.issued_on)
            assert mention.body == target.body


def test_no_wrong_link_among_colliding_numbers_and_misread_figures() -> None:
    """Ten bodies, three years, few numbers, 5 % of cited figures misread: what is linked is right."""
    rng = random.Random(7)
    bodies = [f"uy ban nhan dan tinh so {i}" for i in range(10)]
    truth = {
        (number, body, year): date(year, 1, 1) + timedelta(days=number * 3 + rng.randrange(3))
        for number in range(1, 60)
        for body in bodies
        for year in (2021, 2022, 2023)
    }
    stored = {key: day for key, day in truth.items() if rng.random() < 0.7}
    groups: dict[int, tuple[list[Held], list[Reference]]] = {n: ([], []) for n in range(1, 100)}
    for (number, body, year), day in stored.items():
        groups[number][0].append(Held(f"{number}|{body}|{year}", f"{number}/QĐ-UBND", body, day))
    meant: dict[str, str] = {}
    for i in range(4000):
        number, body, year = rng.choice(list(truth))
        issued: date = truth[number, body, year]
        meant[f"c{i}"] = f"{number}|{body}|{year}"
        read = rng.choice([n for n in range(1, 60) if n != number]) if rng.random() < 0.05 else number
        said = body if rng.random() < 0.9 else None
        citing_on = date(year, 12, 31)
        dated = rng.random() < 0.8
        groups[read][1].append(
            Reference(f"c{i}", 0, f"{read}/QĐ-UBND", said, issued if dated else None, citing_on=citing_on)
        )
    linked = wrong = resolvable = 0
    for number, (letters, mentions) in groups.items():
        resolution = resolve(f"{number}/qđ-ubnd", letters, mentions)
        homes = {decision: letter for letter, decision in resolution.homes.items()}
        for mention in mentions:
            found = resolution.verdicts[mention.letter_id, 0]
            target = meant[mention.letter_id]
            resolvable += bool(target.startswith(f"{number}|") and mention.body and mention.issued_on) and any(
                letter.letter_id == target for letter in letters
            )
            if found.status == "linked" and mention.issued_on:
                linked += 1
                wrong += homes[found.decision or ""] != target
    assert wrong == 0
    assert linked >= 0.97 * resolvable


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Chủ tịch UBND tỉnh An Giang",), ("Uỷ ban nhân dân tỉnh An Giang",), True),
        (("Sở Y tế", "UBND tỉnh An Giang"), ("Sở Y tế tỉnh An Giang",), True),
        (("Bộ trưởng Bộ Tài chính",), ("BỘ TÀI CHÍNH",), True),
        (("Bộ KH&ĐT",), ("Bộ Kế hoạch và Đầu tư",), True),
        (("Thủ tướng",), ("Thủ tướng Chính phủ",), True),
        (("Thủ tướng Chính phủ",), ("Chính phủ",), False),
        (("UBND thành phố Hà Giang",), ("UBND tỉnh Hà Giang",), False),
        (("UBND TP. Hà Nội",), ("Ủy ban nhân dân thành phố Hà Nội",), True),
        (("UBND tỉnh", None, "tinh an giang"), ("Ủy ban nhân dân tỉnh An Giang",), True),
        (("Sở Y tế",), ("Sở Y tế tỉnh An Giang",), False),
    ],
)
def test_names_of_one_body(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    assert (body_key(*one) == body_key(*other)) is same


def test_places_and_symbols() -> None:
    assert place("Sở Y tế", "Ủy ban nhân dân tỉnh An Giang") == "tinh an giang"
    assert place("Bộ Tài chính") is None
    assert may_fit("so y te", "so y te an giang")
    assert is_local("280/QĐ-UBND") and is_local("12/SYT-NV") and not is_local("153/QĐ-TTg") and not is_local("")
