"""Do the locals in a traceback show a token or a customer? Crash reporters print those of each frame."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors

from contract_tests.client import faulty
from contract_tests.client.conftest import SITE, TOKEN, answer
from contract_tests.client.faulty import FaultyServer
from contract_tests.client.leaking import leaks, with_locals

dial = faulty.dial


def explode(request: httpx.Request) -> httpx.Response:
    headers = dict(request.headers)
    raise RuntimeError(f"cannot send {headers['authorization']}")


FAULTY: list[Any] = [
    answer(401, {"code": "not_authorized", "message": f"no such token: {TOKEN}"}),
    answer(404, {"message": "gone", "fullName": "Wilhelmina Quandt"}), answer(503), answer(302, Location="/login"),
    httpx.Response(200, content=b'{"orderId": "Wilhelmina Quandt", "status" 97477'),
    httpx.Response(200, content=b'["Wilhelmina Quandt"]'),
    faulty.close_read, faulty.reset, faulty.silence, faulty.drip_headers, faulty.close_unread,
    faulty.half(httpx.Response(200, content=b'{"fullName": "Wilhelmina Quandt", "zip": "97477"}')),
    lambda peer: (peer.receive(), peer.send(b"Wilhelmina Quandt 97477\r\n\r\n"), peer.hang_up()),
]  # fmt: skip


@pytest.mark.parametrize("step", FAULTY)
@pytest.mark.parametrize("method", ["get", "refund"])
def test_the_locals_of_no_traceback_show_a_token_or_a_customer(
    dial: Callable[..., Any], method: str, step: Any
) -> None:
    with FaultyServer(step) as server:
        client = dial(server, timeout=0.3, retry=RetryPolicy(max_retries=0), confirm=False)
        with pytest.raises(errors.WebflowOrdersError) as caught:
            getattr(client, method)("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []


def test_what_a_transport_of_the_callers_raises_shows_no_token_either(connect: Callable[..., Any]) -> None:
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        connect(explode, confirm=False).refund("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []
    assert isinstance(caught.value.cause.__cause__, RuntimeError)
    assert str(caught.value.cause.__cause__) == "cannot send Bearer …"
    assert ", in explode" in "".join(caught.value.cause.__cause__.__notes__)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_passes_and_its_locals_show_no_token(kind: str, stop: type[BaseException]) -> None:
    def interrupted(request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        raise stop(len(headers))

    given: Any = {"token": TOKEN, "site_id": SITE, "rate_limit": None}
    transport = httpx.MockTransport(interrupted)

    async def main() -> BaseException:
        async with AsyncOrdersClient(transport=transport, **given) as client:
            try:
                await client.refund("dfa-3f1")
            except stop as error:
                return error
        raise AssertionError("it did not pass")

    if kind == "async":
        assert leaks(with_locals(asyncio.run(main()))) == []
        return
    with OrdersClient(transport=transport, **given) as client, pytest.raises(stop) as caught:
        client.refund("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []
