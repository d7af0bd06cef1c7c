"""One run from end to end: the server, Schemathesis, the client, the account of it."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import engine, profiles, report, spec, writes
from .drive import Driver, Kind, StepResult
from .gate import Gate, origin_of
from .pace import Pace
from .result import Result
from .settings import Settings
from .steps import LIFE, READING, Step
from .tally import Tally
from .target import Target, aimed, known_orders
from .task import Task
from .transport import Line

# Fewer questions for a server that is asked slowly.
LIVE_EXAMPLES = 5


def run(settings: Settings) -> Result:
    """Check a server. Raises UsageError if the run cannot be made."""
    description = spec.find(settings.spec)
    folder = settings.report.resolve()
    report.clear(folder)
    with aimed(settings) as target:
        say(f"{'The mock is up' if target.is_ours else 'Reading'}: {target.base_url}, site {target.site}")
        try:
            result = _check(settings, target, description, folder)
            report.write(result, folder)
        finally:
            # Also what an abandoned run leaves behind.
            report.scrub(folder, target.token)
    return result


def _check(settings: Settings, target: Target, description: Path, folder: Path) -> Result:
    start = time.perf_counter()
    line = _line(settings, target)
    orders = known_orders(target, line)
    return Result(
        target=target.base_url if not target.is_ours else f"Our mock ({settings.dialect})",
        site=target.site,
        tally=_schemathesis(settings, target, description, orders, folder),
        drive=_drive(settings, target, line),
        report=folder,
        seconds=time.perf_counter() - start,
        seed=settings.seed,
        replay=_replay(settings),
        again=_again(target),
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _line(settings: Settings, target: Target) -> Line:
    if target.is_ours:
        return Line(token=target.token)
    gate = Gate(target.base_url, writes.allowed(settings.write, settings.refund))
    return Line(token=target.token, gate=gate, pace=Pace(settings.interval))


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
    )
    task = Task(
        tally=str(folder / "tally.json"),
        operations={each.label: each.id for each in chosen},
        reset=target.reset,
        only_read=None if target.is_ours else origin_of(target.base_url),
        interval=0.0 if target.is_ours else settings.interval,
    )
    config = profiles.mock(aim) if target.is_ours else profiles.live(aim)
    say(f"Schemathesis, {len(chosen)} operations:")
    return engine.run(spec=description, config=config, task=task, token=target.token, report=folder)


def _drive(settings: Settings, target: Target, line: Line) -> list[StepResult]:
    driver = Driver(
        base_url=target.base_url, site=target.site, token=target.token, line=line, with_v1=settings.with_v1
    )
    results: list[StepResult] = []
    kinds: tuple[Kind, ...] = ("sync", "async")
    for kind in kinds:
        say(f"The generated client, {kind}:")
        target.start_over()
        results += driver.drive(kind, _steps(settings, target, kind), lambda step: say(_told(step)))
    return results


def _steps(settings: Settings, target: Target, kind: Kind) -> Sequence[Step]:
    if target.is_ours:
        return (*READING, *LIFE)
    # A refund happens once; the other writes are put back, and done by both.
    refund = settings.refund if kind == "async" else None
    return (*READING, *writes.steps(settings.write, refund))


def _told(step: StepResult) -> str:
    return f"  {step.step:<36} {'FAILED: ' + step.note if step.verdict == 'failed' else step.verdict}"


def _replay(settings: Settings) -> str:
    words = ["python", "-m", "webflow_orders_contract"]
    for option, value in (
        ("--target", settings.target),
        ("--site", settings.site),
        ("--seed", settings.seed),
    ):
        if value is not None:
            words += [option, str(value)]
    if settings.max_examples != Settings.max_examples:
        words += ["--max-examples", str(settings.max_examples)]
    if settings.dialect != Settings.dialect:
        words += ["--dialect", settings.dialect]
    if not settings.with_v1:
        words.append("--no-v1")
    return shlex.join(words)


def _again(target: Target) -> str:
    if not target.is_ours:
        return ""
    port = target.base_url.rsplit(":", 1)[-1]
    return (
        f"The mock is gone by now. `python -m webflow_orders_mock --port {port}` brings it back as it was, "
        "and says which token to put into WEBFLOW_TOKEN."
    )
