"""Reading stored letters again: compared before anything is overwritten, and never over a person's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigError
from pipeline import backfill
from pipeline.differences import between, sums
from pipeline.report import Report
from pipeline.store.queue import BACKFILL
from pipeline.store.runs import Runs
from tests.night import Place, counts, export, reads


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    found = Place(tmp_path, database_url)
    found.fill(3)
    found.night()
    (found.flags / "newer").touch()
    return found


def again(place: Place, runs: Runs, **selector: object) -> Report:
    choice = {"everything": False, "refs": (), "older_than": None} | selector
    entries = backfill.selected(runs, **choice)  # type: ignore[arg-type]
    return place.night(runs=runs, read_by="v:2", entries=entries, purpose=BACKFILL, command="backfill")


def test_J8_differences_are_shown_before_anything_is_overwritten(place: Place) -> None:
    runs = place.runs()
    before = export(runs)
    report = again(place, runs, everything=True)
    assert counts(report) == {"seen": 3, "stored": 3}
    found = list(backfill.preview(runs, report.run))
    assert sums(found) == {"subject": {"gained": 3, "lost": 0, "changed": 0}}
    assert export(runs) == before
    assert backfill.apply(runs, report.run) == 3
    assert list(backfill.preview(runs, report.run)) == []
    assert "Về việc báo cáo" in export(runs)
    assert runs.check() == () == runs.structure()
    assert [sums(backfill.compare(runs, 1, report.run)).keys()] == [{"subject"}]
    assert runs.read_by_others("v:2") == 0
    runs.close()


def test_J6_a_persons_word_is_never_overwritten(place: Place) -> None:
    runs = place.runs()
    first, *_ = [item.id for item in runs.letters()]
    runs.confirm(first, "subject", "Về việc khác", by="an")
    report = again(place, runs, everything=True)
    assert sums(backfill.preview(runs, report.run)) == {"subject": {"gained": 2, "lost": 0, "changed": 0}}
    backfill.apply(runs, report.run)
    kept = runs.letter(first)
    assert kept and kept.letter.subject and kept.letter.subject.value == "Về việc khác"
    runs.close()


def test_J6_a_selector_is_needed(place: Place) -> None:
    runs = place.runs()
    with pytest.raises(ConfigError):
        again(place, runs)
    with pytest.raises(ConfigError):
        again(place, runs, everything=True, older_than="v:2")
    with pytest.raises(ConfigError):
        again(place, runs, refs=("nothing",))
    with pytest.raises(ConfigError):
        again(place, runs, older_than="now")
    assert counts(again(place, runs, refs=("002.txt",))) == {"seen": 1, "stored": 1}
    assert counts(again(place, runs, older_than="v:1")) == {}
    assert counts(again(place, runs, older_than="v:2")) == {"seen": 3, "stored": 3}
    runs.close()


def test_J6_a_backfill_can_stop_and_go_on(place: Place) -> None:
    runs = place.runs()
    entries = backfill.selected(runs, everything=True, refs=(), older_than=None)

    def interrupt() -> None:
        if len(runs.proposed_files(runs.ledger.runs(1)[0].id)) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.night(
            runs=runs, read_by="v:2", entries=entries, purpose=BACKFILL, command="backfill", watch=interrupt
        )
    stopped = runs.ledger.runs(1)[0].id
    assert counts(place.night(runs=runs)) == {"seen": 3, "duplicate": 3}  # a night in between changes nothing
    left = runs.left_over(stopped)
    assert len(left) == 2
    rest = place.night(runs=runs, read_by="v:2", entries=left, purpose=BACKFILL, command="backfill")
    assert counts(rest) == {"seen": 2, "stored": 2}
    assert len(runs.proposed_files(stopped)) + len(runs.proposed_files(rest.run)) == 3
    runs.close()


def test_J6_a_backfill_can_be_slow(place: Place) -> None:
    runs = place.runs()
    entries = backfill.selected(runs, everything=True, refs=(), older_than=None)
    batches = list(backfill.paced(entries, 20_000))
    assert sum(map(len, batches)) == 3 and len(batches) >= 3
    runs.close()


def test_a_backfill_over_a_lost_original_leaves_its_letter(place: Place) -> None:
    runs = place.runs()
    (place.inbox / "002.txt").unlink()
    report = again(place, runs, everything=True)
    assert counts(report) == {"seen": 3, "stored": 2, "retriable": 1}
    assert report.trouble[0].reason == "missing_file"
    backfill.apply(runs, report.run)
    assert runs.counts()["letters"] == 3
    assert len(reads(place.flags, "002.txt")) == 1
    runs.close()


def test_differences_name_what_was_gained_lost_and_changed() -> None:
    field = {"value": "a"}
    before = {"number": field, "date": field, "recipients": [{"value": "x"}, {"value": "y"}], "citations": []}
    cited = {"number": "5/QĐ", "doc_type": None, "date": None, "issuer": None, "relation": "amends", "title": None}
    after = {"number": {"value": "b"}, "subject": field, "recipients": [{"value": "y"}], "citations": [cited]}
    assert sums(between("l", before, after)) == {
        "citations": {"gained": 1, "lost": 0, "changed": 0},
        "date": {"gained": 0, "lost": 1, "changed": 0},
        "number": {"gained": 0, "lost": 0, "changed": 1},
        "recipients": {"gained": 0, "lost": 1, "changed": 0},
        "subject": {"gained": 1, "lost": 0, "changed": 0},
    }
    assert [item.kind for item in between("l", None, after)] == ["gained"]
