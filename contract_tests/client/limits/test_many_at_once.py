"""Can many threads and tasks share a client, and what does one that is cancelled leave behind?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient
from webflow_orders._http.attempt import Watch
from webflow_orders_mock import MockServer

from contract_tests.client import faulty, living
from contract_tests.client.conftest import answer
from contract_tests.client.faulty import FaultyServer
from contract_tests.client.living import arguments, asked

shop = living.shop


def test_thirty_two_threads_share_a_client(shop: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[httpx.Client] = []
    opened = httpx.Client.__init__

    def counted(self: httpx.Client, *args: Any, **kwargs: Any) -> None:
        pools.append(self)
        opened(self, *args, **kwargs)

    monkeypatch.setattr(httpx.Client, "__init__", counted)
    start = threading.Barrier(32)
    with OrdersClient(**arguments(shop)) as client, ThreadPoolExecutor(32) as threads:
        ids = [order.order_id for order in client.iter()]

        def work(number: int) -> list[tuple[str, str]]:
            mine = [ids[(number + step) % len(ids)] for step in range(6)]
            start.wait()
            return [(each, client.get(each).order_id) for each in mine]

        pairs = [pair for result in threads.map(work, range(32)) for pair in result]
    assert len(pairs) == 192
    assert [(wanted, got) for wanted, got in pairs if wanted != got] == []
    assert len(pools) == 1


def test_two_hundred_tasks_share_a_client(shop: MockServer) -> None:
    async def main() -> None:
        async with AsyncOrdersClient(**arguments(shop)) as client:
            ids = [order.order_id async for order in client.iter()]
            wanted = [ids[number % len(ids)] for number in range(200)]
            got = await asyncio.gather(*(client.get(each) for each in wanted))
            assert [order.order_id for order in got] == wanted

    asyncio.run(main())


@pytest.mark.parametrize(("threads", "concurrency"), [(32, 100), (32, 8)])
def test_threads_open_no_more_connections_than_allowed_and_reuse_them(threads: int, concurrency: int) -> None:
    with (
        FaultyServer(faulty.reply_each(asked)) as server,
        OrdersClient(**arguments(server), concurrency=concurrency) as client,
        ThreadPoolExecutor(threads) as pool,
    ):
        ids = [f"order-{number}" for number in range(10 * threads)]
        assert [order.order_id for order in pool.map(client.get, ids)] == ids
        assert server.connections <= min(threads, concurrency)


@pytest.mark.parametrize("concurrency", [40, 8])
def test_tasks_open_no_more_connections_than_allowed_and_reuse_them(concurrency: int) -> None:
    async def main(server: FaultyServer) -> None:
        async with AsyncOrdersClient(**arguments(server), concurrency=concurrency) as client:
            ids = [f"order-{number}" for number in range(200)]
            got = await asyncio.gather(*map(client.get, ids))
            assert [order.order_id for order in got] == ids
        assert server.connections <= concurrency

    with FaultyServer(faulty.reply_each(asked)) as server:
        asyncio.run(main(server))


def test_a_connection_that_a_thread_was_just_given_is_not_taken_for_a_closed_one() -> None:
    """The pool looks at its idle connections while a thread that was given one begins to use it."""

    class Answered:
        """There is always something to read."""

        def __init__(self) -> None:
            self.meanwhile: Callable[[], object] = lambda: None

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return b"HTTP/1.1 200 OK"

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            pass

        def get_extra_info(self, info: str) -> Any:
            self.meanwhile()
            return info == "is_readable"

    stream = Answered()
    Watch(stream, TimeoutError)
    readable = lambda: stream.get_extra_info("is_readable")  # noqa: E731 - A question, asked twice below.
    assert readable(), "the server closed it before it was used"
    stream.write(b"GET /")
    assert not readable()
    stream.read(100)
    assert readable(), "the server closed it after it was used"
    stream.meanwhile = lambda: (stream.write(b"GET /"), stream.read(100))
    assert not readable()


# ---------------------------------------------------------------- cancellation


def test_a_call_that_is_cancelled_between_two_attempts_leaves_the_client_usable() -> None:
    """While it waits for an answer, or is in the middle of one: see test_connections.py."""

    async def main() -> None:
        waiting = asyncio.Event()

        async def sleep(seconds: float) -> None:
            waiting.set()
            await asyncio.Event().wait()

        with FaultyServer(answer(429, Retry_After="50"), faulty.reply_each(asked)) as server:
            async with AsyncOrdersClient(**arguments(server), concurrency=1, sleep=sleep) as client:
                task = asyncio.create_task(client.refund("dfa-3f1"))
                await waiting.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                # With one connection at the most, a leaked one would be the last.
                assert (await client.get("order-1")).order_id == "order-1"
                assert (len(server.writes), server.connections) == (1, 1)

    asyncio.run(main())


def test_a_cancelled_wait_for_a_connection_leaves_the_client_usable() -> None:
    held_back, release = threading.Event(), threading.Event()

    async def main() -> None:
        with FaultyServer(faulty.holding_back(held_back, release), faulty.reply_each(asked)) as server:
            async with AsyncOrdersClient(**arguments(server), concurrency=1) as client:
                first = asyncio.create_task(client.get("order-1"))
                waiting = asyncio.create_task(client.get("order-2"))
                assert await asyncio.to_thread(held_back.wait, 60)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
                release.set()
                assert (await first).order_id == "order-1"
                assert (await client.get("order-3")).order_id == "order-3"
                assert server.connections == 1

    asyncio.run(main())
