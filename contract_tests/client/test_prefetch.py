"""Does a walk that fetches ahead see what a plain one sees, and leave nothing behind? And if the pages shift?"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import trio
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors
from webflow_orders.limits import RateLimiter

from contract_tests.client import faulty
from contract_tests.client.conftest import SITE, TOKEN, Blocking, Script, answer
from contract_tests.client.faulty import FaultyServer, Peer
from contract_tests.client.test_pagination import shop
from contract_tests.conftest import ROOT

dial = faulty.dial
NO_RETRY = RetryPolicy(max_retries=0)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [each for each in threading.enumerate() if each.name == "webflow-orders-prefetch"]


def offsets(script: Script) -> list[int]:
    return [int(request.url.params["offset"]) for request in script.requests]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 300])
def test_it_sees_what_a_plain_walk_sees(connect: Callable[..., Any], api: str, count: int) -> None:
    plain, ahead = Script(shop(count, api)), Script(shop(count, api))
    expected = [order.order_id for order in connect(plain, api=api).iter()]
    assert [order.order_id for order in connect(ahead, api=api).iter(prefetch=True)] == expected
    assert offsets(ahead) == offsets(plain)


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_it_is_one_page_ahead_and_no_more(connect: Callable[..., Any], api: str) -> None:
    script = Script(shop(1000, api))
    client = connect(script, api=api)
    walk = client.iter(prefetch=True)
    assert script.requests == []
    next(walk)
    if isinstance(client, Blocking):
        client.runner.run(asyncio.sleep(0.01))
    until(lambda: len(script.requests) == 2)
    list(itertools.islice(walk, 99))
    time.sleep(0.02)
    assert offsets(script) == [0, 100]
    walk.close()


@pytest.mark.parametrize("wrong", [1, None, "yes"])
@pytest.mark.parametrize("api", ["v2", "v1"])
def test_the_switch_is_a_bool(connect: Callable[..., Any], wrong: Any, api: str) -> None:
    with pytest.raises(TypeError, match="prefetch must be a bool"):
        connect(Script(shop(1, api)), api=api).iter(prefetch=wrong)


def test_the_next_page_comes_while_the_caller_works() -> None:
    """The server answers the second page only once the caller has begun with the first."""
    working = threading.Event()

    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.params["offset"] == "2":
            assert working.wait(5)
        return shop(4, "v2")(request)

    with OrdersClient(
        token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(reply)
    ) as client:
        walk = client.iter(page_size=2, prefetch=True)
        assert next(walk).order_id == "0"
        working.set()
        assert [order.order_id for order in walk] == ["1", "2", "3"]


def test_an_error_is_raised_where_its_page_would_have_been_reached(connect: Callable[..., Any]) -> None:
    script = Script(shop(250, "v2"), answer(404, {"code": "resource_not_found", "message": "gone"}))
    walk = connect(script).iter(prefetch=True)
    assert len(list(itertools.islice(walk, 100))) == 100
    with pytest.raises(errors.NotFoundError):
        next(walk)


def test_an_error_of_a_page_that_is_never_reached_is_nobodys(connect: Callable[..., Any]) -> None:
    script = Script(shop(250, "v2"), answer(404, {"code": "resource_not_found", "message": "gone"}))
    walk = connect(script).iter(prefetch=True)
    assert next(walk).order_id == "0"
    time.sleep(0.02)
    walk.close()
    gc.collect()


def test_a_place_of_the_limiter_is_taken_for_each_page(connect: Callable[..., Any]) -> None:
    limiter = RateLimiter(100)
    list(connect(Script(shop(500, "v2")), rate_limit=limiter, clock=lambda: 0.0).iter(prefetch=True))
    assert len(limiter._gone) == 5


# ---------------------------------------------------------------- ended early


@pytest.mark.parametrize("how", ["close", "forgotten", "error", "interrupt"])
def test_a_walk_that_ends_early_waits_its_fetch_out(how: str) -> None:
    begun, finished = threading.Event(), threading.Event()

    def slow(peer: Peer) -> None:
        begun.set()
        peer.receive()
        peer.wait(0.1)
        finished.set()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + b'{"orders":[]}')

    first = shop(250, "v2")(httpx.Request("GET", "http://x/?offset=0&limit=100"))
    with (
        FaultyServer(first, slow) as server,
        OrdersClient(token=TOKEN, site_id=SITE, base_url=server.url, rate_limit=None) as client,
    ):
        walk = client.iter(prefetch=True)
        next(walk)
        begun.wait(5)
        if how == "close":
            walk.close()  # type: ignore[attr-defined]  # A generator, though it says less.
        elif how == "forgotten":
            del walk
        else:
            kind = KeyboardInterrupt if how == "interrupt" else ZeroDivisionError
            with pytest.raises(kind):
                walk.throw(kind)  # type: ignore[attr-defined]  # As above.
        assert finished.is_set()
        assert not [each for each in threading.enumerate() if each.name == "webflow-orders-prefetch"]


@pytest.mark.parametrize("waiting_for", ["a place", "a retry"])
def test_a_fetch_that_only_waits_is_given_up_at_once(waiting_for: str) -> None:
    busy = answer(429, {"code": "too_many_requests"}, Retry_After="60")
    script = Script(shop(250, "v2"), busy)
    limiter = RateLimiter(1) if waiting_for == "a place" else None
    with OrdersClient(
        token=TOKEN, site_id=SITE, rate_limit=limiter, transport=httpx.MockTransport(script)
    ) as client:
        walk = client.iter(prefetch=True)
        next(walk)
        until(lambda: limiter is None or len(limiter._waiting) == 1)
        until(lambda: limiter is not None or len(script.requests) == 2)
        began = time.monotonic()
        walk.close()  # type: ignore[attr-defined]  # As above.
        assert time.monotonic() - began < 5
    # The place in the queue went back.
    assert limiter is None or limiter._waiting == []
    assert len(script.requests) == (1 if limiter else 2)


@pytest.mark.parametrize("how", ["close", "forgotten", "cancelled", "error"])
def test_a_task_that_fetches_ahead_does_not_outlive_its_walk(how: str) -> None:
    async def main() -> None:
        begun, ended = asyncio.Event(), asyncio.Event()

        async def reply(request: httpx.Request) -> httpx.Response:
            if request.url.params["offset"] == "0":
                return shop(250, "v2")(request)
            begun.set()
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()
            raise AssertionError("nobody waits so long")

        async with AsyncOrdersClient(
            token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(reply)
        ) as client:
            walk: Any = client.iter(prefetch=True)
            await anext(walk)
            await begun.wait()
            if how == "close":
                await walk.aclose()
            elif how == "forgotten":
                del walk
                gc.collect()
                await asyncio.wait_for(ended.wait(), 5)
                await asyncio.sleep(0.01)
            elif how == "error":
                with pytest.raises(ZeroDivisionError):
                    await walk.athrow(ZeroDivisionError)
            else:

                async def rest() -> None:
                    async for _ in walk:
                        pass

                reader = asyncio.create_task(rest())
                await asyncio.sleep(0.05)
                reader.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await reader
            assert ended.is_set()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main(), debug=True)


def test_under_trio_it_says_that_it_cannot() -> None:
    async def main() -> None:
        client = AsyncOrdersClient(
            token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(shop(1, "v2"))
        )
        with pytest.raises(RuntimeError, match="needs asyncio"):
            await anext(client.iter(prefetch=True))

    trio.run(main)


def test_a_program_that_ends_in_the_middle_of_a_walk_does_not_hang() -> None:
    program = """
    import sys
    from webflow_orders import OrdersClient
    client = OrdersClient(token="x", site_id="580e63e98c9a982ac9b8b741", base_url=sys.argv[1], rate_limit=None)
    walk = client.iter(prefetch=True)
    print(next(walk).order_id, flush=True)
    holder = [walk]
    holder.append(holder)  # Never collected by counting.
    """
    first = shop(250, "v2")(httpx.Request("GET", "http://x/?offset=0&limit=100"))
    with FaultyServer(first, faulty.silence) as server:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), server.url],
            capture_output=True, text=True, timeout=20, check=False, cwd=ROOT,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_goes_on_with_the_walk() -> None:
    program = """
    import os, sys, time, warnings
    warnings.simplefilter("ignore")
    from webflow_orders import OrdersClient
    client = OrdersClient(token="x", site_id="580e63e98c9a982ac9b8b741", base_url=sys.argv[1], rate_limit=None)
    walk = client.iter(prefetch=True)
    seen = [next(walk).order_id]
    if os.fork() == 0:
        seen += [order.order_id for order in walk]
        os._exit(0 if len(seen) == len(set(seen)) == 250 else 1)
    seen += [order.order_id for order in walk]
    print(os.waitstatus_to_exitcode(os.wait()[1]), len(set(seen)))
    """

    def reply(peer: Peer) -> None:
        request = peer.receive()
        peer.wait(0.05)
        response = shop(250, "v2")(httpx.Request("GET", "http://x" + request.target))
        peer.send(b"".join(faulty.wire(response)))

    with FaultyServer(reply) as server:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), server.url],
            capture_output=True, text=True, timeout=20, check=False, cwd=ROOT,
        )  # fmt: skip
    assert done.stdout == "0 250\n", done.stderr


# ---------------------------------------------------------------- pages that shift


class Growing:
    """A shop, newest first, in which so many orders are placed before each page but the first."""

    def __init__(self, count: int, placed: int) -> None:
        self.ids, self.placed, self.new = [str(index) for index in range(count)], placed, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        if offset:
            self.ids = [f"new-{self.new + number}" for number in range(self.placed)] + self.ids
            self.new += self.placed
        page = [{"orderId": each, "status": "pending"} for each in self.ids[offset : offset + limit]]
        return answer(json={"orders": page, "pagination": {"total": len(self.ids)}})


@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("placed", [1, 5, 9])
def test_orders_that_are_placed_during_a_walk_show_none_twice(
    connect: Callable[..., Any], prefetch: bool, placed: int
) -> None:
    walk = connect(Script(Growing(100, placed))).iter(page_size=10, prefetch=prefetch)
    assert [order.order_id for order in walk] == [str(index) for index in range(100)]


def test_a_burst_of_more_than_a_page_shows_none_twice_either(connect: Callable[..., Any]) -> None:
    growing = Growing(100, 0)

    def reply(request: httpx.Request) -> httpx.Response:
        growing.placed = 15 if request.url.params["offset"] == "30" else 0
        return growing(request)

    ids = [order.order_id for order in connect(Script(reply)).iter(page_size=10)]
    assert ids == [str(index) for index in range(100)]


@pytest.mark.parametrize("prefetch", [False, True])
def test_twice_on_one_page_is_twice_and_an_id_that_cannot_be_read_is_kept(
    connect: Callable[..., Any], prefetch: bool
) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        same = {"orderId": "dfa-3f1", "status": "pending"}
        pages = {
            "0": [same, same],
            "2": [{"status": "pending"}, {"status": "pending"}],
            "4": [{"status": "x"}],
        }
        return answer(json={"orders": pages[request.url.params["offset"]], "pagination": {"total": 5}})

    walk = connect(Script(page)).iter(page_size=2, prefetch=prefetch)
    assert [order.order_id for order in walk] == ["dfa-3f1", "dfa-3f1", "", "", ""]


def test_only_two_pages_are_remembered(connect: Callable[..., Any]) -> None:
    """So that a walk over a million orders takes no more memory than one over three hundred."""

    def reply(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        index = {0: 0, 1: 1, 2: 2, 3: 0}[offset]
        return answer(
            json={"orders": [{"orderId": str(index), "status": "pending"}], "pagination": {"total": 4}}
        )

    script = Script(reply)
    assert [order.order_id for order in connect(script).iter(page_size=1)] == ["0", "1", "2", "0"]
