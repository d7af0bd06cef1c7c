"""Let the machine run: sequence after sequence, until an answer is not the model's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test

from .found import Disagreement, ModelResult
from .machine import AnyServersMachine, OrdersMachine
from .trial import Trial

SEQUENCES, STEPS = 40, 24


def run(
    trial: Trial,
    *,
    seed: int | None,
    sequences: int = SEQUENCES,
    shrink: bool = True,
    machine: type[AnyServersMachine] = OrdersMachine,
) -> ModelResult:
    """Random sequences, always the same ones for the same seed, until one fails or all are through.

    `shrink`: look for the shortest sequence that fails, if one does."""
    orders: Any = seeded(seed or 0)(type("Orders", (machine,), {"trial": trial}))
    wanted = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        derandomize=False,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        # The trial looks for the shortest way by itself, and faster: it knows which requests can matter.
        phases=[Phase.generate],
    )
    start, first = time.perf_counter(), len(trial.line.requests)
    complaint = _complaint(trial, lambda: run_state_machine_as_test(orders, settings=wanted))
    # An invariant is looked at once before the first step of a sequence.
    steps, compared = trial.steps - trial.sequences, dict(trial.compared)
    sequences, requests = trial.sequences, len(trial.line.requests) - first
    if shrink:
        trial.shorten()
    return ModelResult(
        sequences=sequences,
        requests=requests,
        seconds=time.perf_counter() - start,
        steps=steps,
        compared=compared,
        seed=seed or 0,
        complaint=complaint,
        curl=trial.curls(),
        answer=trial.failed.answer if trial.failed is not None else "",
    )


def _complaint(trial: Trial, judge: Callable[[], None]) -> str:
    try:
        judge()
    except Disagreement as error:
        return trial.failed.complaint if trial.failed is not None else str(error)
    except httpx.HTTPError as error:
        return f"no answer: {error}"
    except HypothesisException as error:
        if trial.failed is not None:
            return trial.failed.complaint
        return f"the server does not answer the same twice: {error}"
    return ""
