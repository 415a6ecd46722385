"""The signature block read a second time, where the first reading found no name in it.

Seals, signatures and name stamps make the reader of printed words drop whole lines. The second reader finds the name
on nearly every scan but lacks most Vietnamese marks; they come from a closer look of the first reader at that line
and from the syllables that names are made of.
"""

from __future__ import annotations

import re

import cv2
import numpy as np

from extractors.vi.name_marks import is_familiar, is_noise, restore
from extractors.vi.names import capacity, is_person_name, is_title, strip_degrees
from extractors.vi.text import fold, normalise
from extractors.vi.titles import ends_title, restore_title
from models.document import Line, Word
from models.errors import TransientError
from models.geometry import BBox
from pipeline.engines import name_sweep
from pipeline.engines.head import cut
from pipeline.engines.image import PageImage, Pixels, as_pixels, darkest, even_background
from pipeline.engines.name_sweep import only_print
from pipeline.engines.paddle import Corners, Paddle, Reread
from pipeline.engines.tesseract import Tesseract

_LABEL = re.compile(r"^\W*n[o0][iíl1]\s?nh[ae]n")
_FILED = re.compile(r"^\W*luu\s*[:;.]")  # the last item of every list of recipients
_EDGE = re.compile(r"^[^\w]+|[^\w]+$")
_SEARCH_DPI = 130  # enough for names of 13 points, and half the cost of the page's own density
_CLEAR_TITLE, _OFF_MIDDLE = 0.85, 60.0  # points
_SURE = 0.9  # of the second reader on every letter
_WHOLE = 0.85  # from here on a family name of one letter ("Y", "A") is believed
_LEAST = 0.6  # below this neither reader's line is believed
_LINE_HEIGHT = (7.0, 34.0)  # points; names and titles, stamped ones too
_HEIGHT = 240.0  # points from the label down in which the name stands


def reread_signature(
    image: PageImage, lines: tuple[Line, ...], tesseract: Tesseract, paddle: Paddle
) -> tuple[Line, ...]:
    """The page's lines with those of the signature block added or replaced; unchanged where a name is read already."""
    region = signature_region(lines, image.width, image.height)
    if region is None:
        return lines
    name = next((line for line in lines if _inside(line, region) and _is_name(line)), None)
    if name is not None:
        return _with_titles(image, lines, region, name, paddle)
    found = _search(image, region, paddle)
    if any(_is_clear_title(line) for line in lines if _inside(line, region)):
        found = [seen for seen in found if restore_title(seen.text) is None]  # a seal's rim holds titles too
    added = [line for line in (_understand(image, seen, tesseract) for seen in found) if line is not None]
    if not any(_is_name(line) for line in added) and (title := _lowest_title((*lines, *added), region)):
        added += _swept(image, title, tesseract, paddle)
    if not added:
        return lines
    kept = [line for line in lines if not any(_replaces(new, line) for new in added)]
    return (*kept, *(new for new in added if not any(_same_place(new, line) for line in kept)))


def _with_titles(
    image: PageImage, lines: tuple[Line, ...], region: BBox, name: Line, paddle: Paddle
) -> tuple[Line, ...]:
    """The lines with the titles over the name, where the first reader made out none of them clearly."""
    if any(_is_clear_title(line) for line in lines if _inside(line, region)):
        return lines
    added = [_line(title, seen, seen.confidence) for seen in _search(image, region, paddle)
             if (title := restore_title(seen.text)) and _is_over(seen, name)]  # fmt: skip
    kept = [line for line in lines if not any(_same_place(new, line) for new in added)]
    return (*kept, *added) if added else lines


def _is_clear_title(line: Line) -> bool:
    return line.confidence >= _CLEAR_TITLE and is_title(line.text) and capacity(line.text) is None


def _is_over(seen: Reread, name: Line) -> bool:
    """Whether a line stands where titles do: over the name, about the same middle."""
    assert seen.bbox is not None and name.bbox is not None
    return seen.bbox.bottom < name.bbox.top - 12 and abs(seen.bbox.x_mid - name.bbox.x_mid) < _OFF_MIDDLE


def _lowest_title(lines: tuple[Line, ...], region: BBox) -> BBox | None:
    """The box of the title nearest the name."""
    titles = [line.bbox for line in lines if line.bbox and _inside(line, region) and is_title(line.text)]
    return max(titles, key=lambda box: box.bottom, default=None)


def _swept(image: PageImage, title: BBox, tesseract: Tesseract, paddle: Paddle) -> list[Line]:
    """The name found row by row under the title, or none; three looks of the first reader at the most."""
    for seen in name_sweep.sweep(image, title, paddle)[:3]:
        line = _understand(image, seen, tesseract)
        if line is not None and _is_name(line):
            return [line]
    return []


def signature_region(lines: tuple[Line, ...], width: float, height: float) -> BBox | None:
    """Where the signature stands: right of "Nơi nhận", or under the signing title; None on other pages."""
    left = [line for line in lines if line.bbox is not None and line.bbox.x0 < width / 2]
    label = next((line for line in left if _LABEL.match(fold(line.text))), None) or _list_top(left)
    if label is None or label.bbox is None:
        return None
    start = max(width * 0.42, min(label.bbox.x1 + 6, width * 0.5))
    return BBox(start, max(label.bbox.top - 24, 0), width, min(height, label.bbox.top + _HEIGHT))


def _list_top(left: list[Line]) -> Line | None:
    """The first line of the list that ends with "Lưu: VT", for pages on which the label is unreadable."""
    filed = next((line for line in left if _FILED.match(fold(line.text))), None)
    if filed is None or filed.bbox is None:
        return None
    top = filed
    for line in sorted(left, key=lambda x: -x.bbox.top if x.bbox else 0.0):
        assert line.bbox is not None and top.bbox is not None
        gap = top.bbox.top - line.bbox.top
        if 0 < gap < 32 and abs(line.bbox.x0 - filed.bbox.x0) < 20 and line.bbox.x1 < filed.bbox.x0 + 230:
            top = line
    return top


def _inside(line: Line, region: BBox) -> bool:
    return line.bbox is not None and line.bbox.x_mid > region.x0 and region.top <= line.bbox.y_mid <= region.bottom


def _is_name(line: Line) -> bool:
    if line.confidence < _LEAST or restore_title(line.text) or ends_title(line.text):
        return False
    name = strip_degrees(line.text)
    if line.confidence < _WHOLE and len(name.partition(" ")[0]) == 1:
        return False  # "A Văn Phúc": rather the rest of a longer family name under a seal
    return is_person_name(name) and not is_noise(name, line.confidence)


def _search(image: PageImage, region: BBox, paddle: Paddle) -> list[Reread]:
    area = cut(image, region)
    factor = min(1.0, _SEARCH_DPI / image.dpi)
    small = as_pixels(cv2.resize(area, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    to_points = 72 / image.dpi / factor
    found = []
    for corners in paddle.find_lines(small):
        width, height = _sides(corners)
        if not _LINE_HEIGHT[0] < height * to_points < _LINE_HEIGHT[1] or width < 2 * height:
            continue  # pieces of a seal's rim and strokes of the signature
        seen = paddle.read_line(_straightened(area, corners / factor))
        if seen.confidence >= _LEAST:
            moved = corners * to_points + np.array([region.x0, region.top], np.float32)
            place = BBox(*map(float, (*moved.min(axis=0), *moved.max(axis=0))))
            found.append(Reread(normalise(seen.text), seen.confidence, place))
    return found


def _sides(corners: Corners) -> tuple[float, float]:
    width = np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
    height = np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])
    return float(width / 2), float(height / 2)


def _straightened(area: Pixels, corners: Corners) -> Pixels:
    """The line inside the corners as a level strip: name stamps are hardly ever put down straight."""
    width, height = (max(round(side), 8) for side in _sides(corners))
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), level)
    return as_pixels(cv2.warpPerspective(area, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def _understand(image: PageImage, seen: Reread, tesseract: Tesseract) -> Line | None:
    """A line of the signature block: a name with its marks back, or a title; None for seals and scribble."""
    text = strip_degrees(seen.text)
    if title := restore_title(seen.text):
        return _line(title, seen, seen.confidence)
    words = text.split()
    if not 2 <= len(words) <= 5 or text.isupper() or sum(w[0].isupper() for w in words) < len(words) - 1:
        return None
    assert seen.bbox is not None
    # In front of the name stand degrees, of which a seal may leave half.
    closer = [" ".join(c.split()[-len(words) :]) for c in _closer_look(image, seen.bbox, tesseract)]
    restored = restore(text, closer)
    if restored is not None:
        name, certainty = restored
        same = next((c for c in closer if fold(c) == fold(name)), None)
        if same and seen.confidence >= _SURE and certainty < _LEAST:
            # Two readers saw the same letters: a rare syllable is no noise, and the first reader's marks are printed.
            pairs = zip(name.split(), same.split(), strict=True)
            return _line(" ".join(a if is_familiar(f"_ {a}") else b for a, b in pairs), seen, _WHOLE)
        return _line(name, seen, round(min(seen.confidence, certainty), 3))
    # A seal may hide the first letter from one reader and not from the other.
    whole = next((c for c in closer if is_person_name(c) and fold(c.split()[-1]) == fold(words[-1])), None)
    mended = restore(whole) if whole else None
    return _line(mended[0], seen, _LEAST) if mended else None


def _line(text: str, seen: Reread, confidence: float) -> Line:
    words = (Word(text, seen.bbox, confidence),)
    return Line(normalise(text), seen.text, seen.bbox, confidence, words)


def _closer_look(image: PageImage, box: BBox, tesseract: Tesseract) -> list[str]:
    """What the first reader makes of the line alone: with ink of any colour, and of print without it."""
    crop = cut(image, BBox(box.x0 - 10, box.top - 3, box.x1 + 6, box.bottom + 3))
    dark = darkest(crop)
    dark = even_background(dark) if min(dark.shape) > 30 else dark
    bare = darkest(only_print(cut(image, BBox(box.x0 - 6, box.top - 1, box.x1 + 6, box.bottom + 1))))
    seen: list[str] = []
    for look in (dark, bare):
        framed = as_pixels(np.pad(look, 12, constant_values=255))
        try:
            lines = tesseract.recognise(PageImage(crop, framed, image.dpi), mode=7)
        except TransientError:
            return seen  # the name keeps the second reader's marks; the page itself was read
        seen += [_EDGE.sub("", line.text) for line in lines if line.confidence >= _LEAST]
    return seen


def _replaces(new: Line, old: Line) -> bool:
    if not _same_place(new, old):
        return False
    if restore_title(new.text) and old.confidence < min(new.confidence, _CLEAR_TITLE):
        return True
    scribble = sum(char.isalpha() for char in old.text) < 3
    return scribble or ((old.confidence < 0.75 or is_person_name(new.text)) and not is_title(old.text))


def _same_place(new: Line, old: Line) -> bool:
    if new.bbox is None or old.bbox is None:
        return False
    return new.bbox.overlap(old.bbox) > 0.5 * min(new.bbox.area, old.bbox.area)
