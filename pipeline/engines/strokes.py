"""Figures written by hand in the number line and the place-date line: a small reader of our own.

It sees one whole line and says only its figures and the printed parts that anchor them ("Số:", "/", "ngày", "tháng",
"năm"); what stands between two anchors is the serial, the day or the month. A witness beside PP-OCRv6, which misreads
the Vietnamese 1 with its long upstroke. Training: benchmarks/handwriting, docs/model_card_strokes.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.errors import MissingDependency
from pipeline.engines.image import Pixels

ALPHABET = "0123456789S/nty"  # S = "Số:", n = ngày, t = tháng, y = năm
_WEIGHTS = Path(__file__).with_name("weights") / "strokes.onnx"
_HEIGHT = 48
_WIDEST = 800
_STRETCH = 1.25
_BEAM = 12
_CERTAIN = 0.999  # columns where one answer is as sure as this are not branched on
_LONGEST_SERIAL = 6
# Shares of the crop's height, looked at in turn and averaged: where a pen or a neighbouring line made the crop high,
# the figures are too small in the whole. Dates lose by it: what hangs below their italics is cut off.
_LOOKS = (1.0, 0.85, 0.75)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Strokes:
    """The reader of figures by hand; loads its weights on first use and keeps them."""

    origin = "strokes"

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        if not _WEIGHTS.exists():
            raise MissingDependency(f"{_WEIGHTS.name} is not in the checkout: run `git checkout pipeline/engines`")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(_WEIGHTS), options, providers=["CPUExecutionProvider"])

    def read_number(self, crop: Pixels) -> Sequence[tuple[str, float]]:
        """Up to three readings of the serial before the first "/", best first, with their probabilities."""
        sums: dict[str, float] = {}
        for share in _LOOKS:
            for text, chance in self._lines(_middle(crop, share)).items():
                serial = _serial(text)
                if serial:
                    sums[serial] = sums.get(serial, 0.0) + chance / len(_LOOKS)
        return sorted(sums.items(), key=lambda item: -item[1])[:3]

    def read_date(self, crop: Pixels) -> Sequence[tuple[str, str, float]]:
        """Up to three readings of day and month that a calendar knows, best first, with their probabilities."""
        sums: dict[tuple[str, str], float] = {}
        for text, chance in self._lines(crop).items():
            found = _day_month(text)
            if found:
                sums[found] = sums.get(found, 0.0) + chance
        return [(day, month, chance) for (day, month), chance in sorted(sums.items(), key=lambda item: -item[1])[:3]]

    def _lines(self, crop: Pixels) -> dict[str, float]:
        """The likeliest answers for a line with their probabilities, which add up to at most 1."""
        if crop.ndim < 2 or crop.shape[0] < 8 or crop.shape[1] < 16:
            return {}
        picture = normalise(resized(ink_channel(crop)))[None, None]
        (scores,) = self._session.run(None, {"picture": picture})
        return search(np.exp(np.asarray(scores, np.float32)[0]))


def _middle(crop: Pixels, share: float) -> Pixels:
    """The crop without as much above as below."""
    edge = int(crop.shape[0] * (1 - share) / 2)
    return crop[edge : crop.shape[0] - edge]


def ink_channel(crop: Pixels) -> Pixels:
    """Grey pixels in which black, blue and violet ink are dark, and red seals half as dark as they are."""
    if crop.ndim == 2:
        return crop
    red, lowest = crop[:, :, 0].astype(np.uint16), crop[:, :, :3].min(axis=2).astype(np.uint16)
    return np.asarray((red + lowest) // 2, np.uint8)


def normalise(grey: Pixels) -> NDArray[np.float32]:
    """Ink from 0 (paper) to 1 (the line's darkest)."""
    paper, ink = np.percentile(grey, (85, 0.7))
    ink_share = (paper - grey.astype(np.float32)) / max(paper - ink, 40.0)
    return np.asarray(np.clip(ink_share, 0, 1), np.float32)


def resized(grey: Pixels) -> Pixels:
    """The line as high as the model wants it, a little stretched: narrow figures need columns of their own."""
    factor = _HEIGHT / grey.shape[0]
    width = min(max(round(grey.shape[1] * factor * _STRETCH), 32), _WIDEST)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (width, _HEIGHT), interpolation=method), np.uint8)


def search(chances: NDArray[np.float32]) -> dict[str, float]:
    """Answers with their probabilities by prefix beam search; `chances` is columns x (blank + ALPHABET)."""
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # text -> ends in blank, ends in its last letter
    for column in chances:
        grown: dict[str, list[float]] = {}
        options = [int(i) for i in np.flatnonzero(column > 1 - _CERTAIN) if i]
        for text, (blank, letter) in beam.items():
            same = grown.setdefault(text, [0.0, 0.0])
            same[0] += (blank + letter) * float(column[0])
            if text:
                same[1] += letter * float(column[ALPHABET.index(text[-1]) + 1])
            for option in options:
                added = ALPHABET[option - 1]
                start = blank if text.endswith(added) else blank + letter
                if start > 0:
                    grown.setdefault(text + added, [0.0, 0.0])[1] += start * float(column[option])
        kept = sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM]
        beam = {text: (b, c) for text, (b, c) in kept if b + c > 1e-6}
    return {text: blank + letter for text, (blank, letter) in beam.items()}


def _serial(text: str) -> str | None:
    """The figures between "Số:" and the first slash; None where the slash is not seen."""
    before, slash, _ = text.partition("/")
    serial = before.rpartition("S")[2]
    return serial if slash and serial.isdigit() and len(serial) <= _LONGEST_SERIAL else None


def _day_month(text: str) -> tuple[str, str] | None:
    """Day and month as written, if both stand and the calendar has such a day."""
    _, found, rest = text.partition("n")
    day, has_month, rest = rest.partition("t")
    month, has_year, _ = rest.partition("y")
    if not (found and has_month and has_year and day.isdigit() and month.isdigit()):
        return None
    if len(day) > 2 or len(month) > 2 or not 1 <= int(month) <= 12 or not 1 <= int(day) <= _DAYS[int(month) - 1]:
        return None
    return day, month
