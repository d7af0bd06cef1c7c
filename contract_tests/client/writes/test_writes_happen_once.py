"""Model-checked: whatever fails, wherever and in whatever order, is what the caller is told about a write true?"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import define, field, frozen
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders.otel import OpenTelemetry
from webflow_orders_mock import MockWebflow, order

from contract_tests.client.failing import (
    DOUBTFUL,
    FOREIGN,
    NONSENSE,
    PASSING,
    REFUSALS,
    TRIGGER,
    Failing,
    Fault,
    Point,
    aims,
)
from contract_tests.client.interrupting import at_await, at_line, in_own_thread, interrupt

TELEMETRY = OpenTelemetry(tracer_provider=TracerProvider(), meter_provider=MeterProvider())
IDS = ["000-001", "000-002", "000-003"]
URLS = ["https://a.example/hook", "https://b.example/hook"]
# How many sequences of each kind; CI does a few on each run, a night does ten thousand: SEQUENCES=3400 make test.
SEQUENCES = int(os.environ.get("SEQUENCES", "40"))

RAISED = [Point.RAISED, Point.RAISED_AFTER, Point.RAISED_IN_BODY]
FAULTS = st.one_of(
    st.builds(
        Fault,
        st.sampled_from([Point.NOWHERE, Point.CONNECT, Point.BEFORE, Point.AFTER, Point.HEADERS, Point.HALF]),
    ),
    st.builds(Fault, st.just(Point.LATE), delay=st.sampled_from([0.0, 0.5, 2.5, 5.0, 40.0, 1000.0])),
    st.builds(Fault, st.just(Point.STATUS), st.sampled_from(REFUSALS + DOUBTFUL), st.sampled_from(NONSENSE)),
    st.builds(Fault, st.just(Point.STATUS_AFTER), st.sampled_from(DOUBTFUL), st.sampled_from(NONSENSE)),
    st.builds(Fault, st.sampled_from([Point.BODY, Point.BODY_AFTER]), body=st.sampled_from(NONSENSE)),
    st.builds(Fault, st.sampled_from(RAISED), raised=st.sampled_from(sorted(FOREIGN))),
    st.builds(Fault, st.sampled_from(RAISED), raised=st.sampled_from(sorted(PASSING))),
)
CALLS = st.sampled_from(["fulfill", "unfulfill", "refund", "update"])
STATUS = {"fulfill": "fulfilled", "unfulfill": "unfulfilled", "refund": "refunded"}


@frozen
class Trouble:
    """What else befalls a call: which line of it is interrupted, at which of its awaits it is cancelled, and what the
    clock or the limiter raises when it is asked so often. 0 is never."""

    line: int = 0
    wait: int = 0
    tick: int = 0
    asked: int = 0
    raised: str = ""


TROUBLES = st.one_of(
    st.just(Trouble()),
    # Not of integers(), which are small ones mostly: those come before anything is sent.
    st.builds(Trouble, line=st.sampled_from(range(1, 601))),
    st.builds(Trouble, wait=st.integers(1, 20)),
    st.builds(Trouble, tick=st.integers(1, 20), raised=st.sampled_from(sorted(FOREIGN))),
    st.builds(Trouble, asked=st.integers(1, 12), raised=st.sampled_from(sorted(FOREIGN | PASSING))),
)


@define
class Fuse:
    """Raises something when it is asked for the n-th time."""

    left: int = 0
    raised: str = ""

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise (FOREIGN | PASSING)[self.raised]()


@define
class Limiter:
    fuse: Fuse = field(factory=Fuse)
    blocking: bool = False

    def acquire(self, reservation: object, now: float) -> float:
        self.fuse.burn()
        return 0.0

    def update(self, headers: Mapping[str, str], now: float) -> None:
        self.fuse.burn()

    def backoff(self, seconds: float, now: float) -> None:
        self.fuse.burn()

    def cancel(self, reservation: object) -> None:
        self.fuse.burn()


class Writes(RuleBasedStateMachine):
    """Random writes on a few orders and webhooks, judged by the mock's ledger.

    Each exchange has a fault of its own, and each call a trouble of its own.
    """

    kind: type[Any] = AsyncOrdersClient

    @initialize(in_a_file=st.booleans(), observed=st.booleans())
    def open(self, in_a_file: bool, observed: bool) -> None:
        self.closing = ExitStack()
        self.line = Failing(MockWebflow(shop=False, clock=lambda: 1e9 + self.line.now))
        mock = self.line.mock
        mock.seed(mock.site_id, *(order(each, status="unfulfilled") for each in IDS))
        self.hooks = [mock.webhooks.create(mock.site_id, TRIGGER, url).webhook_id for url in URLS]
        self.not_done: list[int] = []
        self.were_there: dict[int, set[str]] = {}
        """The webhooks that there were when a write began, by its number in the journal."""
        self.entries: dict[int, Any] = {}
        """What the journal lists, by number."""
        self.clock, self.limiter = Fuse(), Limiter()
        journal = Path(self.closing.enter_context(tempfile.TemporaryDirectory())) / "shop.sqlite"
        self.client = self.kind(
            token=mock.token, site_id=mock.site_id, transport=self.line, clock=self.tick,
            retry=RetryPolicy(draw=lambda: 1.0), rate_limit=self.limiter, journal=journal if in_a_file else None,
            sleep=self.sleep, telemetry=TELEMETRY if observed else None,
        )  # fmt: skip

    def tick(self) -> float:
        self.clock.burn()
        return self.line.now

    async def sleep(self, seconds: float) -> None:
        self.line.now += seconds

    def perform(self, method: str, trouble: Trouble = Trouble(), **arguments: Any) -> Any:
        """Call a method of the client, with that trouble."""
        raise NotImplementedError

    def call(self, method: str, faults: list[Fault], trouble: Trouble, **arguments: Any) -> Any:
        self.line.faults = list(faults)
        self.clock = Fuse(trouble.tick, trouble.raised)
        self.limiter.fuse = Fuse(trouble.asked, trouble.raised)
        try:
            with at_line(trouble.line, interrupt):
                return self.perform(method, trouble, **arguments)
        finally:
            self.line.faults = []
            self.clock, self.limiter.fuse = Fuse(), Fuse()

    @rule(
        method=CALLS,
        order_id=st.sampled_from(IDS),
        faults=st.lists(FAULTS, max_size=6),
        trouble=TROUBLES,
        note=st.sampled_from("ab"),
    )
    def write(self, method: str, order_id: str, faults: list[Fault], trouble: Trouble, note: str) -> None:
        arguments = {"comment": note} if method == "update" else {}
        self.make(
            f"{method}-order", order_id, lambda result: self.done(method, order_id, note, result),
            faults, trouble, method, order_id=order_id, **arguments,
        )  # fmt: skip

    @rule(url=st.sampled_from(URLS), faults=st.lists(FAULTS, max_size=6), trouble=TROUBLES)
    def make_a_webhook(self, url: str, faults: list[Fault], trouble: Trouble) -> None:
        def done(result: Any) -> None:
            hook = self.line.mock.webhooks.get(result.id)
            assert hook is not None
            assert hook.url == url == result.url
            if not outcome_of(result).confirmed_by_rereading:
                assert self.line.applied[self.line.tag] == 1

        self.make(
            "create-webhook", aims(url), done, faults, trouble, "webhooks.create", url=url, trigger=TRIGGER
        )

    @rule(which=st.sampled_from([0, 1]), faults=st.lists(FAULTS, max_size=6), trouble=TROUBLES)
    def remove_a_webhook(self, which: int, faults: list[Fault], trouble: Trouble) -> None:
        hook = self.hooks[which]
        # That it is gone is said by a 2xx without a body: one that lies is beyond any client.
        faults = [fault for fault in faults if fault.point is not Point.BODY or fault.body]

        def done(result: Any) -> None:
            assert self.line.mock.webhooks.get(hook) is None

        self.make("delete-webhook", hook, done, faults, trouble, "webhooks.delete", webhook_id=hook)

    def make(
        self,
        operation: str,
        target: str,
        done: Callable[[Any], None],
        faults: list[Fault],
        trouble: Trouble,
        method: str,
        **arguments: Any,
    ) -> None:
        """Make a write, and judge how it ended; `done` judges what it returned."""
        tag = self.line.tag = self.line.tag + 1
        told = False
        self.begin()
        were_there = {each.webhook_id for each in self.line.mock.webhooks}
        try:
            result = self.call(method, faults, trouble, **arguments)
        except errors.OutcomeUnknownError:
            failed = any(fault.point is not Point.NOWHERE for fault in faults)
            assert failed or trouble != Trouble(), "nothing went wrong, yet the outcome is unknown"
        except Exception:
            # Of our tree, or foreign before the first byte: try again, it is safe.
            self.not_done.append(tag)
        except BaseException:
            if not (trouble.line or trouble.wait or trouble.raised or any(fault.raised for fault in faults)):
                raise
        else:
            told = True
            done(result)
        assert self.line.applied.get(tag, 0) <= 1, "one call was applied twice"
        new = self.judge_the_journal()
        late = any(late.tag == tag and late.request.method != "GET" for late in self.line.late)
        if told or tag in self.not_done:
            assert new == [], f"its outcome is known ({told=}), and yet it is in the journal"
        elif self.line.applied.get(tag) or late:
            (entry,) = new
            assert (entry.operation, entry.target) == (operation, target)
        self.were_there |= {entry.id: were_there for entry in new}

    def begin(self) -> None:
        self.line.seen.clear()
        self.line.look()

    def judge_the_journal(self) -> list[Any]:
        """What is new in it. Only what a look could have seen may have gone from it, and nothing is under way."""
        before, self.entries = self.entries, {entry.id: entry for entry in self.client.unsettled()}
        for number in before.keys() - self.entries.keys():
            assert any(self.shows(seen, before[number]) for seen in self.line.seen), (
                "struck out, and never seen"
            )
        assert not any(entry.is_under_way for entry in self.entries.values())
        return [entry for number, entry in self.entries.items() if number not in before]

    def shows(self, seen: dict[str, Any], entry: Any) -> bool:
        method, noun = entry.operation.split("-")
        if noun == "order":
            true = (
                seen.get("comment") is not None
                if method == "update"
                else seen.get("status") == STATUS[method]
            )
            return true and seen["order_id"] == entry.order_id
        there = seen.get("webhooks")
        if there is None or method == "delete":
            return there is not None and entry.target not in there
        return any(
            hook not in self.were_there[entry.id] and aims(url) == entry.target for hook, url in there.items()
        )

    def done(self, method: str, order_id: str, note: str, result: Any) -> None:
        assert result.order_id == order_id
        now = self.line.mock.orders[self.line.mock.site_id, order_id]
        if method == "update":
            assert now.comment == note == result.comment
        else:
            assert now.status == STATUS[method] == result.status
        if not outcome_of(result).confirmed_by_rereading:
            assert self.line.applied[self.line.tag] == 1

    @rule(seconds=st.sampled_from([1.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.line.now += seconds
        self.line.let_late_ones_through()

    @rule(order_id=st.sampled_from(IDS), faults=st.lists(FAULTS, max_size=4), trouble=TROUBLES)
    def read(self, order_id: str, faults: list[Fault], trouble: Trouble) -> None:
        self.begin()
        try:
            seen = self.call("get", faults, trouble, order_id=order_id)
        except errors.OutcomeUnknownError:
            pytest.fail("a read has no outcome to be unknown")
        except BaseException:
            seen = None
        if seen is not None:
            assert seen.status == self.line.mock.orders[self.line.mock.site_id, order_id].status
        assert self.judge_the_journal() == []

    @rule(faults=st.lists(FAULTS, max_size=4), trouble=TROUBLES)
    def settle(self, faults: list[Fault], trouble: Trouble) -> None:
        self.begin()
        try:
            settlements = self.call("settle", faults, trouble)
        except BaseException:
            settlements = []
        for settlement in settlements:
            if settlement.became == "done":
                assert any(self.shows(seen, settlement.write) for seen in self.line.seen)
        assert self.judge_the_journal() == []

    def teardown(self) -> None:
        if not hasattr(self, "line"):
            return
        self.line.let_late_ones_through(everything=True)
        applied = [tag for tag in self.not_done if self.line.applied.get(tag)]
        twice = [tag for tag, count in self.line.applied.items() if count > 1]
        self.perform("close")
        self.closing.close()
        assert applied == [], "reported as not done, and yet done, or done later"
        assert twice == [], "one call was applied twice"


class BlockingWrites(Writes):
    kind = OrdersClient

    def sleep(self, seconds: float) -> None:  # type: ignore[override]
        self.line.now += seconds

    def perform(self, method: str, trouble: Trouble = Trouble(), **arguments: Any) -> Any:
        return attrgetter(method)(self.client)(**arguments)


class AwaitingWrites(Writes):
    def perform(self, method: str, trouble: Trouble = Trouble(), **arguments: Any) -> Any:
        async def main() -> Any:
            task = asyncio.current_task()
            assert task is not None
            return await at_await(trouble.wait, attrgetter(method)(self.client)(**arguments), task.cancel)

        return asyncio.run(main())


class TrioWrites(Writes):
    def perform(self, method: str, trouble: Trouble = Trouble(), **arguments: Any) -> Any:
        ended: list[BaseException] = []

        async def main() -> Any:
            with trio.CancelScope() as scope:
                try:
                    return await at_await(
                        trouble.wait, attrgetter(method)(self.client)(**arguments), scope.cancel
                    )
                except BaseException as error:
                    # A cancellation stays within its scope, and of an interrupt there trio makes another error.
                    ended.append(error)

        try:
            result = trio.run(main)
        except BaseException:
            if not ended:
                raise
        if ended:
            raise ended[0]
        return result


TestBlockingWrites = BlockingWrites.TestCase
TestAwaitingWrites = AwaitingWrites.TestCase
# An interrupt at a line of ours may leave a generator of httpx where it was, which trio then tells of.
TestTrioWrites = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")(TrioWrites.TestCase)
TestBlockingWrites.settings = settings(max_examples=SEQUENCES, stateful_step_count=12)
TestAwaitingWrites.settings = TestTrioWrites.settings = TestBlockingWrites.settings
# Hypothesis makes these classes, so there is no place to decorate their test.
for case in (TestBlockingWrites, TestAwaitingWrites, TestTrioWrites):
    case.runTest = in_own_thread(case.runTest)  # type: ignore[method-assign]
del case  # It would be collected once more.
