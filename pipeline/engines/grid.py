"""Ruled tables on page images: rows, columns and merged cells from the rules alone, before any word is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.geometry import BBox
from pipeline.engines.image import PageImage
from pipeline.engines.rules import WORKING_DPI, Frame, Mask, find_frames, find_strokes

_SAME_EDGE = 0.025  # inches: rules nearer than this are one, drawn twice or broken
_SURE, _LIKELY, _TRACE = 0.8, 0.5, 0.25  # share of an edge that is drawn
_UNBROKEN = 0.96  # share of inked pixels on the edge itself that makes it a rule without further evidence
_SEEN, _WHITE = 12, 3  # pixels beside an edge in which its thickness is measured; that are white beside a rule
_THICKER = 1.6  # than rules of this table mostly are
_MOST = 0.8  # share of the table's width
_LEAST = 0.35  # inches of an inner edge that must be drawn in all; bold figures in a narrow cell look like a short rule
_NARROWEST = 2.5  # inches; smaller frames with strokes inside are seals and stamps
_HAIR = 0.15  # inches that rules must stand out beyond the outermost crossing rule to show an undrawn border


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of a drawn grid in pixels of the page; `row` and `column` 0-based, spans at least 1."""

    row: int
    column: int
    row_span: int
    column_span: int
    bbox: BBox


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    """A ruled table: its cells in pixels of the page, in reading order.

    Attributes:
        rules: What it was found by, so that it can be parted further; None if that is not kept.
    """

    bbox: BBox
    rows: int
    columns: int
    boxes: tuple[Box, ...]
    rules: _Rules | None = field(default=None, repr=False, compare=False)


def find_grids(image: PageImage) -> tuple[DrawnGrid, ...]:
    """The ruled tables of a page from the top; () for a page without."""
    strokes = find_strokes(image.clean, image.dpi)
    if strokes is None:
        return ()
    scale = min(image.dpi, WORKING_DPI)
    found = (_grid(frame, scale, strokes.factor) for frame in find_frames(strokes, scale))
    return tuple(grid for grid in found if grid is not None)


def _grid(frame: Frame, dpi: float, factor: float) -> DrawnGrid | None:
    reach = max(2, round(_SAME_EDGE * dpi))
    rows = _edges(frame.across, frame.down, reach, dpi)
    columns = _edges(np.ascontiguousarray(frame.down.T), np.ascontiguousarray(frame.across.T), reach, dpi)
    if len(rows) < 2 or len(columns) < 3:
        return None
    above = _bridged(frame.across, frame.ink, rows, columns, reach)  # rule above row r in column c
    left = _bridged(frame.down.T, frame.ink.T, columns, rows, reach).T  # rule left of column c in row r
    edges = _without_strays(_Edges(rows, columns, above, left), frame, reach, _LEAST * dpi)
    if len(edges.rows) < 2 or len(edges.columns) < 3:
        return None
    grid = _with_boxes(_Rules(frame, edges, reach, factor))
    # A lone row is the rest of a table only if it is as wide as one.
    wide = grid.bbox.width > (_NARROWEST if grid.rows > 1 else 4.5) * dpi * factor
    return grid if wide and len(grid.boxes) > 2 and (grid.rows > 1 or grid.columns > 2) else None


def _with_boxes(rules: _Rules) -> DrawnGrid:
    frame, (rows, columns, above, left), factor = rules.frame, rules.edges, rules.factor
    boxes = tuple(
        Box(r0, c0, r1 - r0, c1 - c0, _on_page(frame, (columns[c0], rows[r0], columns[c1], rows[r1]), factor))
        for r0, c0, r1, c1 in _regions(above, left)
    )
    whole = _on_page(frame, (columns[0], rows[0], columns[-1], rows[-1]), factor)
    return DrawnGrid(whole, len(rows) - 1, len(columns) - 1, boxes, rules)


def parted(grid: DrawnGrid, cuts: Mapping[int, Sequence[float]], broken: Collection[tuple[int, int]] = ()) -> DrawnGrid:
    """The grid with some rows parted as if rules were drawn there; cells that go on into the row below stay whole.

    Args:
        grid: As it was found.
        cuts: For each such row the places of the rules, in pixels of the page below its top.
        broken: Row and column of places above which a rule is to be taken for whole.
    """
    rules = grid.rules
    if rules is None or not (any(cuts.values()) or broken):
        return grid
    edges, rows, above = rules.edges, [], []
    for row, edge in enumerate(edges.rows):
        rows.append(edge)
        above.append(np.where([(row, column) in broken for column in range(grid.columns)], 1.0, edges.above[row]))
        level = np.zeros(grid.columns)
        for box in grid.boxes:
            if box.row == row and box.row_span == 1:
                level[box.column : box.column + box.column_span] = 1.0
        for cut in cuts.get(row, ()):
            rows.append(edge + cut / rules.factor)
            above.append(level)
    left = _bridged(rules.frame.down.T, rules.frame.ink.T, edges.columns, rows, rules.reach).T
    return _with_boxes(rules._replace(edges=_Edges(rows, edges.columns, np.array(above), left)))


def _edges(along: Mask, crossing: Mask, reach: int, dpi: float) -> list[float]:
    """Heights of the horizontal edges, with those of an undrawn top and bottom that the crossing rules show."""
    weight = (along > 0).sum(axis=1).astype(np.float64)
    least = max(0.12 * dpi, 0.02 * along.shape[1])
    heights = np.flatnonzero(weight >= least)
    edges: list[float] = []
    for group in np.split(heights, np.flatnonzero(np.diff(heights) > reach) + 1) if heights.size else []:
        edges.append(float(np.average(group, weights=weight[group])))
    ends = np.flatnonzero((crossing > 0).sum(axis=1) >= 4)  # at least two rules reach this far
    if ends.size and edges:
        if edges[0] - ends[0] > _HAIR * dpi:
            edges.insert(0, float(ends[0]))
        if ends[-1] - edges[-1] > _HAIR * dpi:
            edges.append(float(ends[-1]))
    return edges


def _drawn(along: NDArray[np.bool_], edges: list[float], stops: list[float], reach: int) -> NDArray[np.float64]:
    """For each edge and each stretch between two stops the share that is drawn, 0.0 to 1.0."""
    result = np.zeros((len(edges), len(stops) - 1))
    for i, edge in enumerate(edges):
        top, bottom = max(0, round(edge) - reach), round(edge) + reach + 1
        band: NDArray[np.bool_] = np.asarray(along[top:bottom].any(axis=0))
        for j in range(len(stops) - 1):
            # with the ends: a rule touches those that it crosses, a stem of a letter does not
            result[i, j] = band[max(0, round(stops[j])) : round(stops[j + 1]) + 1].mean()
    return result


def _bridged(along: Mask, ink: Mask, edges: list[float], stops: list[float], reach: int) -> NDArray[np.float64]:
    """As `_drawn` with breaks counted as drawn, but nothing where no ink leaves either crossing rule.

    A tall letter between two rows that are ruled looks like a broken rule; it touches neither. A rule that is
    no longer than one low row, between two merged rows, is no stroke of its own, but its ink has no gap. A line of
    text at the height of the rules beside its cell may bridge the cell, but most of it is thicker than a rule.
    """
    result = _drawn(along > 0, edges, stops, reach)
    text = _is_text(along, ink, edges, stops, reach)
    for i, edge in enumerate(edges):
        band = np.asarray((along[max(0, round(edge) - reach) : round(edge) + reach + 1] == 2).any(axis=0))
        for j in range(len(stops) - 1):
            start, end = round(stops[j]), round(stops[j + 1])
            if not band[start + 2 : start + 2 + reach].any() and not band[max(0, end - 1 - reach) : end - 1].any():
                result[i, j] = 0.0
            if result[i, j] < _LIKELY:
                line = np.asarray(ink[max(0, round(edge) - 1) : round(edge) + 2, start : end + 1].any(axis=0))
                result[i, j] = max(result[i, j], 1.0 if line.mean() > _UNBROKEN else 0.0)
    result[text] = 0.0
    return result


def _is_text(along: Mask, ink: Mask, edges: list[float], stops: list[float], reach: int) -> NDArray[np.bool_]:
    """For each edge and each stretch whether what is inked there is a line of text.

    A rule is as thin as the others and has white on both sides; a letter is thicker or has more of itself beside.
    Figures may stand so close to a rule that there is no white, but then it runs unbroken past them. An edge that is
    drawn over most of the table is none.
    """
    crossed = [_crossed(ink, round(edge)) for edge in edges]
    drawn = [along[round(edge)] == 2 for edge in edges]
    result = np.zeros((len(edges), len(stops) - 1), np.bool_)
    usual = [thick[on & (thick > 0)] for (thick, _), on in zip(crossed, drawn, strict=True)]
    if not any(thick.size for thick in usual):
        return result
    thickest = _THICKER * float(np.median(np.concatenate(usual))) + 1
    for i, (thick, white) in enumerate(crossed):
        if drawn[i][round(stops[0]) : round(stops[-1])].mean() > _MOST:
            continue
        thin = thick <= thickest
        for j in range(len(stops) - 1):
            part = slice(round(stops[j]) + reach, round(stops[j + 1]) - reach)
            inked = thick[part] > 0
            if inked.any() and not (inked.mean() > _UNBROKEN and thin[part].mean() > _SURE):
                result[i, j] = (thin & white)[part][inked].mean() < _LIKELY
    return result


def _crossed(ink: Mask, edge: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each place along an edge how thick the ink on it is, 0 for none, and whether white follows on both sides."""
    edge = min(max(edge, 1), ink.shape[0] - 2)
    core = ink[edge - 1 : edge + 2] > 0
    sides = (ink[max(0, edge - 1 - _SEEN) : edge - 1][::-1] > 0, ink[edge + 2 : edge + 2 + _SEEN] > 0)
    thick = core.sum(axis=0)
    white = np.ones(ink.shape[1], np.bool_)
    for side, last in zip(sides, (core[0], core[2]), strict=True):
        going_on = np.cumprod(side, axis=0) * last
        thick = thick + going_on.sum(axis=0) * core.any(axis=0)
        after = np.cumsum(~(going_on > 0), axis=0)  # 1 in the first row without it
        white &= ~(side & (after > 1) & (after <= 1 + _WHITE)).any(axis=0)
    return np.asarray(thick, np.int64), white


class _Edges(NamedTuple):
    """Row and column edges with the share that is drawn of each stretch, breaks counted as drawn."""

    rows: list[float]
    columns: list[float]
    above: NDArray[np.float64]
    left: NDArray[np.float64]


class _Rules(NamedTuple):
    """What a grid was found by; `factor` pixels of the page per pixel of the frame."""

    frame: Frame
    edges: _Edges
    reach: int
    factor: float


def _without_strays(edges: _Edges, frame: Frame, reach: int, least: float) -> _Edges:
    """Drop edges that nowhere reach from one crossing rule to the next: underlines, stems of letters, creases.

    Judged by the ink alone: stems that stand under each other look like one broken rule.
    """
    rows, columns = edges.rows, edges.columns
    inked_above = _drawn(frame.across == 2, rows, columns, reach)
    inked_above[_is_text(frame.across, frame.ink, rows, columns, reach)] = 0.0
    inked_left = _drawn((frame.down == 2).T, columns, rows, reach).T
    widths, heights = np.diff(columns), np.diff(rows)
    keep_row = [i in (0, len(rows) - 1) or _is_rule(inked_above[i], widths, least) for i in range(len(rows))]
    last = len(columns) - 1
    keep_column = [j in (0, last) or _is_rule(inked_left[:, j], heights, least) for j in range(len(columns))]
    if all(keep_row) and all(keep_column):
        return edges
    rows = [edge for edge, keep in zip(rows, keep_row, strict=True) if keep]
    columns = [edge for edge, keep in zip(columns, keep_column, strict=True) if keep]
    above = _bridged(frame.across, frame.ink, rows, columns, reach)
    left = _bridged(frame.down.T, frame.ink.T, columns, rows, reach).T
    return _without_strays(_Edges(rows, columns, above, left), frame, reach, least)


def _is_rule(shares: NDArray[np.float64], sizes: NDArray[np.float64], least: float) -> bool:
    """Whether an edge reaches from one crossing rule to the next somewhere, and is long enough in all."""
    drawn = np.where(shares >= _LIKELY, shares * sizes, 0.0)
    return bool((shares >= _SURE).any()) and float(drawn.sum()) >= least


def _regions(above: NDArray[np.float64], left: NDArray[np.float64]) -> list[tuple[int, int, int, int]]:
    """Cells as (row, column, end row, end column): places that no rule divides, made rectangular."""
    rows, columns = left.shape[0], above.shape[1]
    parent = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while parent[place] != place:
            place = parent[place]
        return place

    for r in range(rows):
        for c in range(columns):
            if r and above[r, c] < _LIKELY:
                parent[root((r, c))] = root((r - 1, c))
            if c and left[r, c] < _LIKELY:
                parent[root((r, c))] = root((r, c - 1))
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place in parent:
        groups.setdefault(root(place), []).append(place)
    cells = [cell for places in groups.values() for cell in _rectangles(set(places), above, left)]
    return sorted(cells)


def _rectangles(
    places: set[tuple[int, int]], above: NDArray[np.float64], left: NDArray[np.float64]
) -> list[tuple[int, int, int, int]]:
    """The places as rectangles: one if they are one, else cut where a trace of a rule is, else into rows."""
    top, bottom = min(r for r, _ in places), max(r for r, _ in places) + 1
    start, end = min(c for _, c in places), max(c for _, c in places) + 1
    if len(places) == (bottom - top) * (end - start):
        return [(top, start, bottom, end)]
    done: set[tuple[int, int]] = set()
    result = []
    for r, c in sorted(places):
        if (r, c) in done:
            continue
        stop = c + 1
        while (r, stop) in places and (r, stop) not in done and left[r, stop] < _TRACE:
            stop += 1
        low = r + 1
        while all((low, k) in places and above[low, k] < _TRACE for k in range(c, stop)):
            low += 1
        done |= {(y, x) for y in range(r, low) for x in range(c, stop)}
        result.append((r, c, low, stop))
    return result


def _on_page(frame: Frame, box: tuple[float, float, float, float], factor: float) -> BBox:
    """A box of the straightened frame in pixels of the page."""
    corners = np.array([[box[0], box[1], 1.0], [box[2], box[3], 1.0]])
    (x0, y0), (x1, y1) = (corners @ frame.matrix.T) + np.array(frame.box[:2])
    return BBox(float(x0), float(y0), float(x1), float(y1)).scaled(factor)
