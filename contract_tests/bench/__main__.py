"""`python -m contract_tests.bench`: ours beside everyone else, in fresh processes, in rotated order.

python -m contract_tests.bench                      # all of it, more than half an hour; writes RESULTS.md
python -m contract_tests.bench --quick --only get   # to look at something; writes under .reports/bench only
python -m contract_tests.bench --profile "page every" [--peer ours]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from . import beside, payload, plot, processes, profiling, table
from .course import Course
from .environments import BENCH, OURS, ROOT, Unavailable, prepare, wheel
from .rows import BOTH, GROUPS, PEERS, TABLE, Group, Peer
from .stats import Sample

REPORTS = ROOT / ".reports" / "bench"

FULL: dict[str, Any] = {
    "rounds": 5, "seconds": 0.5, "wire_seconds": 2.0, "gets": 2000, "pages": 200, "kept": 20_000,
    "iterated": [1000, 1_000_000], "patience": 600, "imports": 9, "load_rounds": 5, "load_seconds": 3.0,
    "generations": 3,
}  # fmt: skip
QUICK: dict[str, Any] = {
    "rounds": 2, "seconds": 0.1, "wire_seconds": 0.3, "gets": 200, "pages": 10, "kept": 500,
    "iterated": [1000, 50_000], "patience": 60, "imports": 2, "load_rounds": 2, "load_seconds": 1.0, "generations": 1,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    options = {**(QUICK if given.quick else FULL), **({"rounds": given.rounds} if given.rounds else {})}
    groups = [each for each in GROUPS if given.only is None or _is_asked(each, given.only)]
    if not groups and given.only not in ("beside", *beside.PARTS):
        raise SystemExit(f"nothing is called {given.only!r}; there are {', '.join(_names())}")
    folder = REPORTS / "data"
    payload.write(folder)
    if given.profile:
        return _profile(given, folder, options)
    peers = _prepared(PEERS if groups or given.only == "beside" else [p for p in PEERS if p.name == "ours"])
    about = beside.machine()
    with ExitStack() as stack:
        urls = {each: stack.enter_context(processes.answering(folder, each)) for each in BOTH}
        samples = Course(peers, folder, urls, options).run(groups)
    print("beside the table")
    part = None if given.only == "beside" else given.only
    told = beside.all_of(options, part) if part is None or part in beside.PARTS else {}
    whole = given.only is None and not given.quick
    hint = (
        ["**A quick look, with small counts and few rounds: not a measurement.**", ""] if given.quick else []
    )
    write(BENCH if whole else REPORTS, samples, [*hint, *about, *_how(options)], told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.bench", description="Measure ours beside others."
    )
    parser.add_argument("--rounds", type=int, help="how often each is measured")
    parser.add_argument("--only", metavar="NAME", help=f"one of {', '.join(_names())}")
    parser.add_argument(
        "--quick", action="store_true", help="few rounds and small counts: a look, not a measurement"
    )
    parser.add_argument("--profile", metavar="ROW", help="show where the time of one row goes for ours")
    parser.add_argument("--peer", choices=OURS, default="ours", help="which of ours to profile")
    return parser


def _names() -> list[str]:
    return sorted({each.name for each in GROUPS} | {each.name for each in TABLE} | {"beside", *beside.PARTS})


def _is_asked(group: Group, name: str) -> bool:
    return group.name == name or any(row.name == name and row.group == group.name for row in TABLE)


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


def _profile(given: argparse.Namespace, folder: Path, options: dict[str, Any]) -> int:
    prepare("server")
    prepare(given.peer, wheel())
    with processes.answering(folder, "documented") as url:
        print(profiling.of(given.profile, given.peer, folder, url, options))
    return 0


def _how(options: dict[str, Any]) -> list[str]:
    return [
        f"Medians of {options['rounds']} rounds; every sample is a fresh process, every round begins with another",
        "client. A ratio is to httpx + json.loads in the same round, doing the same work; in brackets the least and",
        "the largest of the rounds. ✓ and ✗ compare the median with the target. Each order has "
        f"{len(payload.documents()['documented.order.json']) / 1000:.1f} kB.",
        "",
        "Ours reads an order when it is first touched, the SDK, the generated client and msgspec when it arrives: so",
        "reading is measured three times, as decoded, with five fields of each order read, and with every one at",
        "every depth. The dictionaries of the base are read in just the same ways.",
    ]


def write(target: Path, samples: Sequence[Sample], about: Sequence[str], told: dict[str, Any]) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    raw = {"about": list(about), "samples": [each.to_dict() for each in samples], "beside": told}
    (REPORTS / "samples.json").write_text(json.dumps(raw, indent=1, ensure_ascii=False), encoding="utf-8")
    results = table.render(samples, about, told)
    (target / "RESULTS.md").write_text(results, encoding="utf-8")
    try:
        (target / "results.svg").write_text(plot.render(samples), encoding="utf-8")
    except ValueError as error:
        print(f"no picture: {error}")
    print(results)
    print(
        f"in {target.relative_to(ROOT)}/RESULTS.md and results.svg; all samples in .reports/bench/samples.json"
    )


if __name__ == "__main__":
    raise SystemExit(main())
