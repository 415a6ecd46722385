"""Small charts as SVG, drawn without a library: bars and lines for the results that are committed."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

_BAR, _GAP, _LEFT, _WIDTH = 26, 12, 210, 420
_COLOURS = ("#1f5f8b", "#b4532a", "#4f7f3a", "#7a4f8b")
_STYLE = "text{font:13px sans-serif;fill:#222}.t{font-weight:600}.g{stroke:#ccc}"


def bars(title: str, values: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars with their figures."""
    most = max(value for _, value in values) or 1.0
    out = [f'<text class="t" x="8" y="22">{html.escape(title)}</text>']
    for i, (name, value) in enumerate(values):
        y = 40 + i * (_BAR + _GAP)
        colour = _COLOURS[0] if name.startswith("congvan") else "#9aa7b0"
        out.append(f'<text x="{_LEFT - 8}" y="{y + 18}" text-anchor="end">{html.escape(name)}</text>')
        out.append(f'<rect x="{_LEFT}" y="{y}" width="{value / most * _WIDTH:.1f}" height="{_BAR}" fill="{colour}"/>')
        out.append(f'<text x="{_LEFT + value / most * _WIDTH + 6:.1f}" y="{y + 18}">{value:.2f}</text>')
    return _svg(out, _LEFT + _WIDTH + 70, 48 + len(values) * (_BAR + _GAP))


def lines(title: str, across: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Lines over a common axis, each with its name and its last figure; both axes begin at 0."""
    points = [point for line in series.values() for point in line]
    right, top = max(x for x, _ in points) or 1.0, max(y for _, y in points) * 1.1 or 1.0
    width, height, left, above = 560, 260, 60, 40

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x / right * width, above + height - y / top * height

    out = [f'<text class="t" x="8" y="22">{html.escape(title)}</text>']
    for part in range(5):
        y = top * part / 4
        (x0, at), (x1, _) = place(0, y), place(right, y)
        out.append(f'<line class="g" x1="{x0:.1f}" x2="{x1:.1f}" y1="{at:.1f}" y2="{at:.1f}"/>')
        out.append(f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{y:.0f}</text>')
        out.append(f'<text x="{place(right * part / 4, 0)[0]:.1f}" y="{above + height + 18}" text-anchor="middle">')
        out[-1] += f"{right * part / 4:.0f}</text>"
    for i, (name, line) in enumerate(series.items()):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line))
        colour = _COLOURS[i % len(_COLOURS)]
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        label = f"{name}: {line[-1][1]:.0f}"
        out.append(f'<text x="{left + 12}" y="{above + 18 + i * 18}" style="fill:{colour}">{html.escape(label)}</text>')
    out.append(
        f'<text x="{left + width / 2}" y="{above + height + 38}" text-anchor="middle">{html.escape(across)}</text>'
    )
    return _svg(out, left + width + 30, above + height + 50)


def _svg(body: Sequence[str], width: int, height: int) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">'
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", paper, *body, "</svg>"]) + "\n"
