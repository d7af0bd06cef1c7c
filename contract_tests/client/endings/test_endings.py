"""Whatever others raise once a write may have been sent, what became of it is looked into, or said to be unknown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, errors, outcome_of
from webflow_orders_mock import MockWebflow

from contract_tests.client import failing
from contract_tests.client.conftest import ORDERS, SITE, WRITES, Script, access, answer, perform
from contract_tests.client.failing import After, Mute, applied, raising

mock = failing.mock


FOREIGN = [
    RuntimeError("the answer is lost"), KeyError("date"), OSError(5, "input/output"), TimeoutError(), MemoryError(),
    RecursionError(), ImportError("late"), OverflowError("date"), AssertionError(),
    ExceptionGroup("two", [ValueError()]),
]  # fmt: skip


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_what_a_transport_raises_after_it_sent_a_refund_is_looked_into(
    connect: Callable[..., Any], mock: MockWebflow, error: Exception
) -> None:
    client = connect(After(mock, raising(error)), token=mock.token, site_id=mock.site_id)
    assert outcome_of(client.refund("dfa-3f1")).confirmed_by_rereading
    assert applied(mock) == 1
    assert client.unsettled() == []


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_without_a_look_it_is_unknown_and_in_the_journal(
    connect: Callable[..., Any], mock: MockWebflow, error: Exception
) -> None:
    client = connect(After(mock, raising(error)), token=mock.token, site_id=mock.site_id, confirm=False)
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.refund("dfa-3f1")
    assert caught.value.__cause__ is not None
    (write,) = client.unsettled()
    assert (write.operation, write.order_id, write.attempted) == (
        "refund-order", "dfa-3f1", "make its status refunded",
    )  # fmt: skip
    assert not write.is_under_way
    (settlement,) = client.settle()
    assert (settlement.became, settlement.order.status) == ("done", "refunded")
    assert client.unsettled() == []


@pytest.mark.parametrize("method", WRITES)
def test_a_clock_that_fails_after_a_write_was_sent_hides_nothing(method: str) -> None:
    ticks = iter(range(1000))
    broken: list[BaseException] = []

    def clock() -> float:
        if broken:
            raise broken[0]
        return float(next(ticks))

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            broken.append(ZeroDivisionError("the clock"))
        return answer(json=ORDERS[method])

    transport = httpx.MockTransport(reply)
    client = OrdersClient(token="t", site_id=SITE, transport=transport, clock=clock, rate_limit=None)
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        perform(client, method)
    assert isinstance(caught.value.cause, ZeroDivisionError)
    assert [write.ended for write in client.unsettled()] == ["ZeroDivisionError"]


@pytest.mark.parametrize("method", WRITES)
def test_before_the_first_byte_a_foreign_exception_passes_and_leaves_no_trace(method: str) -> None:
    def clock() -> float:
        raise ZeroDivisionError("the clock")

    script = Script(answer(json=ORDERS[method]))
    transport = httpx.MockTransport(script)
    client = OrdersClient(token="t", site_id=SITE, transport=transport, clock=clock, rate_limit=None)
    with pytest.raises(ZeroDivisionError):
        perform(client, method)
    assert script.requests == []
    assert client.unsettled() == []


@pytest.mark.parametrize(
    "date",
    [
        "Wed, 21 Oct 2099 07:28:00 +99999999999999999999",
        "Wed, 21 Oct 99999999 07:28:00 GMT",
        "9" * 400,
    ],
)
def test_a_look_that_is_answered_with_an_impossible_date_leaves_a_refund_unknown(
    connect: Callable[..., Any], date: str
) -> None:
    client = connect(Script(answer(502, {}), answer(503, {}, **{"Retry-After": date})))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.refund("dfa-3f1")
    assert caught.value.__cause__ is caught.value.cause


def test_a_limiter_that_dies_before_the_look_leaves_a_refund_unknown(connect: Callable[..., Any]) -> None:
    class Dying:
        blocking = False
        left = 1

        def acquire(self, reservation: Any, now: float) -> float:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("the limiter is gone")
            return 0.0

        def update(self, headers: Any, now: float) -> None: ...
        def backoff(self, seconds: float, now: float) -> None: ...
        def cancel(self, reservation: Any) -> None: ...

    client = connect(Script(answer(502, {})), rate_limit=Dying())
    with pytest.raises(errors.OutcomeUnknownError):
        client.refund("dfa-3f1")
    assert [write.ended for write in client.unsettled()] == ["ServerError 502"]


def test_what_cannot_even_say_its_reason_is_no_way_out(
    connect: Callable[..., Any], mock: MockWebflow
) -> None:
    client = connect(After(mock, raising(Mute())), token=mock.token, site_id=mock.site_id, confirm=False)
    with pytest.raises(errors.OutcomeUnknownError):
        client.refund("dfa-3f1")
    assert len(client.unsettled()) == 1


def test_a_clock_that_raises_what_cannot_say_its_reason(mock: MockWebflow) -> None:
    broken: list[Exception] = []

    def clock() -> float:
        if broken:
            raise broken[0]
        return 0.0

    transport = httpx.MockTransport(After(mock, lambda: broken.append(Mute())))
    client = OrdersClient(**access(mock), transport=transport, clock=clock)
    with pytest.raises(errors.OutcomeUnknownError, match="Mute: its reason cannot be read"):
        client.refund("dfa-3f1")
    assert [write.ended for write in client.unsettled()] == ["Mute"]


# ---------------------------------------------------------------- imports

IMPORTS = """
import sys
import traceback
import httpx
from webflow_orders import OrdersClient, errors

known = set()

def reply(request):
    known.update(sys.modules)
    if request.method != "GET":
        return httpx.Response({status}, json={{"message": "m", "code": "c"}})
    return httpx.Response(200, json={{"orderId": "dfa-3f1", "status": "refunded"}})

orders = OrdersClient(token="t", site_id="5" * 24, transport=httpx.MockTransport(reply), rate_limit=None)
try:
    orders.refund("dfa-3f1")
except errors.WebflowOrdersError:
    pass
print(sorted(set(sys.modules) - known))
"""


@pytest.mark.parametrize("status", [200, 302, 409, 502])
def test_nothing_is_imported_after_a_write_has_left(status: int) -> None:
    program = [sys.executable, "-c", IMPORTS.format(status=status)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
