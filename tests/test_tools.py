"""Tools that fail, with stand-ins for the program `tesseract` put before the real one; and what libraries may do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from extractors.registry import all_extractors
from extractors.vi.text import normalise
from models.document import Document, Page, Source
from models.errors import MissingDependency, TransientError
from pipeline import versions
from pipeline.backfill import selected
from pipeline.engines import plain_text, tesseract, tesseract_inside
from pipeline.engines.image import PageImage
from pipeline.engines.tesseract import Tesseract
from pipeline.execute.local import read_one
from pipeline.execute.supervisor import Local
from pipeline.extract import extract
from pipeline.nightly import Night, Settings
from tests.documents import scanned
from tests.night import Fake, Place, counts, reads

LANGUAGES = """if [ "$1" = --list-langs ]; then printf 'List of languages (1):\\nvie\\n'; exit 0; fi
if [ "$1" = --version ]; then echo tesseract 5.3.0; exit 0; fi
"""
HEAD = "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n"
INK = np.full((40, 200), 255, np.uint8)
INK[15:25, 20:180:4] = 0  # a page without any print is not given to Tesseract at all
PAGE = PageImage(np.dstack([INK] * 3), INK, 200.0)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a shell script before the real program; gives the folder that it may write to."""

    def put(script: str) -> Path:
        path = tmp_path / "bin" / "tesseract"
        path.parent.mkdir()
        # pytesseract asks for a file of output named as its third word
        path.write_text(f"#!/bin/sh\nhere={tmp_path}\n{LANGUAGES}{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
        return tmp_path

    return put


def test_T1_program_without_vietnamese_or_not_running_is_told_at_the_start(
    stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stand_in("")
    program = folder / "bin" / "tesseract"
    program.write_text("#!/bin/sh\nprintf 'List of languages (1):\\neng\\n'\n")
    with pytest.raises(MissingDependency, match="Vietnamese"):
        tesseract.check()
    program.write_text("#!/bin/sh\necho 'Error opening data file' >&2; exit 1\n")
    with pytest.raises(MissingDependency):
        tesseract.check()
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    with pytest.raises(MissingDependency, match="apt-get install"):
        tesseract.check()


@pytest.mark.parametrize("script", ["echo broken >&2; exit 1", "kill -SEGV $$", "kill -KILL $$"])
def test_T2_a_program_that_fails_or_is_killed_is_temporary_trouble(
    stand_in: Callable[[str], Path], script: str
) -> None:
    stand_in(script)
    with pytest.raises(TransientError):
        Tesseract(inside=False).recognise(PAGE)


def test_T3_a_program_that_hangs_is_killed_and_leaves_no_remains(stand_in: Callable[[str], Path]) -> None:
    folder = stand_in("echo $$ > $here/pid; exec sleep 300")
    with pytest.raises(TransientError):
        Tesseract(inside=False, timeout=0.5).recognise(PAGE)
    pid = int((folder / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "script",
    [
        r"""printf 'level\ttext\n5\t\377\376\n' > "$2.tsv" """,
        ': > "$2.tsv"',
        r"""printf 'level\tpage_num\n5\t1\n' > "$2.tsv" """,
        rf"""printf '{HEAD}5\t1\t1\t1\t1\t1\tleft\ttop\t9\t9\t90\tSố\n' > "$2.tsv" """,
        "exit 0",
        "head -c 20000000 /dev/zero >&2; exit 1",
    ],
    ids=["bad UTF-8", "empty", "columns missing", "no numbers", "no output", "20 MB of errors"],
)
def test_T5_output_that_is_no_table_is_temporary_trouble_or_no_text(
    stand_in: Callable[[str], Path], script: str
) -> None:
    stand_in(script)
    with contextlib.suppress(TransientError, OSError):  # no output file: an OSError, temporary for the run as well
        assert Tesseract(inside=False).recognise(PAGE) == ()


def test_T6_what_a_library_prints_is_no_data(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    class Talkative(Fake):
        def read(self, path: Path) -> Any:
            print("progress 10 %")
            return super().read(path)

    place = Place(tmp_path, "sqlite://")
    path = place.put("a.txt", "1/QĐ-UBND")
    assert read_one(Talkative(place.flags), path).fault is None
    out, err = capfd.readouterr()
    assert out == "" and "progress" in err


def test_T6_programs_below_do_not_write_into_the_data() -> None:
    code = (
        "import os, subprocess, click; from pipeline.cli.main import keep_output_for_data\n"
        "keep_output_for_data(); os.write(1, b'noise'); subprocess.run(['echo', 'noise']); click.echo('data Đ')"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, timeout=60)
    assert done.stdout.decode() == "data Đ\n" and done.stderr.count(b"noise") == 2


def test_T7_engines_get_one_thread(stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    folder = stand_in(f"echo $OMP_THREAD_LIMIT > $here/threads; printf '{HEAD}' > \"$2.tsv\"")
    with contextlib.suppress(TransientError):  # a table without rows
        Tesseract(inside=False).recognise(PAGE)
    assert (folder / "threads").read_text() == "1\n"


def test_T8_a_worker_is_replaced_after_some_files(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(4)
    runs = place.runs()
    setup = replace(place.setup(), documents=2)
    chosen = Settings((place.inbox,), place.folder / "state", stable=0.0)
    report = Night(runs, chosen, Local(runs, setup, 1), "v:1").run()
    assert counts(report) == {"seen": 4, "stored": 4}
    workers = [reads(place.flags, f"{n:03}.txt")[0] for n in range(1, 5)]
    assert len(set(workers)) == 2 and max(map(workers.count, workers)) <= 2
    runs.close()


def test_T8_a_worker_that_has_grown_is_replaced(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(3)
    runs = place.runs()
    setup = replace(place.setup(), megabytes=1)
    chosen = Settings((place.inbox,), place.folder / "state", stable=0.0)
    assert counts(Night(runs, chosen, Local(runs, setup, 1), "v:1").run()) == {"seen": 3, "stored": 3}
    assert len({reads(place.flags, f"{n:03}.txt")[0] for n in range(1, 4)}) == 3
    runs.close()


def test_T9_no_room_for_working_files_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.engines.tesseract.tempfile.TemporaryDirectory", full)

    class Reading(Fake):
        def read(self, path: Path) -> Any:
            return Tesseract(inside=False).recognise(PAGE)

    result = read_one(Reading(tmp_path), tmp_path / "a.pdf")
    assert (result.fault, result.reason) == ("retriable", "transient")


def test_T10_a_missing_language_model_costs_one_extractor_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "underthesea", None)
    text = [
        ("Số: 15/QĐ-UBND", 90.0, 80.0),
        ("Mọi chi tiết xin liên hệ ông Lê Văn Bình, điện thoại 0912345678.", 90.0, 400.0),
    ]
    read = extract(scanned(text))
    assert any(candidate.field == "number" for candidate in read.candidates)


def test_T11_the_version_that_read_a_letter_is_kept_with_it(tmp_path: Path) -> None:
    assert f"tesseract:{tesseract.version()}" in versions.read_by()
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2)
    place.night(read_by="number:1 tesseract:5.3.0")
    place.fill(1, first=9)
    place.night(read_by="number:1 tesseract:5.5.4")
    runs = place.runs()
    assert len(selected(runs, everything=False, refs=(), older_than="tesseract:5.5")) == 2
    assert len(selected(runs, everything=False, refs=(), older_than="tesseract:5.3")) == 0
    assert runs.read_by_others("number:1 tesseract:5.5.4") == 2
    runs.close()


HOSTILE = {
    "one letter": "a" * 20_000,
    "paths": "./" * 10_000,
    "figures": "0123456789" * 2_000,
    "half numbers": "15/QĐ-" * 4_000,
    "half dates": "ngày 05 tháng " * 200,
    "bases": "Căn cứ Luật " * 2_000,
    "brackets": "(" * 10_000,
    "points": "khoản 1 Điều 5, " * 150,
    "blanks": "Số:" + " " * 20_000 + "/",
    "mails": "a@b." * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_T12_no_extractor_takes_long_over_hostile_text(text: str) -> None:
    lines = tuple(
        scanned([(text[i : i + 2_000], 90.0, 60.0 + i / 50)]).pages[0].lines[0] for i in range(0, len(text), 2_000)
    )
    source = Source("x.txt", "0" * 64, "text/plain", Path("x.txt"), len(text))
    document = Document(source, (Page(1, 595, 842, lines=lines),))
    began = time.process_time()
    assert normalise(text) is not None
    extract(document)
    assert time.process_time() - began < 60  # against minutes and hours: a slow machine is no fault


@pytest.mark.parametrize("text", ["a" * 200_000, "1" * 60_000, "A-" * 20_000, "a@" * 40_000, "Số " * 8_000])
def test_T12_nor_over_a_text_that_is_one_line(text: str) -> None:
    source = Source("x.txt", "0" * 64, "text/plain", Path("x.txt"), len(text))
    began = time.process_time()
    extract(Document(source, plain_text.read_pages(text)))
    assert time.process_time() - began < 60


@pytest.fixture(scope="module")
def printed() -> PageImage:
    picture = np.full((90, 900), 255, np.uint8)
    cv2.putText(picture, "So 15/QD-UBND 2024", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 3)
    return PageImage(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB).astype(np.uint8), picture, 300.0)


def test_the_library_reads_as_the_program_does(printed: PageImage) -> None:
    assert tesseract_inside.engine("vie") is not None
    once, again = Tesseract().recognise(printed, mode=7), Tesseract().recognise(printed, mode=7)
    assert once and once == again
    assert [line.text for line in once] == [line.text for line in Tesseract(inside=False).recognise(printed, mode=7)]


def test_the_program_is_used_where_the_library_is_not(printed: PageImage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    tesseract_inside.engine.cache_clear()
    try:
        assert tesseract_inside.engine("vie") is None
        assert tesseract.version() != "0"
        assert Tesseract().recognise(printed, mode=7)
    finally:
        tesseract_inside.engine.cache_clear()


def test_T3_the_library_stops_at_the_time_limit(printed: PageImage) -> None:
    with pytest.raises(TransientError, match="within"):
        Tesseract(timeout=0.0).recognise(printed, mode=7)
    assert Tesseract().recognise(printed, mode=7)


def test_every_extractor_is_known_before_reading() -> None:
    assert {f"{one.name}:{one.version}" for one in all_extractors()} <= set(versions.read_by().split())
