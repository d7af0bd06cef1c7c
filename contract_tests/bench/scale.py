"""Ours over a million orders, which the mock has and nobody holds: memory, speed, and none lost or seen twice."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from webflow_orders_mock.seed.synthetic import id_of

from .environments import WORKERS, Unavailable, python_of, run
from .runner import mock
from .workers.walk import Sums, peak

SITE, TOKEN = "580e63e98c9a982ac9b8b741", "mock-token"
MIB = 2**20
TARGET = 5.0
"""MiB between the peak after few orders and the peak after very many."""


def walks(few: int, many: int, patience: float) -> list[str]:
    """Both clients, each in a fresh process. Everything is on that is on by default, the limiter too."""
    try:
        peak()
    except (OSError, RuntimeError) as error:
        raise Unavailable(str(error)) from error
    samples: dict[str, dict[str, Any]] = {}
    with mock("--synthetic", str(many)) as url:
        for name, is_async in {"iter": False, "async iter": True}.items():
            print(f"  {name}", flush=True)
            options = {"few": few, "many": many, "patience": patience, "is_async": is_async}
            command = [
                str(python_of("ours")),
                str(WORKERS / "walk.py"),
                url,
                TOKEN,
                SITE,
                json.dumps(options),
            ]
            said = json.loads(run(command, timeout=patience + 120))
            samples[name] = {**said, "is_right": tuple(said["sums"]) == sums_of(said["seen"])}
    return table(samples, few)


def table(samples: dict[str, dict[str, Any]], few: int) -> list[str]:
    lines = [
        "Every order of a synthetic shop, each dropped when the next comes. Peak memory of the client's process:",
        "",
        f"| | after {few:,} | at the end | growth (≤ {TARGET:.0f} MiB) | orders | a second | each once |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, each in samples.items():
        growth = (each["many"] - each["few"]) / MIB
        lines.append(
            f"| {name} | {each['few'] / MIB:.1f} MiB | {each['many'] / MIB:.1f} MiB | "
            f"**{growth:.1f}** {'✓' if growth <= TARGET else '✗'} | {each['seen']:,} | "
            f"{each['seen'] / each['wall']:,.0f} | {'yes' if each['is_right'] else '**NO**'} |"
        )
    return lines


@cache
def sums_of(count: int) -> tuple[int, int]:
    """What a walk over the first orders must add up to."""
    sums = Sums()
    for number in range(count):
        sums.add(id_of(number))
    return sums.plain, sums.squares
