"""Let the machine run: sequence after sequence, until an answer is not the model's."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed as seeded, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from ..gateway.exchange import Failure
from ..gateway.guard import Refused
from ..gateway.proxy import NoAnswer
from .checker import Disagreement, Enough, ModelChecker
from .machine import AnyServersMachine, OrdersMachine

SEQUENCES, STEPS = 40, 24


@dataclass(frozen=True, kw_only=True)
class ModelResult:
    """`failure` shows the shortest way to an answer that is not the model's, if there is one.

    `steps` is how many of them the sequences had, in all; `compared` how many answers of which operation were held
    against the model's. `seed` is the one that was used, also where none was given.
    """

    sequences: int
    requests: int
    seconds: float
    steps: int = 0
    compared: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        return self.failure is None

    def and_then(self, other: ModelResult) -> ModelResult:
        """Both of them as one."""
        return replace(
            self,
            sequences=self.sequences + other.sequences,
            requests=self.requests + other.requests,
            seconds=self.seconds + other.seconds,
            steps=self.steps + other.steps,
            compared=self.compared | other.compared,
            failure=self.failure or other.failure,
        )


def run(
    checker: ModelChecker,
    *,
    seed: int | None,
    sequences: int = SEQUENCES,
    shrink: bool = True,
    machine: type[AnyServersMachine] = OrdersMachine,
) -> ModelResult:
    """Random sequences, always the same ones for the same seed, until one fails or all are through.

    `shrink`: look for the shortest sequence that fails, if one does."""
    # Or the folder from which the run was started would have another one in it.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", _scratch().name)
    start = time.perf_counter()
    complaint = _complaint(checker, lambda: _of(machine, checker)().examples())
    if not complaint:
        complaint = _complaint(checker, lambda: run_sequences(machine, checker, seed, sequences))
    # An invariant is looked at once before the first step of a sequence.
    steps, compared = max(0, checker.steps - checker.sequences), dict(checker.compared)
    sequences, requests = checker.sequences, checker.requests
    if shrink:
        checker.shorten()
        complaint = checker.failed.complaint if checker.failed is not None and complaint else complaint
    checker.gateway.hang_up()
    answer = checker.failed.answer if checker.failed is not None else ""
    return ModelResult(
        sequences=sequences,
        requests=requests,
        seconds=time.perf_counter() - start,
        steps=steps,
        compared=compared,
        seed=seed or 0,
        failure=Failure("the model", "another answer was due", complaint, checker.curls(), answer)
        if complaint
        else None,
    )


def _of(machine: type[RuleBasedStateMachine], checker: object) -> Any:
    return type(machine.__name__, (machine,), {"checker": checker})


def run_sequences(
    machine: type[RuleBasedStateMachine], checker: object, seed: int | None, sequences: int
) -> None:
    wanted = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        # The checker looks for the shortest way by itself, and faster: it knows which requests can matter.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(seeded(seed or 0)(_of(machine, checker)), settings=wanted)


@cache
def _scratch() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


def _complaint(checker: ModelChecker, judge: Callable[[], None]) -> str:
    try:
        judge()
    except Enough:
        return ""
    except Disagreement as error:
        return checker.failed.complaint if checker.failed is not None else str(error)
    except (NoAnswer, Refused) as error:
        return f"no answer: {error}"
    except HypothesisException as error:
        if checker.failed is not None:
            return checker.failed.complaint
        if checker.is_over:
            return ""  # Hypothesis puzzles over a sequence that was given up before its first step.
        return f"the server does not answer the same twice: {error}"
    return ""
