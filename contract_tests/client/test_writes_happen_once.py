"""Model-checked: whatever fails, wherever and in whatever order, is what the caller is told about a write true?"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders_mock import MockWebflow, order

from contract_tests.client.conftest import Blocking
from contract_tests.client.failing import DOUBTFUL, NONSENSE, REFUSALS, Failing, Fault, Point

IDS = ["000-001", "000-002", "000-003"]
# How many sequences; CI does a few on each run, a night does ten thousand: SEQUENCES=10000 make test.
SEQUENCES = int(os.environ.get("SEQUENCES", "60"))

FAULTS = st.one_of(
    st.builds(
        Fault,
        st.sampled_from([Point.NOWHERE, Point.CONNECT, Point.BEFORE, Point.AFTER, Point.HEADERS, Point.HALF]),
    ),
    st.builds(Fault, st.just(Point.LATE), delay=st.sampled_from([0.0, 0.5, 2.5, 5.0, 40.0, 1000.0])),
    st.builds(Fault, st.just(Point.STATUS), st.sampled_from(REFUSALS + DOUBTFUL), st.sampled_from(NONSENSE)),
    st.builds(Fault, st.just(Point.STATUS_AFTER), st.sampled_from(DOUBTFUL), st.sampled_from(NONSENSE)),
    st.builds(Fault, st.sampled_from([Point.BODY, Point.BODY_AFTER]), body=st.sampled_from(NONSENSE)),
)
CALLS = st.sampled_from(["fulfill", "unfulfill", "refund", "update"])
STATUS = {"fulfill": "fulfilled", "unfulfill": "unfulfilled", "refund": "refunded"}


class Writes(RuleBasedStateMachine):
    """Random writes on a few orders, each exchange with a fault of its own, judged by the mock's ledger."""

    kind: type[Any]

    @initialize()
    def open(self) -> None:
        self.line = Failing(MockWebflow(shop=False, clock=lambda: 1e9 + self.line.now))
        mock = self.line.mock
        mock.seed(mock.site_id, *(order(each, status="unfulfilled") for each in IDS))
        self.not_done: list[int] = []
        self.runner = asyncio.Runner()
        arguments: dict[str, Any] = {
            "token": mock.token, "site_id": mock.site_id, "transport": self.line, "clock": lambda: self.line.now,
            "retry": RetryPolicy(draw=lambda: 1.0), "rate_limit": None,
        }  # fmt: skip
        if self.kind is OrdersClient:
            self.client: Any = OrdersClient(sleep=self.sleep, **arguments)
        else:
            self.client = Blocking(AsyncOrdersClient(sleep=self.sleep_async, **arguments), self.runner)

    def sleep(self, seconds: float) -> None:
        self.line.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.line.now += seconds

    @rule(
        method=CALLS,
        order_id=st.sampled_from(IDS),
        faults=st.lists(FAULTS, max_size=6),
        note=st.sampled_from("ab"),
    )
    def write(self, method: str, order_id: str, faults: list[Fault], note: str) -> None:
        self.line.tag += 1
        self.line.faults = list(faults)
        arguments = {"comment": note} if method == "update" else {}
        try:
            result = getattr(self.client, method)(order_id, **arguments)
        except errors.OutcomeUnknownError:
            failed = any(fault.point is not Point.NOWHERE for fault in faults)
            assert failed, "nothing went wrong, yet the outcome is unknown"
        except errors.WebflowOrdersError:
            self.not_done.append(self.line.tag)
        else:
            self.done(method, order_id, note, result)
        self.line.faults = []
        assert self.line.applied.get(self.line.tag, 0) <= 1, "one call was applied twice"

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

    @rule(order_id=st.sampled_from(IDS), faults=st.lists(FAULTS, max_size=4))
    def read(self, order_id: str, faults: list[Fault]) -> None:
        self.line.faults = list(faults)
        try:
            seen = self.client.get(order_id)
        except errors.OutcomeUnknownError:
            pytest.fail("a read has no outcome to be unknown")
        except errors.WebflowOrdersError:
            seen = None
        if seen is not None:
            assert seen.status == self.line.mock.orders[self.line.mock.site_id, order_id].status
        self.line.faults = []

    def teardown(self) -> None:
        if not hasattr(self, "line"):
            return
        self.line.let_late_ones_through(everything=True)
        applied = [tag for tag in self.not_done if self.line.applied.get(tag)]
        twice = [tag for tag, count in self.line.applied.items() if count > 1]
        self.client.close()
        self.runner.close()
        assert applied == [], "reported as not done, and yet done, or done later"
        assert twice == [], "one call was applied twice"


class BlockingWrites(Writes):
    kind = OrdersClient


class AwaitingWrites(Writes):
    kind = AsyncOrdersClient


TestBlockingWrites = BlockingWrites.TestCase
TestAwaitingWrites = AwaitingWrites.TestCase
TestBlockingWrites.settings = settings(max_examples=SEQUENCES, stateful_step_count=12)
TestAwaitingWrites.settings = TestBlockingWrites.settings
