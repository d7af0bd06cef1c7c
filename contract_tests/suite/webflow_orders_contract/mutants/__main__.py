"""python -m webflow_orders_contract.mutants [NAME ...]: does the suite notice a server that is wrong on purpose?

Each defect that the mock knows is switched on by itself, and the parts of the contract run are let loose on it, the
one that should notice first. Without names: all of them, and the healthy mock, at which nothing may be noticed.
Exit status: 0 every defect was noticed and nothing else, 1 not so, 2 there is no such defect.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

FILE = "mutants.json"
HEALTHY = "healthy"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`part` is empty where nothing was noticed. For the healthy mock that is how it must be."""

    name: str
    family: str
    should: str
    part: str = ""
    checks: tuple[str, ...] = ()
    message: str = ""
    requests: int = 0
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        return bool(self.part)

    @property
    def good(self) -> bool:
        return self.caught if self.family != HEALTHY else not self.checks


def judge(name: str) -> Verdict:
    """Let the suite loose on one defect, until something is noticed."""
    from webflow_orders_mock.defects import DEFECTS

    defect = DEFECTS[name]
    return _judge(name, name, defect.family, defect.caught_by, None)


def judge_healthy(seed: int) -> Verdict:
    """Let every part of the suite loose on the healthy mock."""
    return _judge(None, f"healthy, seed {seed}", HEALTHY, HEALTHY, seed)


def _judge(defect: str | None, name: str, family: str, should: str, seed: int | None) -> Verdict:
    from .detectors import NOTHING, ORDER, Detection, bench

    start = time.perf_counter()
    with bench(defect, seed) as at:
        detections = (part(at) for part in ORDER[should])
        try:
            found = next((each for each in detections if each != NOTHING), NOTHING)
        except (
            Exception
        ) as error:  # A suite that breaks down has not noticed anything, and is no reason to stop.
            found = Detection("", ("error",), f"the suite failed: {type(error).__name__}: {error}")
        requests = at.mock.asked
    return Verdict(
        name=name,
        family=family,
        should=should,
        part=found.part,
        checks=found.checks,
        message=found.message.strip()[:500],
        requests=requests,
        seconds=round(time.perf_counter() - start, 1),
    )


@dataclass(frozen=True, kw_only=True)
class Score:
    verdicts: Sequence[Verdict]
    seconds: float

    @property
    def defects(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.family != HEALTHY]

    @property
    def healthy(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.family == HEALTHY]

    @property
    def ok(self) -> bool:
        return all(each.good for each in self.verdicts)

    def by_family(self) -> dict[str, tuple[int, int]]:
        """Of each family, how many were caught and how many there are."""
        families = dict.fromkeys(each.family for each in self.defects)
        return {
            family: _counted(each for each in self.defects if each.family == family) for family in families
        }

    def by_part(self) -> dict[str, int]:
        """How many were caught by each part of the suite, the one that caught most first."""
        return dict(Counter(each.part for each in self.defects if each.caught).most_common())

    def sentence(self) -> str:
        caught, count = _counted(self.defects)
        own = sum(each.part == each.should for each in self.defects)
        split = ", ".join(f"{part} {number}" for part, number in self.by_part().items())
        told = f" ({split})" if split else ""
        parts = [f"{caught} of {count} defects caught{told}, {own} by the part that should."] if count else []
        if self.healthy:
            green = sum(each.good for each in self.healthy)
            parts.append(f"The healthy mock: nothing noticed in {green} of {len(self.healthy)} runs.")
        return " ".join([*parts, f"{self.seconds:.0f} s."])

    def as_json(self) -> dict[str, Any]:
        caught, count = _counted(self.defects)
        return {
            "ok": self.ok,
            "sentence": self.sentence(),
            "caught": caught,
            "defects": count,
            "families": self.by_family(),
            "parts": self.by_part(),
            "healthy": {"runs": len(self.healthy), "green": sum(each.good for each in self.healthy)},
            "seconds": round(self.seconds, 1),
            "verdicts": [asdict(each) for each in self.verdicts],
        }


def _counted(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    found = list(verdicts)
    return sum(each.caught for each in found), len(found)


def measure(names: Sequence[str], seeds: Sequence[int], jobs: int, tell: Callable[[Verdict], None]) -> Score:
    """Judge them all, as many at once as there are jobs; in the order of the table, whoever is ready first."""
    start = time.perf_counter()
    work: list[tuple[Callable[[Any], Verdict], str | int]] = [
        *((judge_healthy, seed) for seed in seeds),
        *((judge, name) for name in names),
    ]
    # Spawned, for a server's threads and a forked process do not go together.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(task, argument) for task, argument in work]
        try:
            for verdict in _as_they_come(futures):
                tell(verdict)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        verdicts = [future.result() for future in futures]
    return Score(verdicts=verdicts, seconds=time.perf_counter() - start)


def _as_they_come(futures: Sequence[Future[Verdict]]) -> Iterator[Verdict]:
    for future in as_completed(futures):
        yield future.result()


def table(verdicts: Sequence[Verdict]) -> Table:
    from rich.table import Table

    shown = Table(title="Defects of the mock, and what noticed them", title_justify="left")
    for name in ("defect", "family", "caught by"):
        shown.add_column(name, overflow="fold")
    for name in ("requests", "seconds"):
        shown.add_column(name, justify="right")
    for each in verdicts:
        by = ", ".join(each.checks) or ("nothing" if each.good else "MISSED")
        if each.caught and each.should not in (each.part, HEALTHY):
            by += f" (and not by the {each.should})"
        style = None if each.good else "red"
        shown.add_row(each.name, each.family, by, str(each.requests), f"{each.seconds:.1f}", style=style)
    return shown


def _say(verdict: Verdict) -> None:
    seen = ", ".join(verdict.checks) or "nothing noticed"
    mark = "ok    " if verdict.good else "WRONG "
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
    score = measure([] if options.healthy else names, list(seeds), options.jobs, _say)
    console = Console()
    console.print(table(score.verdicts))
    for verdict in score.verdicts:
        if not verdict.good:
            console.print(f"{verdict.name}: {verdict.message or 'nothing noticed'}", markup=False)
    style = "bold green" if score.ok else "bold red"
    console.print(score.sentence(), style=style, highlight=False, soft_wrap=True)
    options.report.mkdir(parents=True, exist_ok=True)
    (options.report / FILE).write_text(json.dumps(score.as_json(), indent=1) + "\n", encoding="utf-8")
    return 0 if score.ok else 1


if __name__ == "__main__":
    sys.exit(main())
