"""Which connection does a call get, and what becomes of it? See also test_many_at_once.py."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import trio
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders._http import attempt

from contract_tests.client import faulty
from contract_tests.client.conftest import LIBRARIES, ORDERS, answer
from contract_tests.client.faulty import FaultyServer, Peer
from contract_tests.client.living import ORDER, arguments, asked

dial = faulty.dial
NO_RETRY = RetryPolicy(max_retries=0)
EITHER = pytest.mark.parametrize("library", [library.__name__ for library in LIBRARIES])


def test_calls_one_after_the_other_use_one_connection(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_each(asked)) as server:
        client = dial(server)
        for number in range(20):
            assert client.get(f"order-{number}").order_id == f"order-{number}"
        assert server.connections == 1


# ---------------------------------------------------------------- connections that have ended


def test_a_connection_that_the_server_closed_while_it_idled_is_not_used(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_and_close(ORDER)) as server:
        client = dial(server, retry=NO_RETRY)
        for _ in range(5):
            client.get("dfa-3f1")
            assert server.hung_up.acquire(timeout=60)
        assert server.connections == 5


def test_a_connection_that_ends_under_a_write_is_judged_as_before(dial: Callable[..., Any]) -> None:
    """It was reused, and the server may have read the request before it closed: a refund is not sent again."""
    refunded = answer(200, ORDERS["refund"])
    with FaultyServer(ORDER, faulty.close_read, refunded) as server:
        client = dial(server)
        client.get("dfa-3f1")
        assert client.refund("dfa-3f1").status == "refunded"
        assert [request.method for request in server.requests] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_too_many_is_not_taken_for_the_next_one(dial: Callable[..., Any], late: bool) -> None:
    """The same order twice, in one piece or one after the other: its id would not give it away."""
    read, sent = threading.Event(), threading.Event()

    def twice(peer: Peer) -> None:
        peer.receive()
        whole = b"".join(faulty.wire(ORDER))
        peer.send(whole if late else whole + whole)
        if late:
            read.wait(60)
            peer.send(whole)
            sent.set()

    fresh = answer(200, {**ORDERS["get"], "status": "refunded"})
    with FaultyServer(twice, fresh) as server:
        client = dial(server)
        assert client.get("dfa-3f1").status == "pending"
        read.set()
        assert not late or sent.wait(60)
        assert client.get("dfa-3f1").status == "refunded"
        assert server.connections == 2


@pytest.mark.parametrize("method", ["update", "refund"])
def test_an_answer_too_many_is_not_taken_for_that_to_a_write(dial: Callable[..., Any], method: str) -> None:
    """Whatever was left over says, the write was sent, and what became of it is looked for, on another connection."""
    done = answer(200, ORDERS[method] | {"comment": "x", "status": "refunded"})

    def doubled(peer: Peer) -> None:
        peer.receive()
        peer.send(b"".join(faulty.wire(done)) * 2)

    with FaultyServer(doubled, done) as server:
        client = dial(server)
        client.get("dfa-3f1")
        order = client.update("dfa-3f1", comment="x") if method == "update" else client.refund("dfa-3f1")
        assert outcome_of(order).confirmed_by_rereading
        # The write need not have been read yet when its connection is given up; more than once it was not sent.
        assert [request.connection for request in server.requests if request.method == "GET"] == [1, 2]
        assert len(server.writes) <= 1


@pytest.mark.parametrize(
    "rest", [b"HTTP/1.1 200 OK\r\nContent-Le", b"}", b"\r\n\r\n", b"HTTP/1.1 102 Processing\r\n"]
)
def test_a_part_of_an_answer_that_is_left_over_is_not_taken_for_one(
    dial: Callable[..., Any], rest: bytes
) -> None:
    def more(peer: Peer) -> None:
        peer.receive()
        peer.send(b"".join(faulty.wire(ORDER)) + rest)

    with FaultyServer(more, answer(200, {**ORDERS["get"], "status": "refunded"})) as server:
        client = dial(server)
        assert client.get("dfa-3f1").status == "pending"
        assert client.get("dfa-3f1").status == "refunded"


# ---------------------------------------------------------------- time


@EITHER
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_nothing_is_sent_on_a_connection_that_took_all_the_time_there_was(kind: str, library: Any) -> None:
    """A name may have several addresses, and each that does not answer takes as long as the first may."""
    given = {"retry": NO_RETRY, "transport": library}

    def too_late(stream: Any) -> None:
        current = attempt._current.get()
        assert current is not None
        current.until = 0.0

    async def awaited(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), **given) as client:
            client._engine.engine.watch = too_late  # type: ignore[method-assign]  # To act in that moment.
            await client.refund("dfa-3f1")

    def refund(server: FaultyServer) -> None:
        if kind == "async":
            return asyncio.run(awaited(server))
        with OrdersClient(**arguments(server), **given) as client:
            client._engine.engine.watch = too_late  # type: ignore[method-assign]  # As above.
            client.refund("dfa-3f1")

    with FaultyServer(ORDER) as server:
        with pytest.raises(errors.APITimeoutError, match="no time was left") as caught:
            refund(server)
        assert not caught.value.sent
        assert server.requests == []


def test_no_time_is_too_long_for_a_socket() -> None:
    with (
        FaultyServer(ORDER) as server,
        OrdersClient(**arguments(server), timeout=1e300, deadline=1e300) as client,
    ):
        assert client.get("dfa-3f1").status == "pending"


# ---------------------------------------------------------------- places


@EITHER
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_whoever_waits_too_long_for_a_connection_was_never_sent(kind: str, library: Any) -> None:
    given = {"concurrency": 1, "retry": NO_RETRY, "confirm": False, "transport": library}

    def holding(server: FaultyServer) -> errors.APITimeoutError:
        with OrdersClient(**arguments(server), **given) as client, ThreadPoolExecutor(1) as threads:
            first = threads.submit(client.get, "dfa-3f1")
            held.wait(60)
            with pytest.raises(errors.APITimeoutError, match="PoolTimeout") as caught:
                client.with_options(timeout=0.1).refund("dfa-3f1")
            release.set()
            first.result(60)
            return caught.value

    async def awaited(server: FaultyServer) -> errors.APITimeoutError:
        async with AsyncOrdersClient(**arguments(server), **given) as client:
            first = asyncio.create_task(client.get("dfa-3f1"))
            await asyncio.to_thread(held.wait, 60)
            with pytest.raises(errors.APITimeoutError) as caught:
                await client.with_options(timeout=0.1).refund("dfa-3f1")
            release.set()
            await first
            return caught.value

    held, release = threading.Event(), threading.Event()
    with FaultyServer(faulty.holding_back(held, release)) as server:
        error = holding(server) if kind == "sync" else asyncio.run(awaited(server))
        assert not error.sent
        assert server.writes == []


@pytest.mark.parametrize("step", [faulty.close_read, faulty.garbage, faulty.half(ORDER), faulty.reset])
def test_a_call_that_fails_gives_its_place_back(dial: Callable[..., Any], step: Any) -> None:
    with FaultyServer(*[step] * 5, ORDER) as server:
        client = dial(server, concurrency=1, timeout=60, retry=NO_RETRY)
        for _ in range(5):
            with pytest.raises(errors.APIConnectionError):
                client.get("dfa-3f1")
        assert client.get("dfa-3f1").order_id == "dfa-3f1"


class Stages:
    """A server that stops at a stage of an answer until the client hangs up, and says that it has come there."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)

    def step(self, sent: int) -> Callable[[Peer], None]:
        """Sends so many bytes of the answer, and no more."""

        def stop(peer: Peer) -> None:
            request = peer.receive()
            peer.send(b"".join(faulty.wire(asked(request)))[:sent])
            self.reached.release()
            peer.until_the_client_hangs_up()

        return stop


# Before the answer, in the middle of its first line, of its headers, and of its body.
STAGES = (0, 7, 40, 90)


@EITHER
@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_cancelled_calls_give_their_places_back(loop: str, library: Any) -> None:
    """At each stage two are cancelled, of two that there may be; then whoever comes finds a place."""
    stages = Stages()
    script = [stages.step(sent) for sent in STAGES for _ in range(2)]

    async def with_asyncio(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), concurrency=2, transport=library) as client:
            for _ in STAGES:
                tasks = [asyncio.create_task(client.get("order-1")) for _ in range(2)]
                for _ in tasks:
                    assert await asyncio.to_thread(stages.reached.acquire, timeout=60)
                for each in tasks:
                    each.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            got = await asyncio.gather(*(client.get(f"order-{number}") for number in range(12)))
            assert [order.order_id for order in got] == [f"order-{number}" for number in range(12)]

    async def with_trio(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), concurrency=2, transport=library) as client:
            for _ in STAGES:
                async with trio.open_nursery() as nursery:
                    for _ in range(2):
                        nursery.start_soon(client.get, "order-1")
                    for _ in range(2):
                        assert await trio.to_thread.run_sync(lambda: stages.reached.acquire(timeout=60))
                    nursery.cancel_scope.cancel()
            for number in range(5):
                assert (await client.get(f"order-{number}")).order_id == f"order-{number}"

    with FaultyServer(*script, faulty.reply_each(asked)) as server:
        if loop == "asyncio":
            asyncio.run(with_asyncio(server))
        else:
            trio.run(with_trio, server)
        assert server.connections <= 2 * len(STAGES) + 2


def test_under_trio_a_client_sleeps_without_being_told_how() -> None:
    async def main(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), retry=RetryPolicy(base_delay=0.001)) as client:
            assert outcome_of(await client.refund("dfa-3f1")).confirmed_by_rereading

    with FaultyServer(
        answer(429, Retry_After="0"), answer(502), answer(503), answer(200, ORDERS["refund"])
    ) as server:
        trio.run(main, server)


def coded(peer: Peer) -> None:
    """Says gzip, and is none; in pieces, for ever."""
    peer.receive()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        peer.send(b"400\r\n" + bytes(1024) + b"\r\n")


def endless(peer: Peer) -> None:
    peer.receive()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        peer.send(b"400\r\n" + bytes(1024) + b"\r\n")


@EITHER
@pytest.mark.parametrize("step", [coded, endless, faulty.half(ORDER), faulty.half_chunked(ORDER)])
def test_a_body_that_is_given_up_leaves_no_generator_open(step: Any, library: Any) -> None:
    """Trio tells of each that is: those of the library that carries the client, too."""

    async def main(server: FaultyServer) -> None:
        async with AsyncOrdersClient(
            **arguments(server), retry=NO_RETRY, max_body=5000, transport=library
        ) as client:
            with pytest.raises((errors.ResponseDecodeError, errors.APIConnectionError)):
                await client.get("dfa-3f1")

    with FaultyServer(step) as server, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        trio.run(main, server)
    assert [text for each in told if "Async generator" in (text := str(each.message))] == []


@EITHER
def test_a_thread_that_waits_for_a_place_is_told_when_the_client_is_closed(library: Any) -> None:
    held, release = threading.Event(), threading.Event()
    with FaultyServer(faulty.holding_back(held, release)) as server, ThreadPoolExecutor(2) as threads:
        client = OrdersClient(**arguments(server), concurrency=1, retry=NO_RETRY, transport=library)
        first = threads.submit(client.get, "order-1")
        held.wait(60)
        waiting = threading.Event()
        engine = client._engine.engine
        ready = engine._ready

        def tell() -> Any:
            waiting.set()
            return ready()

        engine._ready = tell  # type: ignore[method-assign]  # To act in that moment.
        second = threads.submit(client.get, "order-2")
        waiting.wait(60)
        client.close()
        release.set()
        for each in (first, second):
            assert isinstance(each.exception(60), errors.APIConnectionError | errors.ClientClosedError)
        assert len(server.requests) == 1


# ---------------------------------------------------------------- event loops


@EITHER
def test_a_client_with_connections_in_another_loop_says_so_and_sends_nothing(library: Any) -> None:
    with FaultyServer(ORDER) as server:
        with asyncio.Runner() as first, asyncio.Runner() as second:
            client = AsyncOrdersClient(**arguments(server), transport=library)
            first.run(client.get("dfa-3f1"))
            for call in (client.get, client.refund):
                with pytest.raises(errors.EventLoopError, match="connections in another event loop"):
                    second.run(call("dfa-3f1"))
            with pytest.raises(RuntimeError, match="in the event loop that it was used in"):
                second.run(client.close())
            first.run(client.get("dfa-3f1"))
            first.run(client.close())
        assert [request.method for request in server.requests] == ["GET", "GET"]


@EITHER
def test_a_client_without_open_connections_may_change_its_loop(library: Any) -> None:
    with FaultyServer(faulty.reply_each(lambda request: closing(asked(request)))) as server:
        client = AsyncOrdersClient(**arguments(server), transport=library)
        for number in range(3):
            assert asyncio.run(client.get(f"order-{number}")).order_id == f"order-{number}"
        asyncio.run(client.close())


def closing(response: httpx.Response) -> httpx.Response:
    response.headers["Connection"] = "close"
    return response
