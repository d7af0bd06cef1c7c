"""One run from end to end: the server, Schemathesis, the client, the account of it."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import engine, modelrun, profiles, report, spec, writes
from .drive import Driver, Kind, StepResult
from .found import ModelResult
from .gate import origin_of
from .learned import LearnedTrial, TooMuch, trial_of
from .machine import AnyServersMachine, OrdersMachine
from .result import Result
from .settings import Settings, UsageError
from .steps import LIFE, READING, Step
from .tally import Tally
from .target import RECORDING, Target, aimed, known_orders, line_to, undo_for
from .task import Task
from .transport import Line
from .trial import Trial, trial_of_our_mock
from .undo import Undo

# Fewer questions for a server that is asked slowly.
LIVE_EXAMPLES = 5


def run(settings: Settings) -> Result:
    """Check a server. Raises UsageError if the run cannot be made."""
    description = spec.find(settings.spec)
    folder = settings.report.resolve()
    report.clear(folder)
    with aimed(settings) as target:
        say(f"Profile {settings.profile}: {target.base_url}, site {target.site}")
        try:
            result = _check(settings, target, description, folder)
            report.note_drift(folder, description)
            report.write(result, folder)
        finally:
            # Also what an abandoned run leaves behind.
            report.scrub(folder, target.token)
    return result


def _check(settings: Settings, target: Target, description: Path, folder: Path) -> Result:
    start = time.perf_counter()
    line = line_to(target, settings, description, folder)
    undo = undo_for(target, settings, line)
    orders = known_orders(target, line)
    # What can not start over is driven first: after the fuzzing it may have no order left to refund.
    driven = _drive(settings, target, line, undo) if target.is_ours and target.reset is None else None
    tally = _schemathesis(settings, target, description, orders, folder)
    model = _model(settings, target) if target.is_ours else None
    drive = driven if driven is not None else _drive(settings, target, line, undo)
    if line.halt.reason:
        raise UsageError(line.halt.reason)
    return Result(
        target=target.name,
        site=target.site,
        tally=tally,
        drive=drive,
        report=folder,
        seconds=time.perf_counter() - start,
        seed=settings.seed,
        replay=_replay(settings),
        again=target.again,
        model=model,
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _schemathesis(
    settings: Settings, target: Target, description: Path, orders: Sequence[str], folder: Path
) -> Tally:
    chosen = [
        each
        for each in spec.operations(description)
        if (settings.with_v1 or not each.is_v1) and (target.is_ours or each.method == "GET")
    ]
    aim = profiles.Aim(
        base_url=target.base_url,
        site=target.site,
        orders=orders,
        operations=chosen,
        report=folder,
        seed=settings.seed,
        max_examples=settings.max_examples if target.is_ours else min(settings.max_examples, LIVE_EXAMPLES),
        requests_per_minute=settings.requests_per_minute,
        invalid=settings.invalid,
    )
    task = Task(
        tally=str(folder / "tally.json"),
        operations={each.label: each.id for each in chosen},
        reset=target.reset,
        only_read=None if target.is_ours else origin_of(target.base_url),
        interval=0.0 if target.is_ours else settings.interval,
        reserve=settings.reserve,
        spec=str(description),
        recording=str(folder / RECORDING) if settings.record or not target.is_ours else None,
    )
    config = profiles.mock(aim) if target.is_ours else profiles.live(aim)
    say(f"Schemathesis, {len(chosen)} operations:")
    return engine.run(spec=description, config=config, task=task, token=target.token, report=folder)


def _model(settings: Settings, target: Target) -> ModelResult | None:
    """Our mock is held against all that the model knows; another server against what is published of it."""
    say("The model:")
    # A line of its own, for what the drive shows of a failure begins with what went before it.
    line, ours = Line(token=target.token), settings.target is None
    if ours:
        exact = settings.dialect == "observed"
        trial: Trial = trial_of_our_mock(target.base_url, target.site, target.token, line, exact=exact)
    else:
        trial = trial_of(target, line)
    sequences = min(modelrun.SEQUENCES, settings.max_examples)
    machine = OrdersMachine if ours else AnyServersMachine
    try:
        result = modelrun.run(trial, seed=settings.seed, sequences=sequences, machine=machine)
    except TooMuch as error:
        say(f"  left out: {error}")
        return None
    finally:
        trial.close()
    say(f"  {result.sequences} sequences  {result.requests} requests  {'ok' if result.ok else 'FAILED'}")
    if isinstance(trial, LearnedTrial) and trial.limited:
        say("  the server said 429, so it asked no further: start it with a higher limit to learn more")
    return result


def _drive(settings: Settings, target: Target, line: Line, undo: Undo | None) -> list[StepResult]:
    driver = Driver(
        base_url=target.base_url, site=target.site, token=target.token, line=line, with_v1=settings.with_v1
    )
    results: list[StepResult] = []
    kinds: tuple[Kind, ...] = ("sync", "async")
    for kind in kinds:
        say(f"The generated client, {kind}:")
        target.start_over()
        results += driver.drive(kind, _steps(settings, target, kind, undo), lambda step: say(_told(step)))
    return results


def _steps(settings: Settings, target: Target, kind: Kind, undo: Undo | None) -> Sequence[Step]:
    if target.is_ours:
        return (*READING, *LIFE)
    # A refund happens once; the other writes are put back, and done by both.
    refund = settings.refund if kind == "async" else None
    return (*READING, *writes.steps(undo, refund))


def _told(step: StepResult) -> str:
    return f"  {step.step:<36} {'FAILED: ' + step.note if step.verdict == 'failed' else step.verdict}"


def _replay(settings: Settings) -> str:
    words = ["python", "-m", "webflow_orders_contract"]
    for option, value in (
        ("--target", settings.target),
        ("--site", settings.site),
        ("--reset", settings.reset),
        ("--seed", settings.seed),
    ):
        if value is not None:
            words += [option, str(value)]
    words += ["--own-server"] if settings.own_server else []
    if settings.max_examples != Settings.max_examples:
        words += ["--max-examples", str(settings.max_examples)]
    if settings.dialect != Settings.dialect:
        words += ["--dialect", settings.dialect]
    if not settings.with_v1:
        words.append("--no-v1")
    return shlex.join(words)
