"""One run from end to end: the server, Schemathesis, the model, the client, the account of it."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from . import description as descriptions, report
from .description import Description, Operation
from .description.writes import WRITES
from .drive import writes
from .drive.driver import FOLLOWS, KINDS, Driver, StepResult
from .drive.restore import Restore, look_up, restore_of
from .drive.scenario import ALL, LIFE, READING, Step
from .fuzz import engine, profiles
from .fuzz.orders import known_orders
from .fuzz.tally import Tally
from .gateway.budget import BudgetMemory
from .gateway.memory import OrderMemory
from .gateway.proxy import CanNotGoOn, Gateway
from .gateway.recorder import Recorder
from .gateway.validator import Validator
from .model import runner, webhooks
from .model.access import Access
from .model.checker import ModelChecker
from .model.learned import LearnedChecker, TooMuch
from .model.machine import AnyServersMachine, OrdersMachine
from .progress import Ticker, bar
from .report.result import Result
from .settings import LOOPBACK, Settings, UsageError, host_of
from .target import Target, aimed, gateway_to
from .webhooks import receivers, rounds
from .webhooks.result import WebhookResult

# So many orders are on a page at the most.
PAGE = 100
# Fewer questions for a server that is asked slowly.
LIVE_EXAMPLES = 5
INTERRUPTED = "it was interrupted"


def run(settings: Settings, *, sleep: Callable[[float], object] = time.sleep) -> Result:
    """Check a server; `sleep` passes the minute of a token that was refused. Raises UsageError if it cannot."""
    folder = settings.report.resolve()
    report.clear(folder)
    description = descriptions.read(settings.spec)
    settings = _as_described(settings, description)
    if settings.receiver is not None:
        return _receiver(settings, settings.receiver, description, folder)
    validator = Validator(description)
    with aimed(settings) as target:
        recorder = [Recorder(folder / report.RECORDING, description=description)] if settings.records else []
        memory = [OrderMemory(description, validator)] if settings.is_ours else []
        watchers = [validator, *recorder, BudgetMemory(description, validator), *memory]
        with gateway_to(target, settings, description, watchers) as gateway:
            say(f"Profile {settings.profile}: {target.server.base_url}, site {target.server.site}")
            try:
                result = _check(settings, target, gateway, validator, description, folder, sleep)
                result = report.write(result, folder, description)
            except CanNotGoOn as error:
                raise UsageError(str(error)) from None
            finally:
                # Also what an abandoned run leaves behind.
                report.scrub(folder, gateway)
    return result


def _as_described(settings: Settings, description: Description) -> Settings:
    """Without what the description has no operation for."""
    has_v1 = any(each.is_v1 for each in description.operations)
    has_webhooks = any(each.is_about_webhooks for each in description.operations)
    return replace(
        settings, with_v1=settings.with_v1 and has_v1, webhooks=settings.webhooks if has_webhooks else False
    )


def _receiver(settings: Settings, url: str, description: Description, folder: Path) -> Result:
    """Judge a receiver of webhooks, and nothing else."""
    say(f"The receiver: {url}")
    aim = receivers.Aim(url=url, secret=os.environ[settings.secret or ""], applied=settings.applied)
    judged = receivers.judge(aim, description)
    result = Result(
        target=url,
        site="",
        tally=Tally(finished=True),
        validator=Validator(description),
        drive=[],
        report=folder,
        seconds=judged.seconds,
        seed=settings.seed,
        replay=settings.command,
        webhooks=judged,
        not_judged=judged.not_judged,
    )
    return report.write(result, folder, description)


def _check(
    settings: Settings,
    target: Target,
    gateway: Gateway,
    validator: Validator,
    description: Description,
    folder: Path,
    sleep: Callable[[float], object],
) -> Result:
    start = time.perf_counter()
    # What is there before need not be there after.
    gateway.start_over()
    restore = None if settings.is_ours else restore_of(gateway, settings.write, settings.state)
    if settings.refund:
        look_up(gateway, settings.refund)
    orders, unusable = _known_orders(gateway, validator)
    chosen = [
        each
        for each in description.operations
        if (settings.with_v1 or not each.is_v1)
        and (settings.fuzzes_webhooks or not each.is_about_webhooks)
        and (settings.is_ours or each.method == "GET")
    ]
    aim = profiles.Aim(
        orders=orders,
        operations=chosen,
        report=folder,
        seed=settings.seed,
        max_examples=settings.max_examples if settings.is_ours else min(settings.max_examples, LIVE_EXAMPLES),
        invalid=settings.invalid,
    )
    access = None if target.knows_all or not settings.is_ours else _access(settings, sleep)
    config = profiles.mock(aim, gateway) if settings.is_ours else profiles.live(aim, gateway)
    sequences = min(runner.SEQUENCES, settings.max_examples)

    stopped = ""

    def fuzzed() -> Tally:
        nonlocal stopped
        if not orders:
            return Tally(errors=[unusable], finished=True)
        try:
            return _fuzz(gateway, description, aim, config)
        except engine.EngineError as error:
            stopped = str(error)  # What the other parts find is no less true.
            return Tally(finished=True)

    tally: Tally | None = None
    drive: list[StepResult] = []
    model, deliveries, left_out, ended = None, None, "", ""
    unheard: list[str] = []
    try:
        # What can not start over is fuzzed last: after that it may have no order left to refund.
        if not settings.is_ours or target.reset is not None:
            tally = fuzzed()
        if orders:
            _drive(gateway, restore, settings, drive)
        if orders and settings.is_ours:
            if target.knows_all:
                checker = ModelChecker(
                    gateway, exact=settings.dialect == "observed", with_v1=settings.with_v1
                )
            else:
                checker = LearnedChecker(gateway, validator, with_v1=settings.with_v1)
            model, left_out = _model(checker, settings.seed, sequences)
            if settings.fuzzes_webhooks:
                model = _model_of_webhooks(gateway, target.knows_all, settings.seed, sequences, model)
        tally = tally or fuzzed()
        if settings.is_ours and not description.document.get("webhooks"):
            unheard.append("whether webhooks are delivered rightly: the description does not say what is")
        elif orders and settings.drives_webhooks:
            if host_of(target.server.base_url) in LOOPBACK:
                deliveries = _deliveries(gateway, description, target, settings.site_without_shop)
                unheard += deliveries.not_judged
            else:
                unheard.append(
                    "whether webhooks are delivered rightly: the server is not on this machine, as the run is"
                )
        if access is not None and orders and access.told:
            gateway.start_over()
            found = list(access.judge(gateway, orders[0]))
            _go_on(gateway)
            validator.failures.extend(found)
    except (CanNotGoOn, KeyboardInterrupt) as error:
        ended, tally = str(error) or INTERRUPTED, tally or Tally(finished=True)
    unheard = [*_left_alone(drive), *unheard, *([f"what was to come after: {ended}"] if ended else [])]
    if stopped:
        unheard.append(f"what Schemathesis would have found; see {engine.LOG}: {stopped.splitlines()[0]}")
    possible = [each for each in chosen if _could_succeed(each, validator)]
    if orders and tally.finished and not (ended or stopped):
        validator.failures.extend(validator.never_succeeded(possible))
        unheard += [f"{each.id}: no order was seen that allows it" for each in chosen if each not in possible]
    result = Result(
        target=target.name,
        site=target.server.site,
        tally=tally,
        validator=validator,
        drive=drive,
        model=model,
        report=folder,
        seconds=time.perf_counter() - start,
        seed=settings.seed,
        replay=settings.command,
        again=target.again,
        reset=target.reset,
        webhooks=deliveries,
        not_judged=[*_not_judged(access, validator, left_out), *unheard],
    )
    if (ended or stopped) and result.ok:
        raise KeyboardInterrupt if ended == INTERRUPTED else UsageError(ended or stopped)
    return result


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _known_orders(gateway: Gateway, validator: Validator) -> tuple[list[str], str]:
    """Some orders; or none, and why, if that is what is wrong with the server."""
    try:
        return known_orders(gateway), ""
    except UsageError as error:
        if not validator.failures:
            raise
        return [], str(error)


def _not_judged(access: Access | None, validator: Validator, left_out: str) -> list[str]:
    told = [] if access is None else access.not_judged()
    # An order can not be made by this API: whoever has the server has to put them there.
    if access is not None and validator.most_orders < PAGE:
        seen = f"the most that came at once were {validator.most_orders} orders"
        told.append(f"whether a page has as many as {PAGE} orders, and the next the rest: {seen}")
    return [*told, f"what the model would foretell: {left_out}"] if left_out else told


def _left_alone(drive: Sequence[StepResult]) -> list[str]:
    """Which steps the clients did not take, though none before them failed."""
    steps: dict[str, list[str]] = {}
    for each in drive:
        if each.verdict == "skipped" and each.note not in FOLLOWS:
            steps.setdefault(each.note, []).append(each.step)
    return [f"{', '.join(dict.fromkeys(taken))} with the client: {note}" for note, taken in steps.items()]


def _could_succeed(operation: Operation, validator: Validator) -> bool:
    """Where no order may be fulfilled, say, no right server does it; and what cost nothing is not refunded."""
    if operation.id not in WRITES:
        return True
    refund = operation.id == "refund-order"
    return any(
        status in WRITES[operation.id].before and (paid or not refund) for status, paid in validator.kinds
    )


def _access(settings: Settings, sleep: Callable[[float], object]) -> Access:
    reader, writer, other, throttled = (os.environ.get(name or "") for name in settings.other_tokens)
    return Access(
        reader_token=reader, writer_token=writer, other_token=other, throttled_token=throttled,
        other_site=settings.other_site, other_webhook=settings.other_webhook,
        site_without_shop=settings.site_without_shop, webhooks=settings.fuzzes_webhooks, with_v1=settings.with_v1,
        sleep=sleep,
    )  # fmt: skip


def _fuzz(gateway: Gateway, description: Description, aim: profiles.Aim, config: str) -> Tally:
    say(f"Schemathesis, {len(aim.operations)} operations:")
    tally = engine.run(gateway, description, aim.operations, config, aim.report)
    _go_on(gateway)
    return tally


def _go_on(gateway: Gateway) -> None:
    """After each part, for what was not sent is no failure of the server. Raises CanNotGoOn."""
    if gateway.stuck or gateway.breaker.reason:
        raise CanNotGoOn(gateway.stuck or gateway.breaker.reason)


def _model(checker: ModelChecker, seed: int | None, sequences: int) -> tuple[runner.ModelResult | None, str]:
    """Our mock is held against all that the model knows; another server against what is published of it.

    And why it is left out, if it is."""
    say("The model:")
    checker.tell = Ticker("sequences", sequences, say)
    machine = AnyServersMachine if isinstance(checker, LearnedChecker) else OrdersMachine
    left_out = ""
    try:
        result = runner.run(checker, seed=seed, sequences=sequences, machine=machine)
    except TooMuch as error:
        left_out = str(error)
    finally:
        checker.close()
    _go_on(checker.gateway)
    if isinstance(checker, LearnedChecker) and checker.unbelieved:
        left_out = "the orders that it would learn from are wrong"
    if isinstance(checker, LearnedChecker) and checker.limited:
        left_out = "the server answers 429; start it with a higher limit"
    if left_out:
        say(f"  left out: {left_out}")
        return None, left_out
    say(f"  {result.sequences} sequences  {result.requests} requests  {'ok' if result.ok else 'FAILED'}")
    return result, ""


def _model_of_webhooks(
    gateway: Gateway, knows_all: bool, seed: int | None, sequences: int, before: runner.ModelResult | None
) -> runner.ModelResult:
    result = webhooks.run(gateway, seed=seed, sequences=sequences, mock=knows_all)
    _go_on(gateway)
    verdict = "ok" if result.ok else "FAILED"
    say(f"  {result.sequences} sequences  {result.requests} requests  {verdict}, about webhooks")
    return result if before is None else before.and_then(result)


def _deliveries(
    gateway: Gateway, description: Description, target: Target, another_site: str | None
) -> WebhookResult:
    say("Deliveries of webhooks:")
    control = target.reset.removesuffix("/reset") if target.knows_all and target.reset else None
    found = rounds.run(gateway, description, control=control, another_site=another_site, say=say)
    _go_on(gateway)
    return found


def _steps(kind: str, restore: Restore | None, settings: Settings) -> Sequence[Step]:
    """Which steps each of the two clients takes."""
    if settings.is_ours:
        return ALL if settings.drives_webhooks else (*READING, *LIFE)
    # A refund happens once; the other writes are put back, and done by both.
    return (*READING, *writes.steps(restore, settings.refund if kind == "async" else None))


def _drive(gateway: Gateway, restore: Restore | None, settings: Settings, results: list[StepResult]) -> None:
    driver = Driver(gateway, settings.with_v1)
    for kind in KINDS:
        say(f"The generated client, {kind}:")
        mine = _steps(kind, restore, settings)
        taken = driver.drive(kind, mine, _teller(len(mine)))
        _go_on(gateway)
        results += taken


def _teller(of: int) -> Callable[[StepResult], None]:
    taken, began = itertools.count(1), time.perf_counter()

    def tell(step: StepResult) -> None:
        line = f"  {step.step:<36} {'FAILED: ' + step.note if step.verdict == 'failed' else step.verdict}"
        say(f"{line:<48} {bar(next(taken), of, time.perf_counter() - began)}")

    return tell
