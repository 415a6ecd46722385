"""The operator's commands from the command line: exit codes, last line, and what they print."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config
from tests.night import Make, Place, reads, wait_for


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    monkeypatch.setenv("CONGVAN_INBOX", str(found.inbox))
    monkeypatch.setenv("CONGVAN_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("CONGVAN_STABLE_SECONDS", "0")
    monkeypatch.setenv("CONGVAN_ENGINE", "inprocess")
    return found


def congvan(place: Place, *arguments: str) -> int:
    return run(arguments, App(Config(database=place.url), Make(place.flags)))


def last(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.strip().splitlines()[-1]


def test_nightly_ends_with_its_counts(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.fill(2)
    assert congvan(place, "nightly") == 0
    assert last(capsys).startswith("seen=2 stored=2 duplicate=0 quarantined=0 failed=0 retriable=0 pages=2 seconds=")
    assert congvan(place, "nightly") == 0
    assert last(capsys).startswith("seen=2 stored=0 duplicate=2 ")
    place.put("bad.txt", "bad=encrypted!8/x")
    assert congvan(place, "nightly", "--format", "json") == 4
    assert json.loads(capsys.readouterr().out)["counts"]["quarantined"] == 1
    assert congvan(place, "check") == 0
    assert congvan(place, "status") == 0


def test_J7_dry_run_from_the_command_line(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.fill(2)
    assert congvan(place, "nightly", "--dry-run") == 0
    assert last(capsys).startswith("seen=2 stored=2 ")
    assert sorted(path.name for path in place.folder.iterdir()) == ["flags", "inbox"]


def test_quarantine_release_discard_and_retry(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.put("a.txt", "once=bad=encrypted!1/QĐ-UBND")
    place.put("b.txt", "bad=not_a_document!2/x")
    place.put("c.txt", "once=bug!3/QĐ-UBND")
    assert congvan(place, "nightly") == 4
    assert congvan(place, "quarantine", "discard", "b.txt") == 0
    assert congvan(place, "quarantine", "release", "a.txt") == 0
    assert congvan(place, "quarantine", "release", "nothing.txt") == 1
    capsys.readouterr()
    assert congvan(place, "retry") == 0
    assert last(capsys).startswith("seen=1 stored=1 ")
    assert congvan(place, "retry", "c.txt") == 0
    assert last(capsys).startswith("seen=1 stored=1 ")
    assert congvan(place, "nightly") == 0
    assert last(capsys).startswith("seen=3 stored=0 duplicate=3 ")


def test_retry_does_not_wait_until_files_are_due(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.put("a.txt", "once=flaky=9!1/QĐ-UBND")
    (place.flags / "out").touch()
    for n in range(5):
        place.put(f"{n}.txt", f"{n}0/QĐ-UBND")
    assert congvan(place, "nightly") == 5
    (place.flags / "out").unlink()
    assert congvan(place, "retry") == 0
    assert congvan(place, "nightly") == 0


def test_backfill_and_diff(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.fill(2)
    congvan(place, "nightly")
    (place.flags / "newer").touch()
    assert congvan(place, "backfill") == 2
    assert congvan(place, "backfill", "--all") == 0
    out, err = capsys.readouterr()
    assert "subject" in out and "--apply-run 3" in err  # run 2 was the integrity check
    assert congvan(place, "backfill", "--apply-run", "1") == 2
    assert congvan(place, "backfill", "--apply-run", "3", "--format", "json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert congvan(place, "diff", "1", "3", "--format", "json") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(item["field"], item["kind"]) for item in found} == {("subject", "gained")} and len(found) == 2
    assert congvan(place, "diff", "1", "99") == 1
    capsys.readouterr()
    assert congvan(place, "diff", "1", "2") == 2 and "run 2 kept no readings" in capsys.readouterr().err


def test_what_does_not_go_together_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert congvan(place, "worker") == 2
    monkeypatch.setenv("CONGVAN_ENGINE", "cluster")
    assert congvan(place, "nightly") == 2
    monkeypatch.setenv("CONGVAN_ENGINE", "local")
    monkeypatch.setenv("CONGVAN_INBOX", str(place.folder / "nowhere"))
    assert congvan(place, "nightly") == 2


SCRIPT = """
import sys
from pathlib import Path
from pipeline.cli import main
from tests.night import Make
if __name__ == "__main__":
    main.make_reader = Make(Path(sys.argv.pop(1)))
    main.main()
"""


# Each starts the whole program in a process of its own: one by default, the others in the long run.
SIGNALS = [("SIGTERM", 143), ("SIGINT", 130), ("SIGHUP", 143)][: None if os.environ.get("CONGVAN_LONG") else 1]


@pytest.mark.parametrize(("sent", "code"), SIGNALS)
def test_C8_a_signal_ends_the_run_with_its_state_saved(
    place: Place, monkeypatch: pytest.MonkeyPatch, sent: str, code: int
) -> None:
    monkeypatch.setenv("CONGVAN_ENGINE", "local")
    monkeypatch.setenv("CONGVAN_JOBS", "1")
    monkeypatch.setenv("CONGVAN_DATABASE", place.url)
    place.fill(1)
    place.put("002.txt", "once=sleep=60!2/QĐ-UBND")
    script = place.folder / "night.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(place.flags), "nightly"]
    root = Path(__file__).parents[1]
    # What runs in the background of a shell has SIGINT ignored, and so would what it starts.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        command, cwd=root, env=_environment(root), stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )
    wait_for(lambda: reads(place.flags, "002.txt"), 90)
    began = time.monotonic()
    process.send_signal(getattr(signal, sent))
    assert process.wait(60) == code
    assert time.monotonic() - began < 30
    assert process.stderr is not None
    assert process.stderr.read().rstrip().rsplit("\n", 1)[-1].startswith("seen=1 stored=1 duplicate=0 ")
    runs = place.runs()
    assert runs.holders() == {} and runs.counts()["letters"] == 1
    assert runs.ledger.runs(1)[0].finished
    runs.close()
    assert place.night().counts.stored == 1


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root)}
