"""python -m webflow_orders_contract.mutants [NAME ...]: does the suite notice a server that is wrong on purpose?

Each defect that the mock knows is switched on by itself, and the parts of the contract run are let loose on it, the
one that should notice first. Without names: all of them, and the healthy mock, at which nothing may be noticed.
Exit status: 0 every defect was noticed and nothing else, 1 not so, 2 there is no such defect.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .detectors import ALONE, STRANGER
from .score import HEALTHY, Verdict, measure

if TYPE_CHECKING:
    from rich.table import Table

FILE = "mutants.json"


def table(verdicts: Sequence[Verdict]) -> Table:
    from rich.table import Table

    shown = Table(title="Defects of the mock, and what noticed them", title_justify="left")
    for name in ("defect", "family", "caught by"):
        shown.add_column(name, overflow="fold")
    for name in ("requests", "seconds"):
        shown.add_column(name, justify="right")
    for each in verdicts:
        by = ", ".join(each.checks) or each.unseen or ("nothing" if each.good else "MISSED")
        if each.caught and each.should not in (each.part, HEALTHY):
            by += f" (and not by the {each.should})"
        style = None if each.good else "red"
        shown.add_row(each.name, each.family, by, str(each.requests), f"{each.seconds:.1f}", style=style)
    return shown


def _say(verdict: Verdict) -> None:
    seen = ", ".join(verdict.checks) or "nothing noticed"
    mark = "ok    " if verdict.good else "WRONG "
    seen = seen if verdict.caught else verdict.unseen or seen
    print(f"  {mark} {verdict.name:<32} {seen}", file=sys.stderr, flush=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m webflow_orders_contract.mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="these defects only; --list names them")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="so many at once (default: 2)")
    parser.add_argument("--healthy", type=int, metavar="N", help="only the healthy mock, with N seeds")
    parser.add_argument("--family", help="only the defects of this family")
    about = "as the run judges somebody's server, told how it starts over and of its tokens and sites"
    order = parser.add_mutually_exclusive_group()
    order.add_argument(
        "--stranger", action="store_const", const=STRANGER, default="", dest="order", help=about
    )
    about = "as the run judges somebody's server of which it is told nothing, and which can not start over"
    order.add_argument("--alone", action="store_const", const=ALONE, dest="order", help=about)
    parser.add_argument("--list", action="store_true", help="name the defects, and stop")
    parser.add_argument("--report", type=Path, default=Path(".reports/mutants"), metavar="FOLDER")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    options = _arguments(argv)
    from rich.console import Console
    from webflow_orders_mock.defects import DEFECTS

    chosen = [each for each in DEFECTS.values() if options.family in (None, each.family)]
    names = options.names or [each.name for each in chosen]
    unknown = sorted(set(names) - set(DEFECTS))
    if unknown or not names or options.jobs < 1:
        print(f"There is no defect {', '.join(unknown) or 'to judge'}; --list names them.", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{each.name:<32} {each.family:<11} {each.sentence}" for each in chosen))
        return 0
    whole = not (options.names or options.family)
    seeds = range(1, options.healthy + 1) if options.healthy else range(int(whole))
    score = measure([] if options.healthy else names, list(seeds), options.jobs, _say, options.order)
    console = Console()
    console.print(table(score.verdicts))
    for verdict in score.verdicts:
        if not verdict.good:
            told = f"noticed, and it was said: {verdict.unseen}" if verdict.unseen else verdict.message
            console.print(f"{verdict.name}: {told or 'nothing noticed'}", markup=False)
    style = "bold green" if score.ok else "bold red"
    console.print(score.sentence(), style=style, highlight=False, soft_wrap=True)
    options.report.mkdir(parents=True, exist_ok=True)
    (options.report / FILE).write_text(json.dumps(score.as_json(), indent=1) + "\n", encoding="utf-8")
    return 0 if score.ok else 1


if __name__ == "__main__":
    sys.exit(main())
