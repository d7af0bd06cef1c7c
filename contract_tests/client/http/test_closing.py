"""Does a closed client say so, end what is under way with our errors, and leave nothing open behind it?"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors
from webflow_orders._http import transport
from webflow_orders_mock import MockServer

from contract_tests.client import faulty, living
from contract_tests.client.conftest import LIBRARIES, ORDERS, SITE, WRITES, answer, perform
from contract_tests.client.faulty import FaultyServer, Peer
from contract_tests.client.living import ORDER, arguments, asked, run

dial = faulty.dial
shop = living.shop


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
@pytest.mark.parametrize("library", [library.__name__ for library in LIBRARIES])
def test_a_connection_in_the_making_is_closed_and_nothing_is_sent_on_it(kind: str, library: Any) -> None:
    made: list[Any] = []

    def blocking(server: FaultyServer) -> None:
        client = OrdersClient(**arguments(server), transport=library)
        engine = client._engine.engine

        def close_meanwhile(stream: Any) -> None:
            made.append(stream)
            client.close()

        engine.watch = close_meanwhile  # type: ignore[method-assign]  # To act in that moment.
        with pytest.raises(errors.ClientClosedError):
            client.refund("dfa-3f1")

    async def awaiting(server: FaultyServer) -> None:
        client = AsyncOrdersClient(**arguments(server), transport=library)
        engine = client._engine.engine

        def close_meanwhile(stream: Any) -> None:
            made.append(stream)
            engine.closed = True

        engine.watch = close_meanwhile  # type: ignore[method-assign]  # To act in that moment.
        with pytest.raises(errors.ClientClosedError):
            await client.refund("dfa-3f1")
        await client.close()
        await asyncio.sleep(0)  # The loop closes it in its next round.

    with FaultyServer(ORDER) as server:
        blocking(server) if kind == "sync" else asyncio.run(awaiting(server))
        assert server.requests == []
    assert made[0].get_extra_info("socket").fileno() == -1


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


@pytest.mark.parametrize("is_same", [True, False], ids=["the same transport", "another transport"])
def test_a_client_that_nobody_closed_may_be_collected_while_another_is_closed(
    is_same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collector runs whenever it likes, and so also where clients of a transport are counted."""
    closed: list[str] = []

    class Noting(httpx.MockTransport):
        def close(self) -> None:
            closed.append("closed")

    class Collecting(dict[int, set[int]]):
        def __getitem__(self, key: int) -> set[int]:
            found = super().__getitem__(key)
            if gc.isenabled():
                gc.disable()
                gc.collect()
            return found

    noting = Noting(lambda request: answer(200, ORDERS["get"]))
    lost = noting if is_same else httpx.MockTransport(lambda request: answer(200, ORDERS["get"]))

    def course() -> None:
        client = OrdersClient(token="t", site_id=SITE, transport=noting)
        orphan: Any = OrdersClient(token="t", site_id=SITE, transport=lost)
        orphan.itself = orphan
        del orphan
        client.close()

    gc.collect()
    gc.disable()
    monkeypatch.setattr(transport, "_clients", Collecting())
    gc.enable()
    thread = threading.Thread(target=course, daemon=True)
    try:
        thread.start()
        thread.join(30)
    finally:
        gc.enable()
    assert not thread.is_alive(), "it waits for itself"
    assert closed == ["closed"]
