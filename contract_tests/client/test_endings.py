"""Whatever ends a call, a write that may have been sent is accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
import trio
from webflow_orders import AsyncOrdersClient, OrdersClient, errors, outcome_of
from webflow_orders_mock import MockWebflow, order

from contract_tests.client.conftest import ORDERS, SITE, WRITES, Script, answer, perform
from contract_tests.client.failing import Mute
from contract_tests.client.interrupting import at_await, at_line, interrupt

REFUNDED = answer(json=ORDERS["refund"])


class Broken(BaseException):
    """What no `except Exception` catches."""


class After:
    """A transport that hands requests to the mock, and after the first write does something else than answer."""

    def __init__(self, mock: MockWebflow, then: Callable[[], Any]) -> None:
        self.inner, self.then, self.writes = mock.transport(), then, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        if request.method != "GET":
            self.writes += 1
            if self.writes == 1:
                response.read()
                self.then()
        return response


@pytest.fixture
def mock() -> MockWebflow:
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
    return mock


def raising(error: BaseException) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


def applied(mock: MockWebflow) -> int:
    return sum(entry.applied for entry in mock.ledger)


# ---------------------------------------------------------------- exceptions of others

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


# ---------------------------------------------------------------- what must pass

PASSING = [KeyboardInterrupt, SystemExit, GeneratorExit, Broken]


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("kind", PASSING)
def test_what_must_pass_passes_with_a_note_a_warning_and_an_entry(
    mock: MockWebflow, method: str, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    if method == "unfulfill":
        mock.seed(mock.site_id, order("dfa-3f1", status="fulfilled"))
    transport = httpx.MockTransport(After(mock, raising(kind())))
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
    with caplog.at_level(logging.WARNING), pytest.raises(kind) as caught:
        perform(client, method)
    (note,) = caught.value.__notes__
    assert f"{method}-order of order dfa-3f1" in note
    assert note in caplog.text
    (write,) = client.unsettled()
    assert (write.ended, write.is_under_way) == (kind.__name__, False)
    assert [each.became for each in client.settle()] == ["done"]
    assert applied(mock) == 1


@pytest.mark.parametrize("method", WRITES)
def test_an_interrupt_while_a_connection_is_made_leaves_no_trace(
    method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import socket

    def interrupted(*arguments: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    client = OrdersClient(token="t", site_id=SITE, base_url="http://127.0.0.1:9", rate_limit=None)
    monkeypatch.setattr(socket, "create_connection", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        perform(client, method)
    assert not hasattr(caught.value, "__notes__")
    assert client.unsettled() == []
    assert caplog.records == []


def test_a_signal_while_the_answer_is_awaited(mock: MockWebflow) -> None:
    transport = httpx.MockTransport(After(mock, lambda: signal.raise_signal(signal.SIGINT)))
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.refund("dfa-3f1")
    assert "refund-order of order dfa-3f1" in caught.value.__notes__[0]
    assert len(client.unsettled()) == 1


def test_an_interrupt_after_the_write_is_settled_is_said_too(
    mock: MockWebflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=mock.transport(), rate_limit=None)
    journal = client._engine.journal
    answered = journal.answered

    def interrupted(number: int) -> None:
        answered(number)
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "answered", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.refund("dfa-3f1")
    assert "was carried out" in caught.value.__notes__[0]
    assert [write.operation for write in client.unsettled()] == ["refund-order"]


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("in_a_file", [False, True])
def test_an_interrupt_at_any_line_loses_no_write(tmp_path: Path, method: str, in_a_file: bool) -> None:
    said: list[str] = []
    for line in itertools.count(1, 7 if in_a_file else 1):
        mock = MockWebflow(shop=False)
        mock.seed(
            mock.site_id, order("dfa-3f1", status="fulfilled" if method == "unfulfill" else "unfulfilled")
        )
        client = OrdersClient(
            token=mock.token, site_id=mock.site_id, transport=mock.transport(), rate_limit=None,
            journal=tmp_path / "shop.sqlite" if in_a_file else None,
        )  # fmt: skip
        try:
            with at_line(line, interrupt):
                perform(client, method)
        except KeyboardInterrupt as error:
            unsettled = client.unsettled()
            assert not any(write.is_under_way for write in unsettled), line
            if applied(mock):
                assert [write.operation for write in unsettled] == [f"{method}-order"], line
                said.append(error.__notes__[0])
            for write in unsettled:
                client._engine.journal.settle(write.id)
            client.close()
            continue
        assert client.unsettled() == []
        client.close()
        break
    assert len(said) > 3
    assert all(f"{method}-order of order dfa-3f1" in note for note in said)


def test_a_second_interrupt_at_any_line_loses_no_write(mock: MockWebflow) -> None:
    """The first comes while the answer is awaited; the second meets what the client makes of the first."""
    for line in itertools.count(1):
        mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
        fired: list[int] = []

        def twice(line: int = line, fired: list[int] = fired) -> None:
            fired.append(line)
            raise SystemExit

        transport = httpx.MockTransport(After(mock, raising(KeyboardInterrupt())))
        client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
        try:
            with at_line(line, twice):
                client.refund("dfa-3f1")
        except BaseException as error:
            ended = error
        unsettled = client.unsettled()
        assert not any(write.is_under_way for write in unsettled), line
        if mock.orders[mock.site_id, "dfa-3f1"].status == "refunded":
            assert [write.operation for write in unsettled] == ["refund-order"], line
            shown = "".join(traceback.format_exception(ended))
            assert "refund-order of order dfa-3f1 was sent" in shown, line
        if not fired:
            break
    assert line > 100


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
    client = OrdersClient(
        token=mock.token, site_id=mock.site_id, transport=transport, clock=clock, rate_limit=None
    )
    with pytest.raises(errors.OutcomeUnknownError, match="Mute: its reason cannot be read"):
        client.refund("dfa-3f1")
    assert [write.ended for write in client.unsettled()] == ["Mute"]


# ---------------------------------------------------------------- cancellation


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("in_a_file", [False, True])
def test_a_cancellation_at_any_await_loses_no_write(tmp_path: Path, backend: str, in_a_file: bool) -> None:
    """By what cancels a task in each: asyncio's own way does not wait for the thread that writes to the journal."""
    mock = MockWebflow(shop=False)

    async def main(wait: int) -> bool:
        before = applied(mock)
        client = AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=Waiting(mock), rate_limit=None,
            journal=tmp_path / "shop.sqlite" if in_a_file else None,
        )  # fmt: skip
        told = False
        with (
            trio.CancelScope() if backend == "trio" else contextlib.suppress(asyncio.CancelledError) as scope
        ):
            task = asyncio.current_task() if backend == "asyncio" else None
            cancel: Any = (scope or task).cancel  # type: ignore[union-attr]  # There is always one of the two.
            await at_await(wait, client.refund("dfa-3f1"), cancel)
            told = True
        unsettled = client.unsettled()
        assert not any(write.is_under_way for write in unsettled)
        if applied(mock) > before and not told:
            assert [write.operation for write in unsettled] == ["refund-order"], wait
        for write in unsettled:
            client._engine.journal.settle(write.id)
        await client.close()
        return told

    for wait in itertools.count(1):
        mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
        if trio.run(main, wait) if backend == "trio" else asyncio.run(main(wait)):
            break
    assert wait > 1


class Hanging(httpx.AsyncBaseTransport):
    """Hands requests to the mock, and never gives the answer of a write back; says when it has one."""

    def __init__(self, mock: MockWebflow) -> None:
        self.inner = mock.transport()
        self.carried_out = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method != "GET":
            self.carried_out.set()
            await anyio.sleep_forever()
        return response


class Waiting(httpx.AsyncBaseTransport):
    """Waits before a request is carried out, and before its answer is given."""

    def __init__(self, mock: MockWebflow) -> None:
        self.inner = mock.transport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()
        response = await self.inner.handle_async_request(request)
        await anyio.lowlevel.checkpoint()
        return response


async def by_task_cancel(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    task = asyncio.create_task(client.refund("dfa-3f1"))
    await transport.carried_out.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


class Leaping(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def leap(transport: Hanging) -> None:
    """Let ten seconds pass as soon as the write was carried out."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Leaping)
    await transport.carried_out.wait()
    loop.ahead += 10


async def by_wait_for(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    leaping = asyncio.create_task(leap(transport))
    with pytest.raises(TimeoutError) as caught:
        await asyncio.wait_for(client.refund("dfa-3f1"), 10)
    await leaping
    assert caught.value.__cause__ is not None
    return caught.value.__cause__


async def by_timeout(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    leaping = asyncio.create_task(leap(transport))
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(10):
            await client.refund("dfa-3f1")
    await leaping
    assert caught.value.__cause__ is not None
    return caught.value.__cause__


async def by_task_group(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    seen: list[BaseException] = []

    async def refund() -> None:
        try:
            await client.refund("dfa-3f1")
        except BaseException as error:
            seen.append(error)
            raise

    async def fail() -> None:
        await transport.carried_out.wait()
        raise ValueError("another task")

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(refund())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await both()
    return seen[0]


@pytest.mark.parametrize("cancel", [by_task_cancel, by_wait_for, by_timeout, by_task_group])
def test_a_cancellation_passes_with_a_note_and_an_entry(
    mock: MockWebflow, cancel: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        transport = Hanging(mock)
        async with AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None
        ) as client:
            error = await cancel(client, transport)
            assert any("refund-order of order dfa-3f1" in note for note in error.__notes__)
            assert [write.ended for write in client.unsettled()] == ["CancelledError"]
            assert [each.became for each in await client.settle()] == ["done"]

    with caplog.at_level(logging.WARNING), asyncio.Runner(loop_factory=Leaping) as runner:
        runner.run(main())
    assert "may have been carried out" in caplog.text
    assert applied(mock) == 1


def test_a_scope_of_trio_that_is_cancelled_leaves_an_entry(mock: MockWebflow) -> None:
    async def main() -> None:
        transport = Hanging(mock)
        async with AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None
        ) as client:
            with trio.CancelScope() as scope:

                async def cancel() -> None:
                    await transport.carried_out.wait()
                    scope.cancel()

                async with trio.open_nursery() as nursery:
                    nursery.start_soon(cancel)
                    await client.refund("dfa-3f1")
            assert scope.cancelled_caught
            assert [write.ended for write in client.unsettled()] == ["Cancelled"]
            assert [each.became for each in await client.settle()] == ["done"]

    trio.run(main)
    assert applied(mock) == 1


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
