"""Which connection does a call get, and what becomes of it? See also test_life.py, for many calls at once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest
import trio
from attrs import define, field
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, _pool, errors

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, answer
from contract_tests.client.faulty import FaultyServer, Peer, Received

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])


def asked(request: Received) -> httpx.Response:
    return answer(200, {"orderId": request.order_id, "status": "pending"})


def arguments(server: FaultyServer) -> dict[str, Any]:
    return {"base_url": server.url, "token": TOKEN, "site_id": SITE, "rate_limit": None}


def pool_of(client: Any) -> Any:
    return client._engine._http._transport._pool


def test_calls_one_after_the_other_use_one_connection(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_each(asked)) as server:
        client = dial(server)
        for number in range(20):
            assert client.get(f"order-{number}").order_id == f"order-{number}"
        assert server.connections == 1


def test_the_pool_is_ours_and_as_large_as_asked() -> None:
    with OrdersClient(token=TOKEN, site_id=SITE, concurrency=7) as client:
        assert isinstance(pool_of(client), _pool.Pool)
        assert pool_of(client)._most == 7
    assert isinstance(pool_of(AsyncOrdersClient(token=TOKEN, site_id=SITE)), _pool.AsyncPool)


def test_a_proxy_of_the_environment_gets_a_pool_of_ours_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked through it, as a proxy is: with the whole address in the first line."""
    with FaultyServer(ORDER) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with OrdersClient(
            token=TOKEN, site_id=SITE, base_url="http://shop.example", allow_http=True, rate_limit=None
        ) as client:
            assert client.get("dfa-3f1").order_id == "dfa-3f1"
            assert client.get("dfa-3f1").order_id == "dfa-3f1"
            (mounted,) = {
                type(each._pool) for each in client._engine._http._mounts.values() if each is not None
            }
        assert mounted is _pool.Pool
        assert proxy.connections == 1
        assert {request.target for request in proxy.requests} == {
            f"http://shop.example/v2/sites/{SITE}/orders/dfa-3f1"
        }


# ---------------------------------------------------------------- connections that have ended


def test_a_connection_that_the_server_closed_while_it_idled_is_not_used(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_and_close(ORDER)) as server:
        client = dial(server, retry=RetryPolicy(max_retries=0))
        for _ in range(5):
            client.get("dfa-3f1")
            time.sleep(0.02)  # The end of the connection is on its way.
        assert server.connections == 5


def test_a_connection_that_ends_under_a_write_is_judged_as_before(dial: Callable[..., Any]) -> None:
    """It was reused, and the server may have read the request before it closed: a refund is not sent again."""
    refunded = answer(200, ORDERS["refund"])
    with FaultyServer(ORDER, faulty.close_read, refunded) as server:
        client = dial(server)
        client.get("dfa-3f1")
        assert client.refund("dfa-3f1").status == "refunded"
        assert [request.method for request in server.requests] == ["GET", "POST", "GET"]


def test_an_idle_connection_is_let_go_after_its_time(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_each(asked)) as server:
        client = dial(server)
        client.get("order-1")
        (connection,) = pool_of(client)._idle
        while (inner := getattr(connection, "_connection", None)) is not None:
            connection = inner
        connection._expire_at = time.monotonic() - 1
        client.get("order-2")
        assert connection.is_closed()
        assert server.connections == 2
        assert len(pool_of(client)._open) == 1


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_too_many_is_not_taken_for_the_next_one(dial: Callable[..., Any], late: bool) -> None:
    """The same order twice: its id would not give it away."""
    fresh = answer(200, {**ORDERS["get"], "status": "refunded"})

    def twice(peer: Peer) -> None:
        peer.receive()
        whole = b"".join(faulty.wire(ORDER))
        peer.send(whole if late else whole + whole)
        if late:
            peer.wait(0.05)
            peer.send(whole)

    with FaultyServer(twice, fresh) as server:
        client = dial(server)
        assert client.get("dfa-3f1").status == "pending"
        time.sleep(0.15 if late else 0)
        assert client.get("dfa-3f1").status == "refunded"
        assert server.connections == 2


# ---------------------------------------------------------------- places


def test_whoever_waits_too_long_for_a_connection_was_never_sent(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.silence) as server:
        client = dial(server, concurrency=1, timeout=0.2, retry=RetryPolicy(max_retries=0), confirm=False)
        pool = pool_of(client)
        if isinstance(pool, _pool.Pool):
            pool._queue.take(None)
            with pytest.raises(errors.APITimeoutError, match="PoolTimeout") as caught:
                client.refund("dfa-3f1")
            pool._queue.give()
        else:
            client.runner.run(pool._take(None))
            with pytest.raises(errors.APITimeoutError, match="PoolTimeout") as caught:
                client.refund("dfa-3f1")
            pool._places.release()
        assert not caught.value.sent
        assert server.requests == []


def test_threads_get_their_places_in_the_order_of_their_coming() -> None:
    queue, came = _pool._Queue(1), []
    queue.take(None)
    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=lambda number=number: (queue.take(5), came.append(number))))
        threads[-1].start()
        while len(queue._waiting) <= number:
            time.sleep(0.001)
    with pytest.raises(httpcore.PoolTimeout):
        queue.take(0.01)
    for number, thread in enumerate(threads):
        queue.give()
        thread.join(5)
        assert came == list(range(number + 1))


@pytest.mark.parametrize("step", [faulty.close_read, faulty.garbage, faulty.half(ORDER), faulty.reset])
def test_a_call_that_fails_gives_its_place_back(dial: Callable[..., Any], step: Any) -> None:
    with FaultyServer(*[step] * 5, ORDER) as server:
        client = dial(server, concurrency=1, timeout=5, retry=RetryPolicy(max_retries=0))
        for _ in range(5):
            with pytest.raises(errors.APIConnectionError):
                client.get("dfa-3f1")
        assert client.get("dfa-3f1").order_id == "dfa-3f1"
        assert len(pool_of(client)._open) == 1


def test_cancelled_tasks_give_their_places_back() -> None:
    async def main(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), concurrency=4) as client:
            for pause in [number / 500 for number in range(20)]:
                tasks = [asyncio.create_task(client.get(f"order-{number}")) for number in range(12)]
                await asyncio.sleep(pause)
                for each in tasks:
                    each.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            got = await asyncio.gather(*(client.get(f"order-{number}") for number in range(12)))
            assert [order.order_id for order in got] == [f"order-{number}" for number in range(12)]
            assert len(pool_of(client)._open) <= 4
            assert pool_of(client)._places.value == 4

    with FaultyServer(faulty.reply_each(asked)) as server:
        asyncio.run(main(server))


def test_trio_cancels_and_reuses_as_well() -> None:
    async def main(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), concurrency=2, sleep=trio.sleep) as client:
            for pause in [number / 500 for number in range(10)]:
                with trio.move_on_after(pause):
                    await client.get("order-1")
            before = server.connections
            for _ in range(5):
                await client.get("order-2")
            assert server.connections <= before + 1
            assert pool_of(client)._places.value == 2

    with FaultyServer(faulty.reply_each(asked)) as server:
        trio.run(main, server)


def test_a_thread_that_waits_for_a_place_is_told_when_the_client_is_closed() -> None:
    held, release = threading.Event(), threading.Event()

    def hold(peer: Peer) -> None:
        request = peer.receive()
        held.set()
        release.wait(10)
        with contextlib.suppress(OSError):
            peer.send(b"".join(faulty.wire(asked(request))))

    with FaultyServer(hold) as server, ThreadPoolExecutor(2) as threads:
        client = OrdersClient(**arguments(server), concurrency=1, retry=RetryPolicy(max_retries=0))
        first = threads.submit(client.get, "order-1")
        held.wait(10)
        second = threads.submit(client.get, "order-2")
        while not pool_of(client)._queue._waiting:
            time.sleep(0.001)
        client.close()
        release.set()
        for each in (first, second):
            assert isinstance(each.exception(10), errors.APIConnectionError | errors.ClientClosedError)
        assert len(server.requests) == 1


# ---------------------------------------------------------------- event loops


def test_a_client_with_connections_in_another_loop_says_so_and_sends_nothing() -> None:
    with FaultyServer(ORDER) as server:
        with asyncio.Runner() as first, asyncio.Runner() as second:
            client = AsyncOrdersClient(**arguments(server))
            first.run(client.get("dfa-3f1"))
            for call in (client.get, client.refund):
                with pytest.raises(errors.EventLoopError, match="connections in another event loop"):
                    second.run(call("dfa-3f1"))
            with pytest.raises(RuntimeError, match="in the event loop that it was used in"):
                second.run(pool_of(client).aclose())
            first.run(client.get("dfa-3f1"))
            first.run(client.close())
        assert [request.method for request in server.requests] == ["GET", "GET"]


def test_a_client_without_open_connections_may_change_its_loop() -> None:
    with FaultyServer(faulty.reply_each(lambda request: closing(asked(request)))) as server:
        client = AsyncOrdersClient(**arguments(server))
        for number in range(3):
            assert asyncio.run(client.get(f"order-{number}")).order_id == f"order-{number}"
        asyncio.run(client.close())


def closing(response: httpx.Response) -> httpx.Response:
    response.headers["Connection"] = "close"
    return response


# ---------------------------------------------------------------- the shelf, without a socket


@define(eq=False)
class Line:
    """A connection that is what a test says."""

    ended: bool = False
    _h11_state: Any = field(factory=lambda: SimpleNamespace(trailing_data=(b"", False)))

    def can_handle_request(self, origin: object) -> bool:
        return True

    def is_idle(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def has_expired(self) -> bool:
        return self.ended


@pytest.fixture
def shelf() -> Any:
    maker = SimpleNamespace(
        _network_backend=None, _max_connections=9, create_connection=lambda origin: Line()
    )
    return _pool._Shelf(maker)


def test_the_connection_used_last_is_taken_first(shelf: Any) -> None:
    lines = [shelf._pick(None)[0] for _ in range(3)]
    for line in lines:
        assert shelf._put_back(line)
    assert shelf._pick(None) == (lines[2], [])


def test_one_that_has_ended_is_passed_over(shelf: Any) -> None:
    older, newer = (shelf._pick(None)[0] for _ in range(2))
    for line in (older, newer):
        shelf._put_back(line)
    newer.ended = True
    assert shelf._pick(None) == (older, [newer])
    assert shelf._open == {older}


def test_those_that_are_not_needed_any_more_are_let_go(shelf: Any) -> None:
    oldest, older, newest = (shelf._pick(None)[0] for _ in range(3))
    for line in (oldest, older, newest):
        shelf._put_back(line)
    oldest.ended = older.ended = True
    assert shelf._pick(None) == (newest, [oldest, older])
    assert shelf._open == {newest}
