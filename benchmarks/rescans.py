"""Labelled letters scanned once more: how much of what is read hangs on one scanner's settings?

    python -m benchmarks.rescans GOLD ROOT OUT [--each N] [--only FORM ...] [--pages N] [--shard K/N] [--report FILE]

Every page of every file is drawn, changed as another office's scanner would (density, colour, compression, threshold,
skew, shift, contrast) and saved as a picture in a PDF; the labels stay true. What was read is recorded in OUT and
scored from there, so that a change of rules is measured again in seconds; `--report` only scores. Nothing of OUT
belongs in the repository.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from benchmarks import recordings
from benchmarks.recordings import labelled
from benchmarks.synthetic.degrade import Picture, turn
from pipeline.evaluate import PROMISED, SCALARS, Score, first_letter, score
from pipeline.extract import extract
from pipeline.normalise import normalise
from pipeline.run import split
from pipeline.select import select

_POINTS = 72


@dataclass(frozen=True, slots=True)
class Form:
    """One way to scan: density, tones, the JPEG's quality, and what happens to the page before."""

    dpi: int
    mode: str = "RGB"
    quality: int = 60
    change: Callable[[Picture], Picture] = lambda page: page


def skewed(degrees: float) -> Callable[[Picture], Picture]:
    """Laid on the glass at an angle."""
    return lambda page: turn(page, degrees)


def shifted(page: Picture) -> Picture:
    """Laid too far to the lower right: a strip of the margin is cut off, white on the other side."""
    down, right = round(0.015 * page.shape[0]), round(0.02 * page.shape[1])
    out = np.full_like(page, 255)
    out[down:, right:] = page[:-down, :-right]
    return out


def pale(page: Picture) -> Picture:
    """Little contrast, grey paper and the sensor's noise."""
    rng = np.random.default_rng(7)
    soft = cv2.GaussianBlur(page, (0, 0), 0.6).astype(np.float32) * 0.6 + 85
    return np.clip(soft + rng.normal(0, 4, page.shape[:2])[..., None], 0, 255).astype(np.uint8)


def copied(page: Picture) -> Picture:
    """A copy of a copy: strokes grow, half tones go."""
    grey = cv2.GaussianBlur(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), (0, 0), 0.9).astype(np.float32)
    hard = np.clip((grey - 95) * 2.0, 0, 255).astype(np.uint8)
    return cv2.cvtColor(hard, cv2.COLOR_GRAY2RGB).astype(np.uint8)


FORMS = {
    "colour-200-jpeg-40": Form(200, quality=40),
    "grey-150": Form(150, "L"),
    "grey-250": Form(250, "L"),
    "bilevel-200": Form(200, "1"),
    "bilevel-300": Form(300, "1"),
    "skew-right": Form(200, change=skewed(-1.5)),
    "skew-left-grey": Form(200, "L", change=skewed(1.5)),
    "shifted": Form(200, change=shifted),
    "pale": Form(200, "L", change=pale),
    "copied": Form(200, "L", 45, change=copied),
}


def rescan(path: Path, form: Form, target: Path) -> None:
    """The file's pages as that scanner would save them."""
    pdf = pypdfium2.PdfDocument(path)
    pdf.init_forms()
    pages = []
    for page in pdf:
        drawn = page.render(scale=form.dpi / _POINTS, may_draw_forms=True, rev_byteorder=True).to_numpy()
        picture = cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB) if drawn.ndim == 2 or drawn.shape[2] == 1 else drawn[..., :3]
        pages.append(_toned(form.change(np.ascontiguousarray(picture)), form.mode))
    more = {} if form.mode == "1" else {"quality": form.quality}
    pages[0].save(target, save_all=True, append_images=pages[1:], resolution=float(form.dpi), **more)


def _toned(page: Picture, mode: str) -> Image.Image:
    image = Image.fromarray(page)
    if mode == "1":
        return image.convert("L").point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)
    return image.convert(mode)


def make(gold: Path, root: Path, out: Path, names: list[str], each: int, pages: int) -> None:
    """The files of the plan and their labels, by form, where they are missing; `each` forms a file by turns."""
    for i, path in enumerate(sorted(gold.glob("*.json"))):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if labels.get("pages", 1) > pages:
            continue
        for k in range(min(each, len(names))):
            name = names[(i * each + k) % len(names)]
            files, truth = out / name / "files", out / name / "gold"
            files.mkdir(parents=True, exist_ok=True)
            truth.mkdir(parents=True, exist_ok=True)
            target = files / f"{path.stem}.pdf"
            if not target.exists():
                rescan(root / labels["file"], FORMS[name], target)
            (truth / path.name).write_text(
                json.dumps(labels | {"file": target.name, "kind": "scan"}, ensure_ascii=False), encoding="utf-8"
            )


def measured(out: Path) -> Iterator[tuple[str, Score, list[str]]]:
    """Every form's score, and the values that were accepted and are wrong."""
    for folder in sorted(p for p in out.iterdir() if (p / "read").is_dir()):
        found = {}
        for letter in labelled(folder / "gold", folder / "read"):
            parts = split(normalise(letter.document))
            found[letter.name] = first_letter([select(extract(part, strict=True)) for part in parts])
        result = score(_only(folder, found), lambda path, _labels, found=found: found[path.stem])
        wrong = [
            f"{miss.file} {miss.what}: {miss.got!r}, not {miss.expected!r}"
            for miss in result.misses
            if miss.what in PROMISED
            and found.get(miss.file) is not None
            and miss.what not in (found[miss.file] or {}).get("review", ())
        ]
        yield folder.name, result, wrong


def _only(folder: Path, names: Iterable[str]) -> Path:
    """The labels of what is recorded, in a folder of their own."""
    part = folder / "labels"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for name in names:
        shutil.copy(folder / "gold" / f"{name}.json", part)
    return part


def report(out: Path, *, misses: bool) -> list[str]:
    """Markdown: one line a form, then the accepted values that are wrong, counted."""
    head = (*SCALARS, "recipients F1", "copies F1", "citations F1", "accepted", "of these wrong")
    lines = [f"| form | files | {' | '.join(head)} |", "|" + "---|" * (len(head) + 2)]
    accepted = wrong = promised = 0
    for name, result, errors in measured(out):
        fields = [f"{result.fields[f].right}/{result.fields[f].of}" for f in SCALARS]
        lists = [f"{t.f1:.3f}" for t in (result.lists["recipients"], result.lists["copies"], result.citations)]
        share = result.accepted.of / max(result.promised, 1)
        accepted, wrong, promised = accepted + result.accepted.of, wrong + len(errors), promised + result.promised
        row = (name, str(result.files), *fields, *lists, f"{share:.3f}", str(len(errors)))
        lines.append(f"| {' | '.join(row)} |")
        if misses:
            print(f"== {name}", *[f"{m.file}\t{m.what}\t{m.expected}\t{m.got}" for m in result.misses], sep="\n  ")
            print(*[f"  ACCEPTED AND WRONG {e}" for e in errors], sep="\n")
    precision = 1 - wrong / max(accepted, 1)
    told = f"Accepted without review: {accepted} of {promised} values, {wrong} wrong, precision {precision:.4f}."
    lines += ["", told]
    return lines


def main() -> int:
    """Draw, record, score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=len(FORMS), help="forms a file, by turns; all if left out")
    parser.add_argument("--only", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--pages", type=int, default=6, help="leave out longer files")
    parser.add_argument("--shard", default="0/1", help="this process's part of the reading, as 0/2 and 1/2")
    parser.add_argument("--report", type=Path, nargs="?", const=Path("-"), help="score what is recorded; - prints")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    if options.report is None:
        first, count = map(int, options.shard.split("/"))
        make(options.gold, options.root, options.out, options.only, options.each, options.pages)
        for name in options.only:
            if (options.out / name / "files").is_dir():
                recordings.make(options.out / name / "files", options.out / name / "read", (first, count))
    lines = report(options.out, misses=options.misses)
    print("\n".join(lines))
    if options.report is not None and str(options.report) != "-":
        title = ["# Real letters scanned once more", "", "`python -m benchmarks.rescans`; the forms stand there", ""]
        options.report.write_text("\n".join(title + lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
