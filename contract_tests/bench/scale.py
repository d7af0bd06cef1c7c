"""Ours over a million orders, which the mock has and nobody holds: memory, speed, and none lost or seen twice."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from webflow_orders_mock.seed.synthetic import id_of

from . import processes
from .environments import BENCH, Unavailable, python_of, run
from .walk import Sums

SITE, TOKEN = "580e63e98c9a982ac9b8b741", "mock-token"
MIB = 2**20
TARGET = 5.0
"""MiB between the peak after few orders and the peak after very many."""

KINDS = {
    "iter": {"is_async": False},
    "async iter": {"is_async": True},
}


def walks(few: int, many: int, patience: float) -> dict[str, Any]:
    """Each kind in a fresh process. The peak is VmHWM; everything is on that is on by default, the limiter too."""
    if not _says_peaks():
        raise Unavailable("this system does not say what the peak of a process was")
    samples: dict[str, dict[str, Any]] = {}
    with processes.mock("--synthetic", str(many)) as port:
        for name, kind in KINDS.items():
            options = {"few": few, "many": many, "patience": patience, **kind}
            print(f"    {name}", flush=True)
            samples[name] = _walk(port, options)
    return {"lines": table(samples, few), "walks": samples}


def _walk(port: int, options: dict[str, Any]) -> dict[str, Any]:
    command = [str(python_of("ours")), str(BENCH / "walk.py"), f"http://127.0.0.1:{port}", TOKEN, SITE]
    said: dict[str, Any] = json.loads(run([*command, json.dumps(options)], timeout=options["patience"] + 120))
    said["is_right"] = tuple(said["sums"]) == sums_of(said["seen"])
    return said


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


def _says_peaks() -> bool:
    from .walk import peak

    try:
        return peak() > 0
    except (OSError, RuntimeError):
        return False
