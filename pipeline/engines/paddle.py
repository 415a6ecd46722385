"""PP-OCRv6 through rapidocr, weights inside the package: figures and handwriting that Tesseract cannot read.

Its alphabet lacks most double-marked Vietnamese letters, so it is a witness for figures and symbols, never body text.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import MissingDependency
from models.geometry import BBox
from pipeline.engines.image import Pixels

ORIGIN = "paddle"
_WORD_WIDTH = 96  # of 48 high; a lone 0 in less width is taken for the letter O
# Four corners of a line in pixels, clockwise from its top left; 4 x 2.
Corners = NDArray[np.float32]
_SETTINGS = {
    "Global.log_level": "error",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # Pictures are shown at the size meant for them; the default enlarges the short side to 736 pixels.
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
}


@dataclass(frozen=True, slots=True)
class Reread:
    """What the engine read in one crop or box; `bbox` in pixels of the picture given."""

    text: str
    confidence: float
    bbox: BBox | None = None


class Paddle:
    """The second reader; loads its models on first use and keeps them."""

    origin = ORIGIN

    @cached_property
    def _engine(self) -> Any:
        try:
            from rapidocr import RapidOCR  # noqa: PLC0415 - heavy: onnxruntime and two models
        except ImportError as error:
            raise MissingDependency("rapidocr is not installed: run `make setup`") from error
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        cv2.setNumThreads(1)
        return RapidOCR(params=_SETTINGS)

    def read_line(self, crop: Pixels) -> Reread:
        """The text of a picture of one line, RGB; "" where nothing is seen."""
        answer = self._engine(np.ascontiguousarray(crop[:, :, ::-1]), use_det=False, use_cls=False, use_rec=True)
        if not answer.txts:
            return Reread("", 0.0)
        return Reread(answer.txts[0], round(float(answer.scores[0]), 3))

    def read_words(self, crops: Sequence[Pixels], *, narrowest: int = _WORD_WIDTH) -> tuple[Reread, ...]:
        """The texts of many pictures of one short line each, RGB, in one go; the same order.

        Four times as fast as line by line: the engine otherwise pads each picture to the width of a sentence.
        Narrower pictures are padded to `narrowest` pixels of 48 high; time goes with the width.
        """
        if not crops:
            return ()
        from rapidocr.ch_ppocr_rec.typings import TextRecInput  # noqa: PLC0415 - heavy, as above

        if self._engine.text_rec is None:  # made at the first ordinary call
            self.read_line(crops[0])
        reader = self._engine.text_rec
        given = TextRecInput(img=[np.ascontiguousarray(c[:, :, ::-1]) for c in crops], return_word_box=False)
        shape, reader.rec_image_shape = reader.rec_image_shape, [3, 48, narrowest]
        try:
            answer = reader(given)
        finally:
            reader.rec_image_shape = shape
        return tuple(
            Reread(text, round(float(score), 3)) for text, score in zip(answer.txts, answer.scores, strict=True)
        )

    def find_lines(self, area: Pixels) -> Sequence[Corners]:
        """Where lines stand in an RGB picture, top to bottom; nothing is read."""
        answer = self._engine(np.ascontiguousarray(area[:, :, ::-1]), use_det=True, use_cls=False, use_rec=False)
        if answer.boxes is None:
            return ()
        found = (np.asarray(corners, np.float32) for corners in answer.boxes)
        return tuple(sorted(found, key=lambda corners: float(corners[:, 1].min())))

    def read_area(self, area: Pixels) -> Sequence[Reread]:
        """Every line found in an RGB picture, top to bottom."""
        answer = self._engine(np.ascontiguousarray(area[:, :, ::-1]), use_det=True, use_cls=False, use_rec=True)
        if answer.boxes is None or not answer.txts:
            return ()
        found = []
        for corners, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True):
            xs, ys = corners[:, 0], corners[:, 1]
            box = BBox(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
            found.append(Reread(text, round(float(score), 3), box))
        return tuple(sorted(found, key=lambda r: (r.bbox.top, r.bbox.x0) if r.bbox else (0.0, 0.0)))
