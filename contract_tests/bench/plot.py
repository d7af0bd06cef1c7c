"""results.svg: the ratios as bars on a logarithmic axis. No library: a bar is a rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from .rows import TABLE, Row
from .table import COLUMNS, Sample, Spread, ratio

WIDTH, LEFT, RIGHT, TOP = 960, 300, 70, 64
BAR, GAP = 11, 16

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .small { font-size: 10px } .right { text-anchor: end } .middle { text-anchor: middle }
  .back { fill: #ffffff } .grid { stroke: #d0d7de } .one { stroke: #57606a; stroke-width: 1.5 }
  .bar { stroke: #cf222e; stroke-width: 2 } .spread { stroke: #24292f; stroke-opacity: .55 }
  .ours { fill: #0550ae } .ours-httpx2 { fill: #218bff } .ours-aiohttp { fill: #80ccff }
  .sdk { fill: #bc4c00 } .generated { fill: #d4a72c } .structs { fill: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .back { fill: #0d1117 } .grid { stroke: #30363d } .one { stroke: #8b949e }
    .bar { stroke: #ff7b72 } .spread { stroke: #e6edf3 }
    .ours { fill: #388bfd } .ours-httpx2 { fill: #79c0ff } .ours-aiohttp { fill: #cae8ff }
    .sdk { fill: #db6d28 } .generated { fill: #e3b341 } .structs { fill: #8b949e }
  }
"""


class Axis:
    """Ratios to places from left to right, over whole decades."""

    def __init__(self, values: Sequence[float]) -> None:
        self.low = min(-1, floor(log10(min(values))))
        self.high = max(1, ceil(log10(max(values))))

    def at(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def ticks(self) -> list[float]:
        return [m * 10.0**e for e in range(self.low, self.high) for m in (1, 2, 5)] + [10.0**self.high]


def render(samples: Sequence[Sample]) -> str:
    """A picture of the rows that are plotted. ValueError if none of them was measured."""
    rows = [(row, found) for row in TABLE if row.plotted and (found := _found(samples, row))]
    if not rows:
        raise ValueError("nothing to plot")
    axis = Axis([edge for _, found in rows for each in found.values() for edge in (each.low, each.high)])
    parts, y = [], TOP
    for row, found in rows:
        parts += _band(row, found, axis, y)
        y += len(found) * BAR + GAP
    body = [*_grid(axis, y), *parts, *_legend(y + 18)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 64}" role="img" '
        f'aria-label="Cost of each client as a ratio to httpx and json.loads">'
    )
    return "\n".join([head, f"<style>{STYLE}</style>", *body, "</svg>"]) + "\n"


def _found(samples: Sequence[Sample], row: Row) -> dict[str, Spread]:
    """What each column has for a row, in the order of the columns."""
    return {peer: spread for peer in COLUMNS if (spread := ratio(samples, row, peer))}


def _band(row: Row, found: dict[str, Spread], axis: Axis, y: float) -> list[str]:
    height = len(found) * BAR
    words = row.work.split(", ")
    half = (len(words) + 1) // 2 if len(row.work) > 44 else len(words)
    lines = [line for line in (", ".join(words[:half]), ", ".join(words[half:])) if line]
    first = y + height / 2 + 4 - (len(lines) - 1) * 7
    parts = [_text(LEFT - 12, first + 14 * at, line, "right") for at, line in enumerate(lines)]
    for index, (peer, spread) in enumerate(found.items()):
        parts += _bar(peer, spread, row.bars.get(peer), axis, y + index * BAR)
    return parts


def _bar(peer: str, spread: Spread, wanted: float | None, axis: Axis, y: float) -> list[str]:
    """From 1, to the left if it costs less; a thin line for the spread, a red one for what ours may cost."""
    start, end = sorted((axis.at(1), axis.at(spread.median)))
    middle = y + BAR / 2 - 0.5
    edge = max(end, axis.at(spread.high), axis.at(wanted or spread.low)) + 5
    parts = [
        f'<rect class="{peer}" x="{start:.1f}" y="{y:.1f}" width="{end - start:.1f}" height="{BAR - 1}"/>',
        _line(axis.at(spread.low), middle, axis.at(spread.high), middle, "spread"),
        _text(edge, y + BAR - 2, f"{spread.median:.2g}", "small"),
    ]
    if wanted is not None:
        parts.append(_line(axis.at(wanted), y - 1, axis.at(wanted), y + BAR, "bar"))
    return parts


def _grid(axis: Axis, bottom: float) -> list[str]:
    parts = ['<rect class="back" width="100%" height="100%"/>']
    parts.append(_text(LEFT, 22, "Cost as a ratio to httpx + json.loads, logarithmic: less is better.", ""))
    parts.append(_text(LEFT, 38, "Thin: spread over the rounds. Red: what ours may cost.", "small"))
    for value in axis.ticks():
        x = axis.at(value)
        parts.append(_line(x, TOP - 6, x, bottom - GAP + 6, "one" if value == 1 else "grid"))
        if axis.high - axis.low < 4 or log10(value).is_integer():
            parts.append(_text(x, TOP - 10, f"{value:g}", "small middle"))
    return parts


def _legend(y: float) -> list[str]:
    parts: list[str] = []
    for index, (peer, title) in enumerate(COLUMNS.items()):
        x, line = 40 + 310 * (index % 3), y + 20 * (index // 3)
        parts.append(f'<rect class="{peer}" x="{x}" y="{line}" width="11" height="11"/>')
        parts.append(_text(x + 16, line + 10, title, ""))
    return parts


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
