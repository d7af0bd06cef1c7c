"""Does the aiohttp transport keep what the client promises: no write twice, a bound on every attempt?"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx_aiohttp
import pytest
from webflow_orders import AsyncOrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders.aiohttp_transport import AiohttpTransport
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, answer
from contract_tests.client.faulty import (
    FaultyServer,
    close_read,
    close_unread,
    drip_body,
    drip_headers,
    half,
    reset,
    silence,
)


def refund(server: FaultyServer, **arguments: Any) -> Any:
    async def main() -> Any:
        async def sleep(seconds: float) -> None:
            """No waiting."""

        given = {
            "retry": RetryPolicy(draw=lambda: 0.0),
            "rate_limit": None,
            "sleep": sleep,
            "timeout": 0.4,
        } | arguments
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
    with FaultyServer(fault, answer(200, ORDERS["refund"])) as server:
        order = refund(server)
        assert outcome_of(order).confirmed_by_rereading
        # What was closed before it was read, the server does not know of.
        assert len(server.writes) == (0 if fault is close_unread else 1)


def test_upstream_still_reports_a_closed_connection_as_one_that_was_never_made() -> None:
    """When this fails, upstream has mended it, and our transport may go."""

    async def main(server: FaultyServer) -> None:
        transport = httpx_aiohttp.AiohttpTransport()
        async with AsyncOrdersClient(
            token=TOKEN, site_id=SITE, base_url=server.url, transport=transport, retry=RetryPolicy(max_retries=0)
        ) as orders:  # fmt: skip
            await orders.refund("dfa-3f1")

    with FaultyServer(close_read) as server, pytest.raises(errors.APIConnectionError) as caught:
        asyncio.run(main(server))
    assert not caught.value.sent
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
    with FaultyServer(fault) as server:
        began = time.monotonic()
        with pytest.raises(errors.OutcomeUnknownError):
            refund(server, confirm=False)
        assert time.monotonic() - began < 3
        assert len(server.writes) == 1


def test_many_calls_at_once_against_the_mock_are_not_mixed_up() -> None:
    async def main(url: str, mock: MockWebflow) -> None:
        ids = [order_id for _, order_id in mock.orders]
        async with AsyncOrdersClient(
            token=mock.token,
            site_id=mock.site_id,
            base_url=url,
            transport=AiohttpTransport(),
            rate_limit=None,
        ) as orders:
            got = await asyncio.gather(*(orders.get(ids[n % len(ids)]) for n in range(200)))
        assert [order.order_id for order in got] == [ids[n % len(ids)] for n in range(200)]

    mock = MockWebflow()
    with MockServer(mock) as server:
        asyncio.run(main(server.url, mock))
