"""The parts of the contract run, each let loose on a mock of its own until something is noticed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from . import engine, modelrun, profiles, spec
from .drive import Driver, Kind
from .rules import RULES
from .settings import Settings, UsageError
from .steps import LIFE, READING
from .target import Target, known_orders
from .task import Task
from .transport import Line
from .trial import trial_of_our_mock

OURS = {rule.__name__ for rule in RULES}
REACHED = "EveryOperationReached"
FIRST_FAILURE = "max-failures = 1\n"
# Without the two phases that take nine tenths of the time.
QUICK = "\n[phases.fuzzing]\nenabled = false\n\n[phases.stateful]\nenabled = false\n"


class CountingMock(MockWebflow):
    """A mock that knows how often it was asked, whatever it was told to forget in between."""

    asked = 0

    def handle(self, request: Request) -> Response:
        self.asked += not request.path.startswith("/_mock")
        return super().handle(request)


@dataclass(frozen=True)
class Notice:
    """What was noticed, by which checks of which part. No part: nothing was."""

    part: str = ""
    checks: tuple[str, ...] = ()
    message: str = ""


NOTHING = Notice()


@dataclass(frozen=True)
class Bench:
    """A mock under test, and how to be let at it."""

    mock: CountingMock
    target: Target
    seed: int | None = None
    scratch: Path = field(default_factory=Path)

    def line(self) -> Line:
        return Line(token=self.target.token)


@contextmanager
def bench(defect: str | None, seed: int | None = None) -> Iterator[Bench]:
    """A mock with this one defect, or a healthy one, served for as long as the block lasts."""
    mock = CountingMock(defect=defect)
    with MockServer(mock) as server, TemporaryDirectory() as scratch:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        target = Target(
            base_url=server.url,
            site=mock.site_id,
            token=mock.token,
            name=defect or "the healthy mock",
            is_ours=True,
            reset=server.url + "/_mock/reset",
        )
        yield Bench(mock, target, seed, Path(scratch))


def by_coverage(at: Bench) -> Notice:
    """The examples of the spec and the edges of every parameter, to the first failure."""
    return _by_schemathesis(at, operations=(), ending=QUICK)


def by_schemathesis(at: Bench) -> Notice:
    """All phases, to the first failure."""
    return _by_schemathesis(at, operations=[each.id for each in spec.operations(spec.find(None))])


def _by_schemathesis(at: Bench, operations: list[str] | tuple[()], ending: str = "") -> Notice:
    description = spec.find(None)
    known = spec.operations(description)
    try:
        orders = known_orders(at.target, at.line())
    except UsageError as error:
        return Notice("schemathesis", ("known_orders",), str(error))
    aim = profiles.Aim(
        base_url=at.target.base_url,
        site=at.target.site,
        orders=orders,
        operations=[each for each in known if each.id in operations],
        report=at.scratch,
        seed=at.seed,
        max_examples=Settings.max_examples,
    )
    task = Task(
        tally=str(at.scratch / "tally.json"),
        operations={each.label: each.id for each in known},
        reset=at.target.reset,
    )
    config = FIRST_FAILURE + profiles.mock(aim).replace("{ enabled = true", "{ enabled = false") + ending
    tally = engine.run(
        spec=description, config=config, task=task, token=at.target.token, report=at.scratch, quiet=True
    )
    if tally.errors and not tally.failures:
        return Notice("schemathesis", ("error",), tally.errors[0])
    # Cut short by another failure, a run has not reached everything: that one says nothing then.
    found = [each for each in tally.failures if each.check != REACHED] or tally.failures
    if not found:
        return NOTHING
    checks = tuple(dict.fromkeys(each.check for each in found))
    part = "rule" if OURS.union([REACHED]).issuperset(checks) else "schemathesis"
    return Notice(part, checks, f"{found[0].operation}: {found[0].message}")


def by_model(at: Bench) -> Notice:
    trial = trial_of_our_mock(at.target.base_url, at.target.site, at.target.token, at.line())
    try:
        result = modelrun.run(trial, seed=at.seed, sequences=modelrun.SEQUENCES, shrink=False)
    finally:
        trial.close()
    return NOTHING if result.ok else Notice("model", ("model",), result.complaint)


def by_drive(at: Bench) -> Notice:
    kinds: tuple[Kind, ...] = ("sync", "async")
    for kind in kinds:
        at.target.start_over()
        driver = Driver(
            base_url=at.target.base_url, site=at.target.site, token=at.target.token, line=at.line()
        )
        steps = driver.drive(kind, (*READING, *LIFE), lambda step: None)
        for step in steps:
            if step.verdict == "failed":
                return Notice("drive", (step.step,), step.note)
    return NOTHING


Part = Callable[[Bench], Notice]
# The part that should notice goes first; then the others, and all phases of Schemathesis, the slowest, at the end.
ORDER: Mapping[str, tuple[Part, ...]] = {
    "schemathesis": (by_coverage, by_model, by_drive, by_schemathesis),
    "rule": (by_coverage, by_model, by_drive, by_schemathesis),
    "model": (by_model, by_drive, by_schemathesis),
    "drive": (by_drive, by_model, by_schemathesis),
    "healthy": (by_schemathesis, by_model, by_drive),
}
