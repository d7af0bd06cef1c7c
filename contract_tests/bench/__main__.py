"""`python -m contract_tests.bench`: ours beside everyone else, in fresh processes, in rotated order.

python -m contract_tests.bench                      # all of it, some twenty minutes; writes RESULTS.md
python -m contract_tests.bench --quick --only get   # to look at something; writes under .reports/bench only
python -m contract_tests.bench --profile "page every" [--peer ours]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import payload, plot, scale, table
from .environments import BENCH, OURS, ROOT, Unavailable, prepare, wheel
from .rows import GROUPS, PEERS, TABLE, Peer
from .runner import Runner, answering

REPORTS = ROOT / ".reports" / "bench"

FULL: dict[str, Any] = {
    "rounds": 5, "seconds": 0.5, "wire_seconds": 2.0, "gets": 2000, "pages": 200, "kept": 20_000,
    "iterated": [1000, 1_000_000, 600],
}  # fmt: skip
QUICK: dict[str, Any] = {
    "rounds": 2, "seconds": 0.1, "wire_seconds": 0.3, "gets": 200, "pages": 10, "kept": 1000,
    "iterated": [1000, 50_000, 60],
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    options = {**(QUICK if given.quick else FULL), **({"rounds": given.rounds} if given.rounds else {})}
    folder = REPORTS / "data"
    payload.write(folder)
    about = _about(options, is_quick=given.quick)
    if given.profile:
        peer = next(each for each in PEERS if each.name == given.peer)
        _prepared([peer])
        with answering(folder) as url:
            print(Runner(folder, url, options).profile(given.profile, peer))
        return 0
    groups = [each for each in GROUPS if given.only in (None, each.name)]
    peers = _prepared(PEERS if groups else [each for each in PEERS if each.name == "ours"])
    with answering(folder) as url:
        samples = Runner(folder, url, options).rounds(peers, groups)
    beside = _million(options) if given.only in (None, "scale") else []
    is_whole = given.only is None and not given.quick
    _write(BENCH if is_whole else REPORTS, samples, about, beside)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.bench", description="Measure ours beside others."
    )
    parser.add_argument("--rounds", type=int, help="how often each is measured")
    parser.add_argument(
        "--only", choices=[*(each.name for each in GROUPS), "scale"], help="one group of rows"
    )
    parser.add_argument("--quick", action="store_true", help="small counts: a look, not a measurement")
    rows = sorted({each.name for each in TABLE})
    parser.add_argument("--profile", choices=rows, help="show where the time of one row goes for ours")
    parser.add_argument("--peer", choices=OURS, default="ours", help="which of ours to profile")
    return parser


def _prepared(wanted: Sequence[Peer]) -> list[Peer]:
    """Those whose environments are here or could be made."""
    prepare("server")
    made, ready = wheel(), []
    for peer in wanted:
        try:
            prepare(peer.name, made)
        except Unavailable as error:
            print(f"without {peer.name}: {error}", flush=True)
        else:
            ready.append(peer)
    return ready


def _million(options: dict[str, Any]) -> list[str]:
    print("a million orders", flush=True)
    try:
        lines = scale.walks(*options["iterated"])
    except Unavailable as error:
        lines = [f"Skipped: {error}."]
    return ["## A million orders", "", *lines]


def _about(options: dict[str, Any], *, is_quick: bool) -> list[str]:
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    size = len(payload.documents()["documented.order.json"]) / 1000
    quick = ["**A quick look, with small counts and few rounds: not a measurement.**", ""]
    return [
        *(quick if is_quick else []),
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load} when it began; loopback, no TLS.",
        f"Medians of {options['rounds']} rounds; every sample is a fresh process, every round begins with another",
        "client. A ratio is to httpx + json.loads in the same round, doing the same work; in brackets the least and",
        "the largest of the rounds. ✓ and ✗ compare the median with what ours may cost. What is end to end is wall",
        f"time, everything else CPU time, and memory. An order has {size:.1f} kB; {options['kept']:,} are kept.",
        "",
        "Ours decodes an order of a page when it is reached, and does not keep it; the others decode all of them",
        "when they arrive. So pages are measured unread, with one field, five and every field of each order read,",
        "and with each order kept; everyone reads alike. One order is decoded at once by everyone. A write is a",
        "note on an order; httpx keeps no journal in either row.",
    ]


def _write(
    target: Path, samples: Sequence[table.Sample], about: Sequence[str], beside: Sequence[str]
) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    raw = json.dumps(
        {"about": about, "samples": [asdict(each) for each in samples], "beside": beside}, indent=1
    )
    (REPORTS / "samples.json").write_text(raw, encoding="utf-8")
    results = table.render(samples, about, beside)
    (target / "RESULTS.md").write_text(results, encoding="utf-8")
    if samples:
        (target / "results.svg").write_text(plot.render(samples), encoding="utf-8")
    print(results)
    print(f"in {target.relative_to(ROOT)}; all samples in .reports/bench/samples.json")


if __name__ == "__main__":
    raise SystemExit(main())
