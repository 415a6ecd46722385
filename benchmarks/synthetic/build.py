"""Writes the sample letters and their truth: `python -m benchmarks.synthetic.build --out data/raw`.

With `--variants DIR` it sets the named letters (default: all) in each form of `variants.py`, or in those of `--only`,
with the truth in `DIR/gold`, for measuring what each damage costs. `--each 5` takes five forms a letter, by turns.
"""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from benchmarks.synthetic import blocks, content, degrade, handwriting, layout, seed_text, stamps, truth
from benchmarks.synthetic.variants import VARIANTS, Sample

HERE = Path(__file__).parent
_POINTS = 72
_DAY_OF_ALL_FILES = time.struct_time((2024, 9, 2, 8, 0, 0, 0, 246, 0))
_INKS = {"blue": handwriting.BLUE, "black": handwriting.BLACK, "red": stamps.RED}
# Of the incoming stamp from the place under the subject: across and down, in shares of its own width and height.
_ARRIVAL = {"left": (-0.48, -0.1), "subject": (0.0, -0.75), "head": (-0.2, -2.6), "right": (1.6, 0.1)}


_FIELD_OF_MARK = {"TỐC": "urgency", "KHẨN": "urgency", "MẬT": "secrecy"}


def samples() -> tuple[Sample, ...]:
    """The files of data/raw, as `samples.toml` lists them."""
    raw = tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))["sample"]
    return tuple(Sample(**{key: _frozen(key, value) for key, value in one.items()}) for one in raw)


def _frozen(key: str, value: Any) -> Any:
    if key == "by_hand":
        return frozenset(value)
    if key == "effects":
        return tuple((name, float(strength)) for name, strength in value)
    return tuple(value) if isinstance(value, list) else value


def pages(sample: Sample, letter: content.Letter) -> list[degrade.Picture]:
    """The letter's pages as scanned: printed, written on, stamped, degraded, turned."""
    rng = np.random.default_rng(sample.seed)
    pdf, anchors = layout.render(letter, sample.by_hand, sample.size)
    scale = sample.dpi / _POINTS
    scanned = []
    for i, page in enumerate(pypdfium2.PdfDocument(pdf)):
        picture = page.render(scale=scale).to_numpy()[..., 2::-1].copy()
        for anchor in anchors:
            if anchor.page == i + 1:
                picture = _ink(picture, anchor, sample, letter, rng)
        for name, strength in sample.effects:
            picture = degrade.EFFECTS[name](picture, rng, strength)
        scanned.append(degrade.rotate(picture, sample.rotate))
    return scanned


def _ink(
    page: degrade.Picture, anchor: blocks.Anchor, sample: Sample, letter: content.Letter, rng: np.random.Generator
) -> degrade.Picture:
    scale = sample.dpi / _POINTS
    x, y, width, height = (v * scale for v in (anchor.x, anchor.y, anchor.width, anchor.height))
    if anchor.kind in ("number", "day", "month"):
        text = {"number": letter.serial, "day": letter.day, "month": letter.month}[anchor.kind]
        figures = _figures(text, sample, rng, round(height * rng.uniform(0.95, 1.2)), width)
        left = x + (width - figures.shape[1]) / 2
        return stamps.lay(page, figures, left, y + height * 1.02 - figures.shape[0] + rng.normal(0, height * 0.05))
    if anchor.kind == "signature" and sample.seal:
        page = stamps.lay(page, stamps.signature(rng, round(width), round(height), _INKS[sample.ink]), x, y)
        around, below = sample.seal
        red = stamps.seal(
            around or " ".join(letter.issuer), below or letter.place.upper(), rng, sample.dpi, _INKS[sample.seal_ink]
        )
        # over the left third of the signature
        return stamps.lay(page, red, x + width / 6 - red.shape[1] / 2, y + height / 2 - red.shape[0] / 2)
    if anchor.kind == "under_subject":
        return _office_stamps(page, x, y, width, sample, letter, rng)
    return page


def _office_stamps(
    page: degrade.Picture,
    x: float,
    y: float,
    width: float,
    sample: Sample,
    letter: content.Letter,
    rng: np.random.Generator,
) -> degrade.Picture:
    if letter.urgency:
        stamp = stamps.boxed_stamp(letter.urgency, rng, sample.dpi)
        page = stamps.lay(page, stamp, x + (width - stamp.shape[1]) / 2, y + sample.dpi * 0.12)
    for i, (text, tilt, framed) in enumerate(sample.marks):
        stamp = stamps.boxed_stamp(text, rng, sample.dpi, tilt=tilt, framed=framed)
        page = stamps.lay(page, stamp, x + (width - stamp.shape[1]) / 2, y + sample.dpi * (0.12 + 0.55 * i))
    if sample.arrival:
        office, number, day = sample.arrival
        stamp = stamps.arrival_stamp(office, number, day, rng, sample.dpi)
        across, down = _ARRIVAL[sample.arrival_at]
        page = stamps.lay(page, stamp, x + across * stamp.shape[1], y + down * stamp.shape[0])
    return page


def _figures(text: str, sample: Sample, rng: np.random.Generator, height: int, room: float) -> handwriting.Picture:
    ink = _INKS[sample.ink]
    if sample.hand == "pen":
        figures = handwriting.draw_digits(text, rng, height, ink=ink)
    else:
        figures = handwriting.draw_font_digits(text, sample.hand, rng, height, ink)
    if figures.shape[1] > room * 1.05:  # a long number is written smaller
        shrink = room * 1.05 / figures.shape[1]
        size = (round(figures.shape[1] * shrink), max(1, round(figures.shape[0] * shrink)))
        figures = cv2.resize(figures, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return figures


def write(sample: Sample, folder: Path, prefix: str) -> dict[str, Any]:
    """Write one file and give its truth; `prefix` stands before its name there."""
    letter = content.load(sample.letter)
    path = folder / sample.file
    count: int | None = None
    if sample.kind == "text":
        path.write_text(seed_text.as_text(letter), encoding="utf-8")
    elif sample.kind == "born-digital":
        pdf, _ = layout.render(letter, size=sample.size)
        path.write_bytes(pdf)
        count = len(pypdfium2.PdfDocument(pdf))
    else:
        pictures = [_toned(page, sample.mode) for page in pages(sample, letter)]
        _save(pictures, path, sample)
        count = len(pictures)
    record = truth.gold(letter, prefix + sample.file, sample.kind, sample.by_hand, count)
    return record | {_FIELD_OF_MARK[text.split()[-1]]: text for text, _, _ in sample.marks}


def _toned(page: degrade.Picture, mode: str) -> Image.Image:
    image = Image.fromarray(page)
    if mode == "bilevel":
        return image.convert("L").point(lambda v: 255 if v > 127 else 0).convert("1", dither=Image.Dither.NONE)
    return image.convert("L") if mode == "grey" else image


def _save(pictures: list[Image.Image], path: Path, sample: Sample) -> None:
    first, rest, resolution = pictures[0], pictures[1:], float(sample.dpi)
    if path.suffix == ".pdf":
        more: dict[str, Any] = {"creationDate": _DAY_OF_ALL_FILES, "modDate": _DAY_OF_ALL_FILES}
        if sample.mode != "bilevel":
            more["quality"] = sample.quality
        first.save(path, save_all=True, append_images=rest, resolution=resolution, **more)
    elif path.suffix == ".tif":
        first.save(path, save_all=True, append_images=rest, compression="group4", dpi=(resolution, resolution))
    else:
        first.save(path, quality=sample.quality, dpi=(resolution, resolution))


def build(out: Path, gold: Path, prefix: str = "data/raw/") -> None:
    """All samples into `out`, their truth into `gold`."""
    out.mkdir(parents=True, exist_ok=True)
    gold.mkdir(parents=True, exist_ok=True)
    for sample in samples():
        _write_gold(write(sample, out, prefix), gold, sample.file)


def build_variants(
    out: Path, slugs: list[str], names: list[str], each: int | None = None, *, seed: int = 0, strength: float = 1.0
) -> None:
    """Every named letter in every named variant, or in `each` of them by turns; the truth in `out/gold`.

    `seed` is added to each variant's own, `strength` multiplied with each damage.
    """
    out.mkdir(parents=True, exist_ok=True)
    for i, slug in enumerate(slugs):
        for name in names if each is None else [names[(i * each + k) % len(names)] for k in range(each)]:
            plan = VARIANTS[name]
            effects = tuple((effect, much * strength) for effect, much in plan.effects)
            sample = replace(plan, file=f"{slug}-{name}.pdf", letter=slug, seed=plan.seed + seed, effects=effects)
            if not (sample.marks and content.load(slug).urgency):  # else it prints a mark of its own
                _write_gold(write(sample, out, ""), out / "gold", sample.file)


def _write_gold(record: dict[str, Any], folder: Path, file: str) -> None:
    """Write the truth of one file."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{Path(file).stem}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/raw"))
    parser.add_argument("--gold", type=Path, default=HERE / "gold")
    parser.add_argument("--variants", type=Path, help="write the letters in damaged forms there instead")
    parser.add_argument("--letters", nargs="*", default=[letter.slug for letter in content.load_all()])
    parser.add_argument("--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--each", type=int, help="of the forms per letter, by turns; all if left out")
    parser.add_argument("--seed", type=int, default=0, help="other hands, skews and specks in the forms")
    parser.add_argument("--strength", type=float, default=1.0, help="of the damages in the forms, as usual 1")
    options = parser.parse_args()
    if options.variants:
        forms = (options.letters, options.only, options.each)
        build_variants(options.variants, *forms, seed=options.seed, strength=options.strength)
    else:
        build(options.out, options.gold)


if __name__ == "__main__":
    main()
