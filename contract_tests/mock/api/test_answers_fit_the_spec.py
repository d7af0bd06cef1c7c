"""Is every answer what the spec promises? The judge is not the mock's own: jsonschema_rs, formats on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import jsonschema_rs
import pytest
from webflow_orders_mock import InvalidAnswer, InvalidOrder, MockWebflow, order
from webflow_orders_mock.orders.dialects import StoredOrder

Connect = Callable[..., httpx.Client]
Json = dict[str, Any]


@pytest.fixture
def judge(spec: Json) -> Callable[[httpx.Response, str], None]:
    """judge(answer, operation_id): the body and the headers are those that the spec has for that status."""
    operations = {
        operation["operationId"]: operation
        for item in spec["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    }

    def resolved(node: Json) -> Json:
        return spec["components"]["responses"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node

    def judge(answer: httpx.Response, operation_id: str) -> None:
        response = resolved(operations[operation_id]["responses"][str(answer.status_code)])
        schema = {**response["content"]["application/json"]["schema"], "components": spec["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        validator.validate(answer.json())
        assert answer.headers["Content-Type"] == "application/json"
        assert set(map(str.lower, response.get("headers", {}))) <= set(answer.headers)

    return judge


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_every_order_and_page(
    dialect: Any, connect: Connect, judge: Callable[..., None], orders_url: str, v1_url: str
) -> None:
    client = connect(MockWebflow(dialect=dialect))
    page, page_v1 = client.get(orders_url), client.get(f"{v1_url}/orders")
    judge(page, "list-orders")
    judge(page_v1, "list-orders-v1")
    for one in page_v1.json():
        judge(client.get(f"{orders_url}/{one['orderId']}"), "get-order")
        judge(client.get(f"{v1_url}/order/{one['orderId']}"), "get-order-v1")


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_every_order_after_every_write(
    dialect: Any, connect: Connect, judge: Callable[..., None], orders_url: str
) -> None:
    mock = MockWebflow(dialect=dialect)
    client = connect(mock)
    for one in client.get(orders_url).json()["orders"]:
        for action in ("fulfill", "unfulfill", "fulfill", "refund"):
            judge(client.post(f"{orders_url}/{one['orderId']}/{action}"), f"{action}-order")
        judge(client.patch(f"{orders_url}/{one['orderId']}", json={"comment": "x"}), "update-order")
        judge(client.get(f"{orders_url}/{one['orderId']}"), "get-order")


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_every_answer_about_webhooks(dialect: Any, connect: Connect, judge: Callable[..., None]) -> None:
    mock = MockWebflow(dialect=dialect)
    client, url = connect(mock), f"/v2/sites/{mock.site_id}/webhooks"
    mock.webhooks.create(mock.site_id, "form_submission", "https://forms.example", filter={"name": "News"})
    made = client.post(url, json={"triggerType": "ecomm_new_order", "url": "https://shop.example"})
    judge(made, "create-webhook")
    mock.webhooks.triggered(made.json()["id"], 1_742_558_400.0)
    judge(client.get(url), "list-webhooks")
    judge(client.get(f"/v2/webhooks/{made.json()['id']}"), "get-webhook")
    judge(client.post(url, json={}), "create-webhook")
    judge(client.get(f"/v2/webhooks/{'0' * 24}"), "get-webhook")
    judge(connect(mock, None).delete(f"/v2/webhooks/{made.json()['id']}"), "delete-webhook")
    for _ in range(75):
        refused = client.post(url, json={"triggerType": "ecomm_new_order", "url": "https://shop.example"})
    judge(refused, "create-webhook")
    assert refused.status_code == 409


def test_every_error(mock: MockWebflow, connect: Connect, judge: Callable[..., None]) -> None:
    mock.add_token("once", plan="enterprise:1")
    mock.add_token("poor", scopes=())
    throttled = connect(mock, "once")
    client = connect(mock)
    for base, name in (
        (f"/v2/sites/{mock.site_id}/orders", "list-orders"),
        (f"/sites/{mock.site_id}/orders",) * 2,
    ):
        operation = name if name == "list-orders" else "list-orders-v1"
        statuses = []
        mock.faults.outage()
        throttled.get(base)
        for answer in (
            client.get(f"{base}?limit=0&status=x"),
            connect(mock, None).get(base),
            client.get(base.replace(mock.site_id, "0" * 24)),
            throttled.get(base),
            _failing(mock, client, base),
            _throttled(mock, client, base),
            *([connect(mock, "poor").get(base)] if operation == "list-orders" else []),
        ):
            judge(answer, operation)
            statuses.append(answer.status_code)
        assert statuses == [400, 401, 404, 429, 500, 429, 403][: len(statuses)]


def _failing(mock: MockWebflow, client: httpx.Client, url: str) -> httpx.Response:
    mock.faults.outage()
    return client.get(url)


def _throttled(mock: MockWebflow, client: httpx.Client, url: str) -> httpx.Response:
    mock.faults.rate_limit()
    return client.get(url)


BROKEN: list[tuple[Json, str]] = [
    ({"orderId": "x"}, "status"),
    ({"status": "pending"}, "orderId"),
    ({"orderId": "x", "status": "shipped"}, "status"),
    ({"orderId": "a/b", "status": "pending"}, "orderId"),
    ({"orderId": "x", "status": "pending", "acceptedOn": "yesterday"}, "acceptedOn"),
    ({"orderId": "x", "status": "pending", "customerPaid": {"value": 1.5}}, "customerPaid"),
    ({"orderId": "x", "status": "pending", "customerPaid": {"value": "ten"}}, "customerPaid"),
    ({"orderId": "x", "status": "pending", "totals": None}, "totals"),
    ({"orderId": "x", "status": "pending", "stripeCard": {"brand": 4}}, "stripeCard.brand"),
    ({"orderId": "x", "status": "pending", "isCustomerDeleted": "yes"}, "isCustomerDeleted"),
]


@pytest.mark.parametrize(("seed", "field"), BROKEN, ids=[field for _, field in BROKEN])
@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_a_seed_that_the_spec_does_not_allow_is_refused_and_the_field_named(
    seed: Json, field: str, dialect: Any
) -> None:
    mock = MockWebflow(shop=False, dialect=dialect)
    with pytest.raises(InvalidOrder, match=field):
        mock.seed(mock.site_id, order("fine"), seed)
    assert len(mock.orders) == 0


def test_a_refused_seed_does_not_print_the_customer() -> None:
    mock = MockWebflow()
    customer = {"fullName": ["Secret Person"], "email": "secret@example.com"}
    with pytest.raises(InvalidOrder) as refused:
        mock.seed(mock.site_id, {"orderId": "x", "status": "pending", "customerInfo": customer})
    assert "ecret" not in str(refused.value)


@pytest.mark.parametrize("value", [float("nan"), "\ud800", object(), {1, 2}])
def test_a_seed_that_is_not_json_is_refused(value: object) -> None:
    mock = MockWebflow()
    with pytest.raises(InvalidOrder):
        mock.seed(mock.site_id, {"orderId": "x", "status": "pending", "note": value})


def test_an_answer_that_breaks_the_spec_is_a_loud_failure_of_the_mock(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.store.sites[mock.site_id].orders["bad"] = StoredOrder({"orderId": "bad", "status": "lost at sea"})
    with pytest.raises(InvalidAnswer, match="status"):
        client.get(f"{orders_url}/bad")
