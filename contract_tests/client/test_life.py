"""A client in the life of a program: many threads and tasks, cancellation, closing, forking, logging."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore
import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, _bounds, errors
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, WRITES, answer, perform
from contract_tests.client.faulty import FaultyServer, Peer, Received
from contract_tests.conftest import ROOT

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])


def asked(request: Received) -> httpx.Response:
    return answer(200, {"orderId": request.order_id, "status": "pending"})


def arguments(server: FaultyServer | MockServer) -> dict[str, Any]:
    if isinstance(server, MockServer):
        mock = server.mock
        return {"base_url": server.url, "token": mock.token, "site_id": mock.site_id, "rate_limit": None}
    return {"base_url": server.url, "token": TOKEN, "site_id": SITE, "rate_limit": None}


@pytest.fixture
def shop() -> Iterator[MockServer]:
    with MockServer(MockWebflow()) as server:
        yield server


# ---------------------------------------------------------------- many at once


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
        # One that idles for five seconds is replaced, and on a busy machine these are soon over.
        assert server.connections <= concurrency * 1.2

    with FaultyServer(faulty.reply_each(asked)) as server:
        asyncio.run(main(server))


def test_a_connection_that_a_thread_was_just_given_is_not_taken_for_a_closed_one() -> None:
    """The pool looks at its idle connections while a thread that was given one begins to use it."""

    class Answered(httpcore.NetworkStream):
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

    inner = Answered()
    stream = _bounds._Stream(inner)
    readable = lambda: stream.get_extra_info("is_readable")  # noqa: E731
    assert readable(), "the server closed it before it was used"
    stream.write(b"GET /")
    assert not readable()
    stream.read(100)
    assert readable(), "the server closed it after it was used"
    inner.meanwhile = lambda: (stream.write(b"GET /"), stream.read(100))
    assert not readable()


# ---------------------------------------------------------------- cancellation


def test_a_cancelled_call_leaves_the_client_usable() -> None:
    """Cancelled while it waits for an answer, for a connection, in the middle of a body, and between attempts."""

    async def cancelled(client: Any, server: FaultyServer, *, requests: int) -> None:
        task = asyncio.create_task(client.refund("dfa-3f1"))
        while len(server.requests) < requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main() -> None:
        with FaultyServer(
            faulty.silence, faulty.drip_body(ORDER), answer(429, Retry_After="50"), faulty.reply_each(asked)
        ) as server:
            async with AsyncOrdersClient(**arguments(server), concurrency=1) as client:
                for requests in (1, 2, 3):
                    await cancelled(client, server, requests=requests)
                # With one connection at the most, a leaked one would be the last.
                order = await asyncio.wait_for(client.get("order-1"), 10)
                assert order.order_id == "order-1"
                assert len(server.writes) == 3

    asyncio.run(main())


def test_a_cancelled_wait_for_a_connection_leaves_the_client_usable() -> None:
    release = threading.Event()

    def held(peer: Peer) -> None:
        request = peer.receive()
        release.wait(10)
        peer.send(b"".join(faulty.wire(asked(request))))

    async def main() -> None:
        with FaultyServer(held, faulty.reply_each(asked)) as server:
            async with AsyncOrdersClient(**arguments(server), concurrency=1) as client:
                first = asyncio.create_task(client.get("order-1"))
                waiting = asyncio.create_task(client.get("order-2"))
                while not server.requests:
                    await asyncio.sleep(0.01)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
                release.set()
                assert (await first).order_id == "order-1"
                assert (await client.get("order-3")).order_id == "order-3"
                assert server.connections == 1

    asyncio.run(main())


# ---------------------------------------------------------------- closing


def test_a_client_closes_as_often_as_one_likes_and_then_says_so(dial: Callable[..., Any]) -> None:
    with FaultyServer(ORDER) as server:
        client = dial(server)
        client.get("dfa-3f1")
        other = client.with_options(timeout=1)
        other.close()
        client.get("dfa-3f1")
        client.close()
        client.close()
        for each in (client, other):
            for method in ["get", *WRITES]:
                with pytest.raises(errors.ClientClosedError, match="the client was closed"):
                    perform(each, method)
            with pytest.raises(errors.ClientClosedError):
                each.list()
            with pytest.raises(errors.ClientClosedError):
                next(iter(each.iter()))
        client.close()
        assert len(server.requests) == 2


def test_a_refund_that_is_under_way_when_the_client_is_closed_is_unknown() -> None:
    def closing(peer: Peer) -> None:
        peer.receive()
        client.close()
        peer.hang_up()

    with FaultyServer(closing) as server:
        client = OrdersClient(**arguments(server), sleep=lambda _: None)
        with pytest.raises(errors.OutcomeUnknownError):
            client.refund("dfa-3f1")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_connection_in_the_making_is_closed_too(kind: str) -> None:
    made: list[Any] = []

    def blocking(server: FaultyServer) -> None:
        client = OrdersClient(**arguments(server))
        backend: Any = _pool(client)._network_backend
        connect = backend.connect_tcp

        def close_meanwhile(*args: Any, **kwargs: Any) -> Any:
            made.append(connect(*args, **kwargs))
            client.close()
            return made[0]

        backend.connect_tcp = close_meanwhile
        assert client.get("dfa-3f1").order_id == "dfa-3f1"

    async def awaiting(server: FaultyServer) -> None:
        client = AsyncOrdersClient(**arguments(server))
        backend: Any = _pool(client)._network_backend
        connect = backend.connect_tcp

        async def close_meanwhile(*args: Any, **kwargs: Any) -> Any:
            made.append(await connect(*args, **kwargs))
            await client.close()
            return made[0]

        backend.connect_tcp = close_meanwhile
        assert (await client.get("dfa-3f1")).order_id == "dfa-3f1"
        await asyncio.sleep(0.01)  # The loop closes it in its next round.

    with FaultyServer(ORDER) as server:
        blocking(server) if kind == "sync" else asyncio.run(awaiting(server))
    assert made[0].get_extra_info("socket").fileno() == -1


def _pool(client: Any) -> Any:
    return client._engine._http._transport._pool


def test_a_client_that_is_closed_while_threads_call_ends_them_all_with_our_errors() -> None:
    with FaultyServer(faulty.reply_each(asked)) as server:
        for _ in range(10):
            client = OrdersClient(**arguments(server), retry=RetryPolicy(max_retries=0))
            begun = threading.Barrier(5)

            def work(client: OrdersClient = client, begun: threading.Barrier = begun) -> Exception:
                begun.wait()
                try:
                    while True:
                        client.get("order-1")
                except Exception as error:
                    return error

            with ThreadPoolExecutor(4) as threads:
                ends = [threads.submit(work) for _ in range(4)]
                begun.wait()
                client.close()
            for each in ends:
                assert isinstance(each.result(), errors.ClientClosedError | errors.APIConnectionError)
    gc.collect()


# ---------------------------------------------------------------- a program of its own

PREAMBLE = """
import asyncio, gc, logging, os, sys
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors
url, token, site = sys.argv[1:]
given = {"base_url": url, "token": token, "site_id": site, "rate_limit": None}
# Not of a machine that is slow; that a task was lost, it says as an error.
logging.getLogger("asyncio").setLevel(logging.ERROR)
def exit_code(pid): return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""


def run(program: str, url: str, *, token: str = TOKEN, site: str = SITE) -> str:
    """What a program of its own prints. It must print no warning: in development mode, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PREAMBLE + textwrap.dedent(program), url, token, site],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_no_program_is_warned_of_anything_left_open(shop: MockServer) -> None:
    program = """
    def use(client):
        for order in client.iter(page_size=10): pass
        client.update(order.order_id, comment="x")
        try: client.get("no-such")
        except errors.NotFoundError: pass

    with OrdersClient(**given) as client: use(client)
    client = OrdersClient(**given)
    use(client)
    client.close()
    OrdersClient(**given)  # Never used, never closed.

    async def main():
        async with AsyncOrdersClient(**given) as client:
            async for order in client.iter(page_size=10): pass
            await client.update(order.order_id, comment="x")
            task = asyncio.create_task(client.get(order.order_id))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        AsyncOrdersClient(**given)
    asyncio.run(main())
    gc.collect()
    print("quiet")
    """
    assert run(program, shop.url, token=shop.mock.token, site=shop.mock.site_id) == "quiet\n"


FAULTS: list[Any] = [
    faulty.close_unread, faulty.close_read, faulty.reset, faulty.garbage, faulty.cut(ORDER), faulty.half(ORDER),
    faulty.half(ORDER, broken=True), faulty.half_chunked(ORDER), faulty.half_until_close(ORDER),
    faulty.reply_and_close(ORDER), faulty.gzipped(ORDER.content, upto=20), faulty.bomb(1), answer(500), answer(204),
    faulty.drip_body(ORDER), faulty.drip_headers, faulty.silence,
]  # fmt: skip


def test_no_program_is_warned_of_anything_left_open_by_a_fault() -> None:
    program = """
    given |= {"timeout": 0.2, "max_body": 10_000, "retry": RetryPolicy(max_retries=0), "confirm": False}
    with OrdersClient(**given) as client:
        for _ in range(17):
            try: client.refund("dfa-3f1")
            except errors.WebflowOrdersError as error: assert error.method == "POST"

    async def main():
        async with AsyncOrdersClient(**given) as client:
            for _ in range(17):
                try: await client.refund("dfa-3f1")
                except errors.WebflowOrdersError as error: assert error.method == "POST"
    asyncio.run(main())
    gc.collect()
    print("quiet")
    """
    assert len(FAULTS) == 17
    with FaultyServer(*FAULTS, *FAULTS) as server:
        assert run(program, server.url) == "quiet\n"


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@needs_fork
def test_a_forked_child_has_its_own_connections_and_leaves_its_parents_alone() -> None:
    program = """
    client = OrdersClient(**given)
    client.get("parent-1")
    def child():
        client.get("child-1")
        client.get("child-2")
        grandchild = os.fork()
        if not grandchild:
            client.get("grandchild-1")
            client.close()
            os._exit(0)
        assert exit_code(grandchild) == 0
        client.get("child-3")
        client.close()
        client.close()
        try: client.get("child-4")
        except errors.ClientClosedError: os._exit(7)
    for _ in range(2):
        pid = os.fork()
        if not pid: child()
        print(exit_code(pid))
        client.get("parent-2")
    closing = os.fork()
    if not closing:
        inherited = client._engine._http
        client.close()  # Without a call before: the connections are still the parent's.
        os._exit(inherited.is_closed)
    print(exit_code(closing))
    client.get("parent-3")
    client.close()
    """
    with FaultyServer(faulty.reply_each(asked)) as server:
        assert run(program, server.url) == "7\n7\n0\n"
    by_name: dict[str, set[int]] = {}
    for request in server.requests:
        by_name.setdefault(request.order_id.split("-")[0], set()).add(request.connection)
    assert {name: len(connections) for name, connections in by_name.items()} == {
        "parent": 1, "child": 2, "grandchild": 2,
    }  # fmt: skip
    assert server.connections == 5


@needs_fork
def test_a_child_forked_from_a_task_has_its_own_connections_too() -> None:
    program = """
    async def child(client):
        await client.get("child-1")
        await client.get("child-2")
        await client.close()

    async def parent():
        async with AsyncOrdersClient(**given) as client:
            await client.get("parent-1")
            for work in (child, AsyncOrdersClient.close):
                pid = os.fork()
                if not pid:
                    asyncio._set_running_loop(None)  # Which the child has inherited, and does not run.
                    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                        runner.run(work(client))
                    os._exit(0)
                print(exit_code(pid))
                await client.get("parent-2")
    asyncio.run(parent())
    """
    with FaultyServer(faulty.reply_each(asked)) as server:
        assert run(program, server.url) == "0\n0\n"
    connections = [(request.order_id, request.connection) for request in server.requests]
    assert connections == [("parent-1", 1), ("child-1", 2), ("child-2", 2), ("parent-2", 1), ("parent-2", 1)]


# ---------------------------------------------------------------- logging

# Digits of a card are not part of the number of a port.
SECRETS = [TOKEN, r"[\w.]+@[\w.]+", r"(?<!\d)4242(?!\d)", "Lovelace"]
SHOWN = {
    "customerInfo": {"fullName": "Ada Lovelace", "email": "ada@example.com"},
    "stripeCard": {"last4": "4242", "ownerName": "Ada Lovelace"},
}


def test_nothing_secret_is_logged_by_anybody_whatever_goes_wrong(
    dial: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    full = answer(200, ORDERS["refund"] | SHOWN)
    html = httpx.Response(502, html=f"<p>{SHOWN}</p>")
    script: list[Any] = [
        full, answer(200, {"orderId": "other"} | SHOWN), answer(200, [SHOWN]), html, answer(404, SHOWN),
        answer(401, {"message": f"who is {TOKEN}?", "code": TOKEN}), answer(302, Location="/login"),
        answer(429, Retry_After="9999"), httpx.Response(200, content=str(SHOWN).encode()), faulty.close_unread,
        faulty.close_read, faulty.reset, faulty.garbage, faulty.cut(full), faulty.half(full),
        faulty.half_chunked(full), faulty.half_until_close(full), faulty.longer_than_it_says(full, by=9),
        faulty.gzipped(full.content), faulty.gzipped(full.content, upto=40), faulty.bomb(1),
        faulty.drip_body(full), faulty.drip_headers, faulty.silence,
    ]  # fmt: skip
    with caplog.at_level(0):
        for name in ("httpx", "httpcore", "webflow_orders"):
            caplog.set_level(logging.DEBUG, logger=name)
        for step in script:
            for method in ("get", "refund"):
                with FaultyServer(step, full) as server:
                    client = dial(server, timeout=0.2, max_body=10_000, retry=RetryPolicy(max_retries=1))
                    try:
                        assert perform(client, method).order_id == "dfa-3f1"
                    except errors.WebflowOrdersError as error:
                        logging.getLogger("shop").exception("failed: %s %r", error, error)
        with FaultyServer(
            answer(200, {"orders": [ORDERS["get"] | SHOWN, None], "pagination": SHOWN})
        ) as server:
            assert len(list(dial(server).iter())) == 1
    text = "\n".join(caplog.text.splitlines() + [repr(record.__dict__) for record in caplog.records])
    assert [found for secret in SECRETS for found in re.findall(secret, text)] == []
    loggers = {record.name.split(".")[0] for record in caplog.records}
    assert loggers >= {"webflow_orders", "httpx", "httpcore", "shop"}, "otherwise this proves nothing"


def test_a_call_is_logged_under_one_name(dial: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="webflow_orders"), FaultyServer(answer(503), ORDER) as server:
        dial(server).get("dfa-3f1")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("webflow_orders")]
    path = f"/v2/sites/{SITE}/orders/dfa-3f1"
    assert [re.sub(r"in \d+ ms", "in N ms", line) for line in lines] == [
        f"GET {path} 503 in N ms, attempt 1, request id None",
        f"503 unknown: no readable error body (GET {path}); trying again in 0.5 s",
        f"GET {path} 200 in N ms, attempt 2, request id None",
    ]
    assert {record.name for record in caplog.records} == {"webflow_orders"}
