"""Letters from recorded readings: no engine runs, every value must be the expected one, evidence included.

    make golden-update                              rewrite expected.json of every letter; read the diff
    python -m tests.test_golden record SLUG FILE    record a file's readings anew (runs the engines)
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pipeline import record
from pipeline.contract import to_json
from pipeline.run import Reader

GOLDEN = Path(__file__).with_name("golden")
SLUGS = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir()) if GOLDEN.is_dir() else []
UPDATE = "CONGVAN_GOLDEN_UPDATE"


def _letters(slug: str) -> str:
    document = record.load((GOLDEN / slug / "ocr.json").read_text(encoding="utf-8"))
    letters = [to_json(letter) for letter in Reader(strict=True).understand(document)]
    return json.dumps(letters, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("slug", SLUGS)
def test_letter_is_understood_as_expected(slug: str) -> None:
    expected = GOLDEN / slug / "expected.json"
    found = _letters(slug)
    if os.environ.get(UPDATE):
        expected.write_text(found, encoding="utf-8")
        pytest.skip(f"{expected.name} rewritten")
    assert json.loads(found) == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_letters_and_each_says_what_it_is_for() -> None:
    assert len(SLUGS) >= 5
    for slug in SLUGS:
        assert (GOLDEN / slug / "NOTE.md").read_text(encoding="utf-8").strip()


def test_nothing_is_rewritten_in_ci() -> None:
    assert not (os.environ.get("CI") and os.environ.get(UPDATE))


def _record(slug: str, path: Path) -> None:
    folder = GOLDEN / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ocr.json").write_text(record.dump(Reader().recognise(path)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    assert sys.argv[1] == "record"
    _record(sys.argv[2], Path(sys.argv[3]))
