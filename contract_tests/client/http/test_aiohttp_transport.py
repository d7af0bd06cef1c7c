"""Does the aiohttp transport keep what the client promises: no write twice, a bound on every attempt?"""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import httpx
import httpx_aiohttp
import pytest
import trio
from webflow_orders import AsyncOrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders.aiohttp_transport import AiohttpTransport
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, access, answer
from contract_tests.client.faulty import (
    FaultyServer,
    Peer,
    close_read,
    close_unread,
    drip_body,
    drip_headers,
    half,
    patiently,
    reset,
    silence,
)


def refund(server: FaultyServer, **arguments: Any) -> Any:
    async def main() -> Any:
        async def sleep(seconds: float) -> None:
            """No waiting."""

        given = {"retry": RetryPolicy(draw=lambda: 0.0), "rate_limit": None, "sleep": sleep} | arguments
        transport = AiohttpTransport()
        async with AsyncOrdersClient(
            token=TOKEN, site_id=SITE, base_url=server.url, transport=transport, **given
        ) as orders:  # fmt: skip
            return await orders.refund("dfa-3f1")

    return asyncio.run(main())


@pytest.mark.parametrize(
    "fault",
    [
        close_unread,
        close_read,
        reset,
        silence,
        drip_headers,
        half(answer(200, ORDERS["refund"])),
        answer(502),
    ],
    ids=[
        "closed unread",
        "closed after reading",
        "reset",
        "silence",
        "dripping headers",
        "half a body",
        "502",
    ],
)
def test_a_refund_whose_answer_is_lost_is_sent_once_and_looked_for(fault: Any) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(fault, answer(200, ORDERS["refund"])) as server:
            assert outcome_of(refund(server, timeout=timeout)).confirmed_by_rereading
            # What was closed before it was read, the server does not know of.
            assert len(server.writes) == (0 if fault is close_unread else 1)

    patiently(scenario)


def test_a_write_and_the_look_at_it_have_connections_of_their_own() -> None:
    """So what was left over on another one is not taken for their answers."""

    async def main(server: FaultyServer) -> Any:
        given = {"token": TOKEN, "site_id": SITE, "base_url": server.url, "rate_limit": None}
        async with AsyncOrdersClient(transport="aiohttp", **given) as orders:
            await orders.get("dfa-3f1")
            await orders.get("dfa-3f1")
            return await orders.refund("dfa-3f1")

    pending, refunded = answer(200, ORDERS["get"]), answer(200, ORDERS["refund"])
    with FaultyServer(pending, pending, answer(502), refunded) as server:
        assert outcome_of(asyncio.run(main(server))).confirmed_by_rereading
        came = [(request.method, request.connection) for request in server.requests]
    assert came == [("GET", 1), ("GET", 1), ("POST", 2), ("GET", 3)]


def test_the_looks_of_settle_and_of_the_next_write_have_theirs_too() -> None:
    async def main(server: FaultyServer) -> list[str]:
        given = {
            "token": TOKEN,
            "site_id": SITE,
            "base_url": server.url,
            "rate_limit": None,
            "confirm": False,
        }
        async with AsyncOrdersClient(transport="aiohttp", **given) as orders:
            with pytest.raises(errors.OutcomeUnknownError):
                await orders.refund("dfa-3f1")
            await orders.get("dfa-3f1")
            open_ = [each.became for each in await orders.settle()]
            await orders.get("dfa-3f1")
            assert (await orders.refund("dfa-3f1")).status == "refunded"
            return open_

    pending, refunded = answer(200, ORDERS["get"]), answer(200, ORDERS["refund"])
    with FaultyServer(answer(502), pending, pending, pending, refunded) as server:
        assert asyncio.run(main(server)) == ["open"]
        came = [(request.method, request.connection) for request in server.requests]
    assert came == [("POST", 1), ("GET", 2), ("GET", 3), ("GET", 2), ("GET", 4)]


@pytest.mark.beside_the_spec
def test_upstream_still_reports_a_closed_connection_as_one_that_was_never_made() -> None:
    """When this fails, upstream has mended it, and our transport may go."""

    async def main(server: FaultyServer) -> None:
        # Without our attempt around it, for that knows better.
        async with httpx.AsyncClient(transport=httpx_aiohttp.AiohttpTransport()) as client:
            await client.post(server.url)

    with FaultyServer(close_read) as server, pytest.raises(httpx.ConnectTimeout):
        asyncio.run(main(server))
    assert len(server.writes) == 1


def test_a_server_that_is_not_there_did_nothing() -> None:
    with FaultyServer(answer(200)) as server:
        pass
    with pytest.raises(errors.APIConnectionError) as caught:
        refund(server)
    assert not caught.value.sent


@pytest.mark.parametrize(
    "fault", [drip_headers, drip_body(answer(200, ORDERS["refund"]))], ids=["headers", "body"]
)
def test_an_answer_that_drips_is_given_up_in_time(fault: Any) -> None:
    """Without a bound, it would never end."""

    def scenario(timeout: float) -> None:
        with FaultyServer(fault) as server:
            with pytest.raises(errors.OutcomeUnknownError):
                refund(server, confirm=False, timeout=timeout)
            assert len(server.writes) == 1

    patiently(scenario)


def test_many_calls_at_once_against_the_mock_are_not_mixed_up() -> None:
    async def main(url: str, mock: MockWebflow) -> None:
        ids = [order_id for _, order_id in mock.orders]
        async with AsyncOrdersClient(**access(mock), base_url=url, transport=AiohttpTransport()) as orders:
            got = await asyncio.gather(*(orders.get(ids[n % len(ids)]) for n in range(200)))
        assert [order.order_id for order in got] == [ids[n % len(ids)] for n in range(200)]

    mock = MockWebflow()
    with MockServer(mock) as server:
        asyncio.run(main(server.url, mock))


# ---------------------------------------------------------------- as with httpx


def test_it_is_made_by_its_name_and_closed_with_the_client() -> None:
    async def main(url: str, mock: MockWebflow) -> None:
        given: Any = {"token": mock.token, "site_id": mock.site_id, "base_url": url, "rate_limit": None}
        async with AsyncOrdersClient(**given, transport="aiohttp", concurrency=3) as orders:
            assert len([each async for each in orders.iter()]) == len(mock.orders)

    mock = MockWebflow()
    with MockServer(mock) as server:
        asyncio.run(main(server.url, mock))


def test_one_that_clients_share_is_closed_with_the_last_and_opens_again() -> None:
    async def main(server: FaultyServer) -> None:
        given: Any = {"token": TOKEN, "site_id": SITE, "base_url": server.url, "rate_limit": None}
        transport = AiohttpTransport()
        first, second = (AsyncOrdersClient(**given, transport=transport) for _ in range(2))
        await first.get("dfa-3f1")
        await first.close()
        await first.close()
        await second.get("dfa-3f1")
        assert server.connections == 1
        await second.close()
        async with AsyncOrdersClient(**given, transport=transport) as third:
            await third.get("dfa-3f1")
        assert server.connections == 2

    with FaultyServer(answer(200, ORDERS["get"])) as server:
        asyncio.run(main(server))


def test_another_event_loop_is_refused_before_anything_is_sent() -> None:
    with (
        FaultyServer(answer(200, ORDERS["get"])) as server,
        asyncio.Runner() as first,
        asyncio.Runner() as second,
    ):
        client = AsyncOrdersClient(
            token=TOKEN, site_id=SITE, base_url=server.url, rate_limit=None, transport="aiohttp"
        )
        first.run(client.get("dfa-3f1"))
        for call in (client.get, client.refund):
            with pytest.raises(errors.EventLoopError):
                second.run(call("dfa-3f1"))
        first.run(client.close())
        assert len(server.requests) == 1


def test_a_loop_that_is_not_asyncio_s_is_refused_before_anything_is_sent() -> None:
    async def main(server: FaultyServer) -> None:
        given = {"token": TOKEN, "site_id": SITE, "base_url": server.url, "rate_limit": None}
        async with AsyncOrdersClient(transport="aiohttp", **given) as orders:
            with pytest.raises(errors.EventLoopError, match="asyncio"):
                await orders.refund("dfa-3f1")
            assert orders.unsettled() == []

    with FaultyServer(answer(200, ORDERS["refund"])) as server:
        trio.run(main, server)
        assert server.requests == []


def test_it_keeps_no_cookies() -> None:
    async def main(server: FaultyServer) -> None:
        transport = AiohttpTransport()
        for token in ("one", "two"):
            async with AsyncOrdersClient(
                token=token, site_id=SITE, base_url=server.url, transport=transport
            ) as orders:
                await orders.get("dfa-3f1")
                await orders.get("dfa-3f1")

    with FaultyServer(answer(200, ORDERS["get"], Set_Cookie="session=hidden; Path=/")) as server:
        asyncio.run(main(server))
    assert len(server.requests) == 4
    assert not [request for request in server.requests if "cookie" in request.headers]


QUOTING = [
    b"HTTP/1.1 200 ada@example.com\xff\r\nContent-Length: 0\r\n\r\n",
    b'{"email":"ada@example.com"} 200\r\n\r\n',
    b"HTTP/1.1 200 OK\r\nada@example.com\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nada@example.com\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: ada@example.com\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nada@example.com",
]


@pytest.mark.parametrize("size", [9_000, 60_000])
def test_a_header_may_be_as_long_as_with_httpx(size: int) -> None:
    with FaultyServer(answer(200, ORDERS["refund"], Content_Security_Policy="a" * size)) as server:
        order = refund(server, confirm=False)
        assert len(outcome_of(order).raw.headers["content-security-policy"]) == size


@pytest.mark.parametrize("said", QUOTING)
def test_nothing_that_the_server_sent_is_quoted(said: bytes) -> None:
    def say(peer: Peer) -> None:
        peer.receive()
        peer.send(said)
        peer.hang_up()

    with FaultyServer(say) as server, pytest.raises(errors.OutcomeUnknownError) as caught:
        refund(server, confirm=False)
    assert "ada@" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.cause)
