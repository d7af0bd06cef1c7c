"""RESULTS.md: medians, and the spread of the ratios of each round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .rows import BASE, PEERS, TABLE, Row

COLUMNS = {peer.name: peer.title for peer in PEERS if peer.name != BASE}


@dataclass(frozen=True)
class Sample:
    """What one process said of one row."""

    round: int
    peer: str
    group: str
    dialect: str
    row: str
    metrics: dict[str, float]


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))


def by_round(samples: Sequence[Sample], row: Row, peer: str) -> dict[int, float]:
    """The row's metric for each round; the median of a round's processes if it had several."""
    found: dict[int, list[float]] = defaultdict(list)
    for each in samples:
        if (each.peer, each.group, each.dialect, each.row) == (peer, row.group, row.dialect, row.name):
            found[each.round].append(each.metrics[row.metric])
    return {number: median(values) for number, values in found.items()}


def ratio(samples: Sequence[Sample], row: Row, peer: str) -> Spread | None:
    """To httpx + json.loads in the same round: what slows a round down slows both."""
    theirs, base = by_round(samples, row, peer), by_round(samples, row, BASE)
    values = [theirs[number] / base[number] for number in sorted(theirs.keys() & base.keys())]
    return Spread.of(values) if values else None


def render(samples: Sequence[Sample], about: Sequence[str], beside: Sequence[str]) -> str:
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
        *beside,
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(samples: Sequence[Sample], dialect: str, title: str) -> list[str]:
    rows = [row for row in TABLE if row.dialect == dialect and by_round(samples, row, BASE)]
    if not rows:
        return []
    head = ["work", "httpx + json.loads", *COLUMNS.values()]
    ruler = ["---", *["---:"] * (len(head) - 1)]
    body = [[row.work, _base(samples, row), *(_cell(samples, row, peer) for peer in COLUMNS)] for row in rows]
    return [f"## {title}", "", *(f"| {' | '.join(line)} |" for line in (head, ruler, *body)), ""]


def _base(samples: Sequence[Sample], row: Row) -> str:
    value = median(by_round(samples, row, BASE).values())
    if row.metric == "growth":
        return f"{value / 2**10:.1f} KiB"
    return f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} µs"


def _cell(samples: Sequence[Sample], row: Row, peer: str) -> str:
    found, bar = ratio(samples, row, peer), row.bars.get(peer)
    if found is None:
        return ""
    verdict = "" if bar is None else f" {'✓' if found.median <= bar else '✗'} ≤ {bar:g}"
    return f"**{found.median:.3g}** ({found.low:.3g}–{found.high:.3g}){verdict}"
