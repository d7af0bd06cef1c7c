"""Judge defects one by one, and add up what was noticed."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

from webflow_orders_mock.defects import DEFECTS

from .detectors import ALONE, NOTHING, ORDER, Detection, bench
from .unseen import reason

HEALTHY = "healthy"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`part` is empty where nothing was noticed. For the healthy mock that is how it must be.

    `unseen` says why a stranger can not notice it, if so it is.
    """

    name: str
    family: str
    should: str
    part: str = ""
    checks: tuple[str, ...] = ()
    message: str = ""
    requests: int = 0
    seconds: float = 0.0
    unseen: str = ""

    @property
    def caught(self) -> bool:
        return bool(self.part)

    @property
    def good(self) -> bool:
        if self.family == HEALTHY:
            return not self.checks
        return self.caught is not bool(self.unseen)


def judge(defect: str | None, order: str = "", seed: int | None = None) -> Verdict:
    """Let the suite loose on one defect, until something is noticed; in this order instead of the defect's own.

    Without a defect: let every part of it loose on the healthy mock.
    """
    start = time.perf_counter()
    name, family, should = f"healthy, seed {seed}", HEALTHY, HEALTHY
    if defect is not None:
        name, family, should = defect, DEFECTS[defect].family, DEFECTS[defect].caught_by
    with bench(defect, seed, starts_over=order != ALONE) as at:
        detections = (part(at) for part in ORDER[order or should])
        try:
            found = next((each for each in detections if each != NOTHING), NOTHING)
        # A suite that breaks down has not noticed anything, and is no reason to stop.
        except Exception as error:
            found = Detection("", ("error",), f"the suite failed: {type(error).__name__}: {error}")
        requests = at.asked()
    return Verdict(
        name=name,
        family=family,
        should=should,
        part=found.part,
        checks=found.checks,
        message=found.message.strip()[:500],
        requests=requests,
        seconds=round(time.perf_counter() - start, 1),
        unseen=reason(name, order),
    )


@dataclass(frozen=True, kw_only=True)
class Score:
    verdicts: Sequence[Verdict]
    seconds: float

    @property
    def defects(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.family != HEALTHY]

    @property
    def visible(self) -> list[Verdict]:
        """Those that whoever judges can see."""
        return [each for each in self.defects if not each.unseen]

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
        return dict(Counter(each.part for each in self.visible if each.caught).most_common())

    def sentence(self) -> str:
        caught, count = _counted(self.visible)
        own = sum(each.part == each.should for each in self.visible)
        split = ", ".join(f"{part} {number}" for part, number in self.by_part().items())
        told = f" ({split})" if split else ""
        parts = [f"{caught} of {count} defects caught{told}, {own} by the part that should."] if count else []
        if hidden := len(self.defects) - len(self.visible):
            parts.append(f"{hidden} more can not be seen from outside.")
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
            "unseen": sum(bool(each.unseen) for each in self.defects),
            "families": self.by_family(),
            "parts": self.by_part(),
            "healthy": {"runs": len(self.healthy), "green": sum(each.good for each in self.healthy)},
            "seconds": round(self.seconds, 1),
            "verdicts": [asdict(each) for each in self.verdicts],
        }


def _counted(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    found = list(verdicts)
    return sum(each.caught for each in found), len(found)


def measure(
    names: Sequence[str], seeds: Sequence[int], jobs: int, tell: Callable[[Verdict], None], order: str = ""
) -> Score:
    """Judge them all, as many at once as there are jobs; in the order of the table, whoever is ready first."""
    start = time.perf_counter()
    # Spawned, for a server's threads and a forked process do not go together.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(judge, None, order, seed) for seed in seeds]
        futures += [pool.submit(judge, name, order) for name in names]
        try:
            for each in as_completed(futures):
                tell(each.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        verdicts = [future.result() for future in futures]
    return Score(verdicts=verdicts, seconds=time.perf_counter() - start)
