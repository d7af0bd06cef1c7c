"""What the client sends is what was asked for, and what openapi.yaml allows, for all that it allows to ask for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import frozen
from hypothesis import given, strategies as st
from webflow_orders import AsyncOrdersClient, OrdersClient, errors, v1

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Blocking, Script, answer
from contract_tests.client.mutants import spec_check
from contract_tests.client.mutants.spec_check import OPERATIONS, Operation, problems
from contract_tests.codegen.bodies import Bodies, Json
from contract_tests.codegen.judges import EXAMPLES

DRAWN = Bodies(spec_check.SPEC, surprises=False)
BY_ID = {operation.id: operation for operation in OPERATIONS}


# What the client calls otherwise than the spec.
ARGUMENTS = {
    "shippingProvider": "shipping_provider", "shippingTracking": "shipping_tracking",
    "shippingTrackingURL": "shipping_tracking_url", "sendOrderFulfilledEmail": "send_email", "triggerType": "trigger",
}  # fmt: skip
KINDS = {
    ("sync", "v2"): OrdersClient, ("sync", "v1"): v1.OrdersClient,
    ("async", "v2"): AsyncOrdersClient, ("async", "v1"): v1.AsyncOrdersClient,
}  # fmt: skip


@frozen
class Asked:
    """What a caller asks for, in the words of the spec."""

    path: dict[str, str]
    query: Json
    body: Json


@st.composite
def questions(draw: st.DrawFn, operation: Operation) -> Asked:
    """Every argument that the spec allows, and any of those that may be left out left out."""
    drawn: dict[str, Json] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.parameters:
        if parameter.get("required") or draw(st.booleans()):
            drawn[parameter["in"]][parameter["name"]] = draw(DRAWN.of(parameter["schema"]))
    body = draw(DRAWN.of(operation.body)) if operation.body else {}
    if operation.node.get("requestBody", {}).get("required") and not body:
        body = {"comment": draw(st.text(max_size=8))}  # A client does not send an update of nothing.
    return Asked(drawn["path"], drawn["query"], body)


def ask(
    style: str, operation: Operation, asked: Asked, send: Callable[[httpx.Request], httpx.Response]
) -> None:
    """Call the method. What is answered matters to nobody here."""
    arguments = {ARGUMENTS.get(name, name): value for name, value in {**asked.query, **asked.body}.items()}
    ids = [value for name, value in asked.path.items() if name != "site_id"]
    client: Any = KINDS[style, "v1" if operation.id.endswith("-v1") else "v2"](
        token=TOKEN, site_id=asked.path.get("site_id"), rate_limit=None, transport=httpx.MockTransport(send),
        confirm=False,
    )  # fmt: skip
    with asyncio.Runner() as runner:
        client = client if style == "sync" else Blocking(client, runner)
        resource = client.webhooks if operation.resource == "webhooks" else client
        with pytest.raises(errors.NotFoundError):
            getattr(resource, operation.verb)(*ids, **arguments)
        client.close()


def expected(operation: Operation, asked: Asked) -> tuple[dict[str, str], Json]:
    """Query and body on the wire. What has a default in the spec is sent with it: nothing is left to chance."""
    defaults = {
        each["name"]: spec_check.whole(each["schema"])["default"]
        for each in operation.parameters
        if each["in"] == "query" and "default" in spec_check.whole(each["schema"])
    }
    fields = (operation.body or {}).get("properties", {})
    body = {name: field["default"] for name, field in fields.items() if "default" in field}
    return {name: str(value) for name, value in {**defaults, **asked.query}.items()}, body | asked.body


@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("name", BY_ID)
@EXAMPLES
@given(data=st.data())
def test_what_is_asked_is_what_is_on_the_wire(name: str, style: str, data: st.DataObject) -> None:
    operation = BY_ID[name]
    asked = data.draw(questions(operation))
    script = Script(answer(404))
    ask(style, operation, asked, script)
    (request,) = script.requests
    assert problems(request) == []
    assert spec_check.addressed(request) == (operation, asked.path)
    query, body = expected(operation, asked)
    assert dict(request.url.params) == query
    assert (json.loads(request.content) if request.content else {}) == body
    assert ("accept-version" in request.headers) is name.endswith("-v1")


@pytest.mark.parametrize("api", ["v2", "v1"])
@EXAMPLES
@given(status=DRAWN.component("OrderStatus") | st.none(), size=st.integers(1, 100))
def test_a_walk_asks_for_one_page_after_the_other(api: str, status: str | None, size: int) -> None:
    def page(first: int, count: int) -> httpx.Response:
        orders: Any = [ORDERS["get"] | {"orderId": f"000-{first + number:03x}"} for number in range(count)]
        return answer(
            json=orders if api == "v1" else {"orders": orders, "pagination": {"total": 2 * size + 1}}
        )

    last = 0 if api == "v1" else 1
    script = Script(page(0, size), page(size, size), page(2 * size, last))
    kind = KINDS["sync", api]
    with kind(token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(script)) as client:
        assert len(list(client.iter(status=status, page_size=size))) == 2 * size + last
    given_status = {} if status is None else {"status": status}
    assert [dict(request.url.params) for request in script.requests] == [
        given_status | {"offset": str(offset), "limit": str(size)} for offset in (0, size, 2 * size)
    ]
    assert [problem for request in script.requests for problem in problems(request)] == []


URL = f"https://api.webflow.com/v2/sites/{SITE}/orders"
HEADERS = {"Authorization": "Bearer x", "Accept": "application/json", "User-Agent": "webflow-orders/1"}
WRONG = [
    # method, path and query after the list of orders, headers, body → what is said
    ("GET", "/dfa-3f1/refund", {}, None, "is no operation"),
    ("PUT", "/dfa-3f1", {}, {"comment": "x"}, "is no operation"),
    ("GET", "/..", {}, None, "is no operation"),
    ("GET", "/a%20b", {}, None, "order_id"),
    ("GET", "/" + "a" * 65, {}, None, "order_id"),
    ("GET", "?limit=101", {}, None, "limit"),
    ("GET", "?limit=01", {}, None, "limit is not an integer"),
    ("GET", "?offset=-1", {}, None, "offset"),
    ("GET", "?status=PENDING", {}, None, "status"),
    ("GET", "?page=1", {}, None, "query page is not in the spec"),
    ("GET", "?limit=1&limit=1", {}, None, "twice"),
    ("GET", "", {"Authorization": "x"}, None, "no bearer token"),
    ("GET", "", {"Authorization": "Bearer  x"}, None, "no bearer token"),
    ("GET", "", {"Accept": "text/html"}, None, "ask for JSON"),
    ("GET", "", {"User-Agent": "python-httpx"}, None, "who asks"),
    ("GET", "", {"Accept-Version": "1.0.0"}, None, "header accept-version is not in the spec"),
    ("GET", "", {}, {"limit": 1}, "the spec has no body"),
    ("PATCH", "/dfa-3f1", {}, None, "the body is missing"),
    ("PATCH", "/dfa-3f1", {}, {"shippingTrackingUrl": "x"}, "shippingTrackingUrl"),
    ("PATCH", "/dfa-3f1", {}, {"comment": None}, "body"),
    ("PATCH", "/dfa-3f1", {"Content-Type": "text/plain"}, {"comment": "x"}, "text/plain"),
    ("POST", "/dfa-3f1/refund", {}, {"reason": "requested_by_customer"}, "body"),
    ("POST", "/dfa-3f1/unfulfill", {"Content-Type": "application/json"}, None, "Content-Type"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "rest", "headers", "body", "says"), WRONG)
def test_a_request_that_the_spec_does_not_allow_is_seen(
    method: str, rest: str, headers: dict[str, str], body: Json | None, says: str
) -> None:
    arguments = {} if body is None else {"json": body}
    request = httpx.Request(method, URL + rest, headers=HEADERS | headers, **arguments)
    assert [problem for problem in problems(request) if says in problem]


def test_a_version_that_v1_does_not_have_is_seen() -> None:
    url = f"https://api.webflow.com/sites/{SITE}/orders"
    assert problems(httpx.Request("GET", url, headers=HEADERS)) == []
    assert problems(httpx.Request("GET", url, headers=HEADERS | {"Accept-Version": "2.0.0"}))


@pytest.mark.beside_the_spec
def test_every_test_is_watched(
    connect: Callable[..., Any], every_request_fits_the_spec: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from webflow_orders._call import resources

    right = resources.get

    def wrong(*arguments: Any) -> Any:
        operation = right(*arguments)
        return operation._replace(request=operation.request._replace(path=operation.request.path + "/x"))

    monkeypatch.setattr(resources, "get", wrong)
    connect(Script(answer(json=ORDERS["get"]))).get("dfa-3f1")
    assert every_request_fits_the_spec == [f"GET /v2/sites/{SITE}/orders/dfa-3f1/x is no operation"]
