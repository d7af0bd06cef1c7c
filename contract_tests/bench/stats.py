"""Samples, and what is made of them: medians, and the spread of the ratios of each round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from .rows import BASE, Row


@dataclass(frozen=True)
class Sample:
    """What one process said of one row."""

    round: int
    peer: str
    group: str
    dialect: str
    row: str
    metrics: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


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


def absolute(samples: Sequence[Sample], row: Row, peer: str) -> Spread | None:
    values = by_round(samples, row, peer)
    return Spread.of(list(values.values())) if values else None


def ratio(samples: Sequence[Sample], row: Row, peer: str) -> Spread | None:
    """To httpx + json.loads in the same round: what slows a round down slows both."""
    theirs, base = by_round(samples, row, peer), by_round(samples, row, BASE)
    values = [theirs[number] / base[number] for number in sorted(theirs.keys() & base.keys())]
    return Spread.of(values) if values else None


def shown(samples: Sequence[Sample], row: Row, peer: str) -> Spread | None:
    """What the table holds for a peer: a ratio, or for a count the count."""
    return ratio(samples, row, peer) if row.is_ratio else absolute(samples, row, peer)
