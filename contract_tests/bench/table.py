"""RESULTS.md: the table of the ratios, and what was measured beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .rows import BASE, PEERS, TABLE, Row
from .stats import Sample, Spread, absolute, shown

COLUMNS = {
    "ours": ("ours",),
    "ours on aiohttp": ("ours-aiohttp",),
    **{peer.title: (peer.name,) for peer in PEERS if not peer.name.startswith("ours") and peer.name != BASE},
}


def render(samples: Sequence[Sample], about: Sequence[str], beside: dict[str, Any]) -> str:
    lines = [
        "# Measured side by side",
        "",
        "Made by `make bench`; nothing here is written by hand, and no test depends on it.",
        "",
        *about,
        "",
        "![ratios to httpx + json.loads](results.svg)",
        "",
        *_table(samples, "documented", "The documented dialect: prices are strings"),
        *_table(samples, "observed", "The observed dialect: prices are integers, which the SDK cannot read"),
    ]
    for title, told in beside.items():
        lines += [f"## {title}", "", *told["lines"], ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(samples: Sequence[Sample], dialect: str, title: str) -> list[str]:
    rows = [row for row in TABLE if row.dialect == dialect and absolute(samples, row, BASE)]
    if not rows:
        return []
    head = ["work", "target", "httpx + json.loads", *COLUMNS]
    ruler = ["---", *["---:"] * (len(head) - 1)]
    body = [[row.work, target(row), base(samples, row), *cells(samples, row)] for row in rows]
    return [f"## {title}", "", *(f"| {' | '.join(line)} |" for line in (head, ruler, *body)), ""]


def target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"≤ {row.target:g}" + (f"; ≤ {row.with_extra:g} accelerated" if row.with_extra else "")


def base(samples: Sequence[Sample], row: Row) -> str:
    found = absolute(samples, row, BASE)
    return amount(found.median, row) if found else ""


def cells(samples: Sequence[Sample], row: Row) -> list[str]:
    return [cell(samples, row, title) for title in COLUMNS]


def cell(samples: Sequence[Sample], row: Row, title: str) -> str:
    found = next((it for name in COLUMNS[title] if (it := shown(samples, row, name))), None)
    if found is None:
        return ""
    if not row.is_ratio:
        return f"{found.median:.0f}{verdict(row, title, found)}"
    return f"**{found.median:.3g}** ({found.low:.3g}–{found.high:.3g}){verdict(row, title, found)}"


def verdict(row: Row, title: str, found: Spread) -> str:
    wanted = limit(row, title)
    if wanted is None or not title.startswith("ours"):
        return ""
    return " ✓" if found.median <= wanted else " ✗"


def limit(row: Row, title: str) -> float | None:
    return row.with_extra if row.with_extra and title != "ours" else row.target


def amount(value: float, row: Row) -> str:
    if row.metric == "modules":
        return f"{value:.0f}"
    if row.metric == "growth":
        return f"{value / 2**10:.1f} KiB"
    if row.metric == "peak":
        return f"{value / 2**20:.1f} MiB"
    return f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} µs"
