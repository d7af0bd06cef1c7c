"""The time limit of a job, which a signal's handler raises, passes as an interrupt does, and no write is lost."""

from __future__ import annotations

import asyncio
import functools
import signal
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy
from webflow_orders.limits import RateLimiter, Reservation
from webflow_orders_mock import MockServer, MockWebflow, Request, Response, order

from contract_tests.client import failing
from contract_tests.client.conftest import access
from contract_tests.client.failing import WRITES, After, applied, before
from contract_tests.client.interrupting import JobTimeout, limited
from contract_tests.client.leaking import with_locals

mock = failing.mock


class TimeLimit:
    """What sets the limit of a job: its handler is a method, a function with arguments, or itself."""

    def __init__(self, kind: type[Exception]) -> None:
        self.kind = kind

    def __call__(self, number: int, frame: object) -> None:
        raise self.kind("the job takes too long")

    def handle(self, number: int, frame: object) -> None:
        raise self.kind("the job takes too long")


def by_function(kind: type[Exception], number: int, frame: object) -> None:
    raise kind("the job takes too long")


FURTHER: list[tuple[str, Callable[[type[Exception]], Any]]] = [
    ("refund-order", lambda kind: TimeLimit(kind).handle),
    ("refund-order", lambda kind: functools.partial(by_function, kind)),
]


class Slow(httpx.SyncByteStream):
    """A body in whose middle something happens."""

    def __init__(self, content: bytes, then: Callable[[], None]) -> None:
        self.content, self.then = content, then

    def __iter__(self) -> Iterator[bytes]:
        yield self.content[:10]
        self.then()
        yield self.content[10:]


# TimeoutError, for libraries take it for their own.
@pytest.mark.parametrize("kind", [JobTimeout, TimeoutError])
@pytest.mark.parametrize("where", ["send", "body", "wrapped"])
@pytest.mark.parametrize(("operation", "handler"), [*((each, TimeLimit) for each in WRITES), *FURTHER])
def test_the_time_limit_of_a_job_passes_as_an_interrupt_does(
    mock: MockWebflow, operation: str, where: str, handler: Any, kind: type[Exception]
) -> None:
    target, write = before(mock, operation)
    with limited(handler(kind)) as up:
        sent: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            sent.append(request.method)
            headers = dict(request.headers)  # As a library has them among its locals.
            assert mock.token in headers["authorization"]
            response = mock.transport().handle_request(request)
            if request.method == "GET":
                return response
            if where == "body":
                return httpx.Response(response.status_code, stream=Slow(response.read(), up))
            try:
                up()
            except kind as error:
                if where == "send":
                    raise
                raise httpx.ReadTimeout("timed out") from error
            return response

        client = OrdersClient(**access(mock), transport=httpx.MockTransport(answer))
        with pytest.raises(kind, match="the job takes too long") as caught:
            write(client)
    assert type(caught.value) is kind
    assert sent[-1] != "GET"  # It was not looked at either: there is no time left.
    (note,) = caught.value.__notes__
    assert f"{operation} of {operation.partition('-')[2]} {target} was sent" in note
    assert caught.value.__context__ is None
    assert mock.token not in with_locals(caught.value)
    (left,) = client.unsettled()
    assert (left.operation, left.ended, left.is_under_way) == (operation, kind.__name__, False)
    assert [each.became for each in client.settle()] == ["done"]
    assert applied(mock) == 1


def test_what_nobody_s_handler_raised_is_a_failure_like_any_other(mock: MockWebflow) -> None:
    """The handlers that a process has without anybody's doing are members of an enum, which can be called."""
    transport = httpx.MockTransport(After(mock, lambda: HTTPStatus(999)))
    client = OrdersClient(**access(mock), transport=transport)
    assert client.refund("dfa-3f1").status == "refunded"
    assert applied(mock) == 1


def test_the_time_limit_of_a_job_passes_out_of_a_task(mock: MockWebflow) -> None:
    with limited(TimeLimit(TimeoutError)) as up:
        transport = httpx.MockTransport(After(mock, up))

        async def refund() -> AsyncOrdersClient:
            client = AsyncOrdersClient(**access(mock), transport=transport)
            with pytest.raises(TimeoutError, match="the job takes too long") as caught:
                await client.refund("dfa-3f1")
            assert "refund-order of order dfa-3f1 was sent" in caught.value.__notes__[0]
            return client

        assert [each.ended for each in asyncio.run(refund()).unsettled()] == ["TimeoutError"]
    assert applied(mock) == 1


@pytest.mark.parametrize("kind", [JobTimeout, TimeoutError])
def test_a_read_and_a_wait_end_with_the_job_too(mock: MockWebflow, kind: type[Exception]) -> None:
    with limited(TimeLimit(kind)) as up:
        for sleep, status in ((None, 200), (lambda seconds: up(), 503)):
            sent: list[str] = []

            def answer(
                request: httpx.Request, sent: list[str] = sent, status: int = status
            ) -> httpx.Response:
                sent.append(request.method)
                if status == 200:
                    up()
                return httpx.Response(status)

            client = OrdersClient(
                **access(mock),
                transport=httpx.MockTransport(answer),
                **({} if sleep is None else {"sleep": sleep}),
            )
            with pytest.raises(kind, match="the job takes too long"):
                client.get("dfa-3f1")
            assert sent == ["GET"]
            assert client.unsettled() == []


@pytest.mark.parametrize("where", ["limiter", "look"])
def test_the_time_limit_of_a_job_passes_out_of_a_wait(mock: MockWebflow, where: str) -> None:
    """It is no failure of the limiter, and the outcome is not looked for any longer."""
    with limited(TimeLimit(TimeoutError)) as up:

        class Limiter(RateLimiter):
            def acquire(self, reservation: Reservation, now: float) -> float:
                up()
                return super().acquire(reservation, now)

        client = OrdersClient(
            token=mock.token, site_id=mock.site_id, sleep=lambda seconds: up(),
            rate_limit=Limiter(60) if where == "limiter" else None,
            transport=httpx.MockTransport(lambda request: httpx.Response(502)), retry=RetryPolicy(max_retries=0),
        )  # fmt: skip
        with pytest.raises(TimeoutError, match="the job takes too long") as caught:
            client.refund("dfa-3f1")
    assert [each.ended for each in client.unsettled()] == ([] if where == "limiter" else ["TimeoutError"])
    assert len(getattr(caught.value, "__notes__", [])) == (where == "look")


def test_the_time_limit_of_a_job_passes_while_a_socket_is_read() -> None:
    """A library takes a TimeoutError of its socket for one of its own."""
    up, main = threading.Event(), threading.main_thread().ident
    assert main is not None

    class Late(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            while request.method == "POST" and not up.wait(0.01):
                signal.pthread_kill(main, signal.SIGALRM)
            return answer

    def limit(number: int, frame: object) -> None:
        if not up.is_set():
            up.set()
            raise TimeoutError("the job takes too long")

    mock = Late(shop=False)
    mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
    with limited(limit), MockServer(mock) as server:
        client = OrdersClient(**access(mock), base_url=server.url)
        with pytest.raises(TimeoutError, match="the job takes too long") as caught:
            client.refund("dfa-3f1")
        assert "refund-order of order dfa-3f1 was sent" in caught.value.__notes__[0]
        assert mock.token not in with_locals(caught.value)
        assert [each.became for each in client.settle()] == ["done"]
        client.close()
    assert applied(mock) == 1
