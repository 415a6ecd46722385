"""Which rows of a table are its head, and the path of headings above each column."""

from __future__ import annotations

from extractors.tables.matrix import Matrix, is_figure, is_number_row, is_ordinal, is_section_mark, is_total

_FIGURES, _OVER_FIGURES = 0.6, 0.8  # of the filled cells of a column of figures; of such columns under words
_DEEPEST = 6  # rows; printed heads have at most four, one more for a caption inside the frame


def caption_rows(matrix: Matrix) -> int:
    """Rows on top that one cell fills from side to side: a title or the unit line drawn inside the frame."""
    count = 0
    while count < min(2, matrix.rows - 2):
        cells = matrix.starts(count)
        if len(cells) != 1 or cells[0].column_span < matrix.columns or is_section_mark(cells[0].text):
            break
        count += 1
    return count


def head_rows(matrix: Matrix) -> int:
    """Rows before the first body row, captions included, a row of column numbers not; 0 if the body starts at once."""
    for row in range(min(_DEEPEST, matrix.rows)):
        if is_number_row(matrix.texts(row)):
            return row
    return _drawn_depth(matrix) if matrix.grid.bbox is not None else _printed_depth(matrix)


def body_start(matrix: Matrix) -> int:
    """The first body row: after the head and the row of column numbers."""
    start = head_rows(matrix)
    return start + 1 if start < matrix.rows and is_number_row(matrix.texts(start)) else start


def _drawn_depth(matrix: Matrix) -> int:
    """Depth by the merged cells: the head reaches as far down as its tallest cell, and below every divided heading."""
    start = caption_rows(matrix)
    if looks_like_body(matrix, start):
        return start
    depth = start + 1
    while depth < min(_DEEPEST, matrix.rows - 1):
        reach = max((c.row + c.row_span for r in range(start, depth) for c in matrix.starts(r)), default=depth)
        if reach > depth:
            depth = min(reach, matrix.rows - 1)
        elif _divided_below(matrix, depth - 1) and not looks_like_body(matrix, depth):
            depth += 1
        else:
            break
    return depth


def _divided_below(matrix: Matrix, row: int) -> bool:
    """Whether a heading of the row spans columns that the next row divides."""
    for cell in matrix.starts(row):
        if 1 < cell.column_span < matrix.columns and cell.text:
            below = {matrix.cell(row + 1, column) for column in range(cell.column, cell.column + cell.column_span)}
            if len(below) > 1 and any(b is not None and b.text for b in below):
                return True
    return False


def _printed_depth(matrix: Matrix) -> int:
    """Depth where nothing is drawn: all rows before the first that reads like a body row."""
    for row in range(min(_DEEPEST, matrix.rows)):
        if looks_like_body(matrix, row):
            return row
    return 1


def looks_like_body(matrix: Matrix, row: int) -> bool:
    """Whether a row begins like a body row (ordinal, section, total) or holds several figures."""
    if _stands_over_figures(matrix, row):
        return False
    texts = matrix.texts(row)
    first = next((text for text in texts[:2] if text), "")
    if not first:
        return sum(is_figure(text) for text in texts) >= 2
    lone = len({id(c) for c in matrix.covering[row] if c is not None and c.text}) == 1
    if is_total(first) or (is_ordinal(first) and bool(texts[0])):
        return True
    if is_section_mark(first) and (lone or len(first) <= 4):
        return True
    return sum(is_figure(text) for text in texts) >= max(2, matrix.columns // 3)


def _stands_over_figures(matrix: Matrix, row: int) -> bool:
    """Whether a row has words of its own over the columns of figures: a head, whatever its first cell is read as.

    "TT" alone in a small cell is easily misread for an ordinal.
    """
    places = range(1, matrix.columns)
    columns = [c for c in places if _holds_figures(matrix, c, row + 1)]
    above = {c: matrix.cell(row, c) for c in columns}
    worded = [
        c
        for c, cell in above.items()
        if cell is not None and cell.column in columns and sum(map(str.isalpha, cell.text)) > 1
    ]
    several = len({id(above[c]) for c in worded}) > 1 or _divided_below(matrix, row)
    return several and bool(worded) and len(worded) >= _OVER_FIGURES * len(columns)


def _holds_figures(matrix: Matrix, column: int, start: int) -> bool:
    """Whether most of what stands in a column from a row on are figures, titles across left aside."""
    cells = (matrix.cell(row, column) for row in range(start, matrix.rows))
    filled = [cell.text for cell in cells if cell is not None and cell.text and cell.column_span == 1]
    return sum(map(is_figure, filled)) >= max(2, _FIGURES * len(filled))


def paths(matrix: Matrix, top: int, bottom: int) -> tuple[tuple[str, ...], ...]:
    """Per column the headings of rows `top` to `bottom` (half-open) from the widest to the narrowest."""
    if matrix.grid.bbox is None:
        return _printed_paths(matrix, top, bottom)
    result = []
    for column in range(matrix.columns):
        path: list[str] = []
        seen = None
        for row in range(top, bottom):
            cell = matrix.cell(row, column)
            if cell is not None and cell is not seen and cell.text and path[-1:] != [cell.text]:
                path.append(cell.text)
            seen = cell
        result.append(tuple(path))
    return tuple(result)


def _printed_paths(matrix: Matrix, top: int, bottom: int) -> tuple[tuple[str, ...], ...]:
    """As printed above each column: the merged cells of a text table are lost, so nothing is filled in here."""
    return tuple(
        tuple(text for row in range(top, bottom) if (text := matrix.text(row, column)))
        for column in range(matrix.columns)
    )
