"""What each method sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial

OTHER_SITE = "0123456789abcdef01234567"
V2 = f"/v2/sites/{SITE}/orders"
HOOK = {
    "id": "66f0a1b2c3d4e5f601234567",
    "triggerType": "ecomm_new_order",
    "url": "https://shop.example/hook",
}
CALLS = [
    # api, method, arguments, keywords → HTTP method, target, body
    ("v2", "list", [], {}, "GET", f"{V2}?offset=0&limit=100", None),
    ("v2", "list", [], {"status": "dispute-lost", "offset": 7, "limit": 3}, "GET",
     f"{V2}?status=dispute-lost&offset=7&limit=3", None),
    ("v2", "get", ["dfa-3f1"], {}, "GET", f"{V2}/dfa-3f1", None),
    ("v2", "update", ["dfa-3f1"], {"comment": ""}, "PATCH", f"{V2}/dfa-3f1", {"comment": ""}),
    ("v2", "update", ["dfa-3f1"],
     {"shipping_provider": "P", "shipping_tracking": "T", "shipping_tracking_url": "U"}, "PATCH", f"{V2}/dfa-3f1",
     {"shippingProvider": "P", "shippingTracking": "T", "shippingTrackingURL": "U"}),
    ("v2", "fulfill", ["dfa-3f1"], {}, "POST", f"{V2}/dfa-3f1/fulfill", {"sendOrderFulfilledEmail": False}),
    ("v2", "fulfill", ["dfa-3f1"], {"send_email": True}, "POST", f"{V2}/dfa-3f1/fulfill",
     {"sendOrderFulfilledEmail": True}),
    ("v2", "unfulfill", ["dfa-3f1"], {}, "POST", f"{V2}/dfa-3f1/unfulfill", None),
    ("v2", "refund", ["dfa-3f1"], {}, "POST", f"{V2}/dfa-3f1/refund", None),
    ("v2", "refund", ["dfa-3f1"], {"reason": "requested"}, "POST", f"{V2}/dfa-3f1/refund", {"reason": "requested"}),
    ("v1", "list", [], {"status": "refunded"}, "GET", f"/sites/{SITE}/orders?status=refunded&offset=0&limit=100",
     None),
    ("v1", "get", ["dfa-3f1"], {}, "GET", f"/sites/{SITE}/order/dfa-3f1", None),
    ("webhooks", "list", [], {}, "GET", f"/v2/sites/{SITE}/webhooks", None),
    ("webhooks", "get", [HOOK["id"]], {}, "GET", f"/v2/webhooks/{HOOK['id']}", None),
    ("webhooks", "create", [HOOK["url"], "ecomm_new_order"], {}, "POST", f"/v2/sites/{SITE}/webhooks",
     {"triggerType": "ecomm_new_order", "url": HOOK["url"]}),
    ("webhooks", "delete", [HOOK["id"]], {}, "DELETE", f"/v2/webhooks/{HOOK['id']}", None),
]  # fmt: skip


@pytest.mark.parametrize(("api", "method", "arguments", "keywords", "verb", "target", "body"), CALLS)
def test_each_method_sends_what_the_spec_says(
    connect: Callable[..., Any], api: str, method: str, arguments: list[Any], keywords: dict[str, Any],
    verb: str, target: str, body: Any,
) -> None:  # fmt: skip
    order = ORDERS.get(method, ORDERS["get"])
    page: Any = (
        [order] if api == "v1" else {"orders": [order], "pagination": {"limit": 1, "offset": 0, "total": 1}}
    )
    if api == "webhooks":
        page, order = {"webhooks": [HOOK]}, HOOK
    gone = httpx.Response(204)
    script = Script(gone if method == "delete" else answer(json=page if method == "list" else order))
    client = connect(script, api="v1" if api == "v1" else "v2", confirm=False)
    getattr(client.webhooks if api == "webhooks" else client, method)(*arguments, **keywords)
    (request,) = script.requests
    assert (request.method, request.url.raw_path.decode()) == (verb, target)
    assert request.url.host == "api.webflow.com"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["User-Agent"].startswith("webflow-orders/")
    assert request.headers.get("Accept-Version") == ("1.0.0" if api == "v1" else None)
    if body is None:
        assert request.content == b""
        assert "Content-Type" not in request.headers
    else:
        assert json.loads(request.content) == body
        assert request.headers["Content-Type"] == "application/json"


def test_for_site_asks_another_site_over_the_same_connections(connect: Callable[..., Any]) -> None:
    script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
    client = connect(script)
    other = client.for_site(OTHER_SITE)
    other.get("dfa-3f1")
    other.close()
    client.get("dfa-3f1")
    assert [request.url.path for request in script.requests] == [
        f"/v2/sites/{OTHER_SITE}/orders/dfa-3f1",
        f"/v2/sites/{SITE}/orders/dfa-3f1",
    ]


def test_every_attempt_is_timed(connect: Callable[..., Any]) -> None:
    script = Script(answer(json={"orderId": "dfa-3f1", "status": "pending"}))
    connect(script).get("dfa-3f1")
    connect(script, timeout=5).get("dfa-3f1")
    assert [set(request.extensions["timeout"].values()) for request in script.requests] == [{30.0}, {5.0}]


def test_a_cookie_is_never_sent_back(connect: Callable[..., Any]) -> None:
    script = Script(answer(json=ORDERS["get"], Set_Cookie="session=1; Path=/"))
    client = connect(script)
    client.get("dfa-3f1")
    client.get("dfa-3f1")
    assert ["cookie" in request.headers for request in script.requests] == [False, False]


def test_the_only_header_about_the_caller_is_the_user_agent(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(200, ORDERS["fulfill"])) as server:
        dial(server).fulfill("dfa-3f1")
        dial(server).get("dfa-3f1")
    common = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
    assert server.requests[0].headers.keys() == common | {"content-length", "content-type"}
    assert server.requests[1].headers.keys() == common
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("webflow-orders/")
    assert "python" not in agent.lower()
    assert "linux" not in agent.lower()
