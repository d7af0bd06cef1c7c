"""One brain: do all doors give the same answers?"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockServer, MockWebflow, Request
from webflow_orders_mock.orders.dialects import StoredOrder
from webflow_orders_mock.server import listen

Connect = Callable[..., httpx.Client]
JSON = {"Content-Type": "application/json"}
HEADERS = {"Authorization": "Bearer mock-token"}

S = "580e63e98c9a982ac9b8b741"
SCRIPT: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"/v2/sites/{S}/orders?status=unfulfilled&limit=3", {}),
    ("GET", f"/v2/sites/{S}/orders?status=&limit=%F0", {}),
    ("GET", f"/v2/sites/{S}/orders/cd0-f0f", {}),
    ("GET", f"/v2/sites/{S}/orders/a%2Fb%20%FF", {}),
    ("GET", f"/sites/{S}/orders?offset=20", {"headers": {"Accept-Version": "1.0.0"}}),
    ("GET", f"/sites/{S}/order/dfa-3f1", {"headers": {"Accept-Version": "3"}}),
    ("PATCH", f"/v2/sites/{S}/orders/dfa-3f1", {"json": {"comment": "🦊 \u0000"}}),
    ("PATCH", f"/v2/sites/{S}/orders/dfa-3f1", {"content": b"\xff", "headers": JSON}),
    ("PATCH", f"/v2/sites/{S}/orders/dfa-3f1", {"content": b'"' + b"x" * 2_000_000 + b'"', "headers": JSON}),
    ("POST", f"/v2/sites/{S}/orders/dfa-3f1/fulfill", {}),
    ("POST", f"/v2/sites/{S}/orders/dfa-3f1/fulfill", {"json": {}}),
    ("POST", f"/v2/sites/{S}/orders/dfa-3f1/refund", {"json": {"reason": "requested"}}),
    ("PUT", f"/v2/sites/{S}/orders/dfa-3f1", {}),
    ("GET", "/nowhere?x=1", {}),
    ("GET", "/v2/sites//orders", {}),
    ("GET", "/_mock/ledger?since=3", {}),
    ("GET", f"/v2/sites/{S}/orders", {"headers": {"Authorization": "Bearer wrong"}}),
]

Told = tuple[int, bytes, dict[str, str]]


def _told(answer: httpx.Response) -> Told:
    # What a server must add is no part of the answer.
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "connection")}
    return answer.status_code, answer.content, headers


def _in_process(mock: MockWebflow) -> list[Told]:
    with httpx.Client(transport=mock.transport(), base_url="http://mock", headers=HEADERS) as client:
        return [_told(client.request(method, url, **more)) for method, url, more in SCRIPT]


async def _awaited(client: httpx.AsyncClient) -> list[Told]:
    async with client:
        return [_told(await client.request(method, url, **more)) for method, url, more in SCRIPT]


def test_sync_async_asgi_and_socket_answer_alike(clock: Callable[[], float]) -> None:
    def fresh() -> MockWebflow:
        return MockWebflow(clock=clock)

    expected = _in_process(fresh())
    assert {status for status, _, _ in expected} == {200, 400, 401, 404, 405, 409}
    awaited = httpx.AsyncClient(transport=fresh().transport(), base_url="http://mock", headers=HEADERS)
    assert asyncio.run(_awaited(awaited)) == expected
    asgi = httpx.ASGITransport(app=fresh().asgi)
    assert (
        asyncio.run(_awaited(httpx.AsyncClient(transport=asgi, base_url="http://localhost", headers=HEADERS)))
        == expected
    )
    with MockServer(fresh()) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        assert [_told(client.request(method, url, **more)) for method, url, more in SCRIPT] == expected


def test_handle_needs_no_http_library(mock: MockWebflow, orders_url: str) -> None:
    answer = mock.handle(
        Request("GET", f"{orders_url}/dfa-3f1", headers={"authorization": "Bearer mock-token"})
    )
    assert answer.status == 200
    assert json.loads(answer.body)["orderId"] == "dfa-3f1"


def test_the_server_stops_with_its_block_and_frees_the_port(mock: MockWebflow) -> None:
    with MockServer(mock) as server:
        assert httpx.get(f"{server.url}/_mock").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/_mock")
    with MockServer(mock, port=server.port) as again:
        assert again.port == server.port


def test_the_server_stops_when_the_block_fails(mock: MockWebflow) -> None:
    class Oops(Exception): ...

    with pytest.raises(Oops), MockServer(mock) as server:
        raise Oops
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_taken_port_is_refused_at_once(mock: MockWebflow) -> None:
    with MockServer(mock) as server, pytest.raises(OSError, match="in use"):
        MockServer(MockWebflow(), port=server.port)


def test_the_server_listens_on_this_machine_only(mock: MockWebflow) -> None:
    with MockServer(mock) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_request_whose_sender_left_halfway_is_not_carried_out(mock: MockWebflow, orders_url: str) -> None:
    path = f"{orders_url}/dfa-3f1/refund"
    head = f"POST {path} HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer mock-token\r\n"
    with MockServer(mock) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as cut:
            cut.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{}}".encode())
        assert httpx.get(f"{server.url}/_mock").status_code == 200
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"
    assert len(mock.ledger) == 0


def test_a_bug_of_the_mock_is_a_500_over_the_socket(
    mock: MockWebflow, orders_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    mock.store.sites[mock.site_id].orders["bad"] = StoredOrder({"orderId": "bad", "status": "lost at sea"})
    with caplog.at_level(logging.ERROR), MockServer(mock) as server:
        answer = httpx.get(f"{server.url}{orders_url}/bad", headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "lost at sea" not in answer.text
    assert "X-RateLimit-Limit" not in answer.headers, "what a client would keep to must not be made up"
    assert "does not allow" in caplog.text
