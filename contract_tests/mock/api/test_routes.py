"""Does the mock serve what the spec lists, and refuse the rest as an API does?"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from webflow_orders_mock import OPERATIONS, MockWebflow

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
PATHS = {
    "/v2/sites/{site}/orders": "GET",
    "/v2/sites/{site}/orders/dfa-3f1": "GET, PATCH",
    "/v2/sites/{site}/orders/dfa-3f1/fulfill": "POST",
    "/v2/sites/{site}/orders/dfa-3f1/unfulfill": "POST",
    "/v2/sites/{site}/orders/dfa-3f1/refund": "POST",
    "/v2/sites/{site}/webhooks": "GET, POST",
    "/v2/webhooks/66f0a1b2c3d4e5f601234567": "DELETE, GET",
    "/sites/{site}/orders": "GET",
    "/sites/{site}/order/dfa-3f1": "GET",
}


def test_every_operation_of_the_spec_has_a_route_with_its_method_path_and_scope(spec: dict[str, Any]) -> None:
    published = {}
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "patch", "delete"):
                scopes = [scope for scheme in operation["security"] for scope in scheme.get("OAuth2", [])]
                published[operation["operationId"]] = (method.upper(), path, scopes[0] if scopes else None)
    assert {o.operation_id: (o.method, o.path, o.scope) for o in OPERATIONS.values()} == published


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_another_method_is_405_and_allow_lists_all_that_the_path_has(
    path: str, method: str, mock: MockWebflow, client: httpx.Client
) -> None:
    answer = client.request(method, path.format(site=mock.site_id))
    if method in PATHS[path].split(", "):
        assert answer.status_code != 405
    else:
        assert (answer.status_code, answer.headers["Allow"]) == (405, PATHS[path])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v2",
        "/v2/sites",
        "/v2/sites//orders",
        "/v2/sites/{site}/orders/",
        "/v2/sites/{site}/order/dfa-3f1",
        "/v2/sites/{site}/orders/dfa-3f1/cancel",
        "/v1/sites/{site}/orders",
        "/sites/{site}/orders/dfa-3f1",
        "/_mocking",
    ],
)
def test_a_path_that_leads_nowhere_is_404_in_the_shape_of_its_version(
    path: str, mock: MockWebflow, client: httpx.Client
) -> None:
    answer = client.get(path.format(site=mock.site_id))
    assert answer.status_code == 404
    assert answer.json()["code"] == ("resource_not_found" if path.startswith("/v2") else 404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/order/dfa-3f1/fulfill", 404),
        ("POST", "/order/dfa-3f1/unfulfill", 404),
        ("POST", "/order/dfa-3f1/refund", 404),
        ("PATCH", "/order/dfa-3f1", 405),
        ("PUT", "/order/dfa-3f1", 405),
        ("POST", "/orders", 405),
    ],
)
def test_a_write_of_v1_is_405_where_v1_reads_and_404_elsewhere(
    method: str, path: str, status: int, client: httpx.Client, v1_url: str, mock: MockWebflow
) -> None:
    answer = client.request(method, v1_url + path, json={"fields": {"comment": "x"}})
    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert answer.headers.get("Allow") == ("GET" if status == 405 else None)
    assert not any(entry.applied for entry in mock.ledger)


def test_a_percent_encoded_path_is_the_same_path(client: httpx.Client, orders_url: str) -> None:
    assert client.get(orders_url + "/%64fa-3f1").json()["orderId"] == "dfa-3f1"


@pytest.mark.parametrize(
    "order_id", ["%2e%2e", "a%2Fb", "a%20b", "%ff", "%00", "%F0%9F%A6%8A", "dfa-3f1%0A", "x" * 65]
)
def test_an_id_that_no_order_can_have_is_400_and_named(
    order_id: str, client: httpx.Client, orders_url: str
) -> None:
    answer = client.get(f"{orders_url}/{order_id}")
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == ["order_id"]


@pytest.mark.parametrize(
    "site_id", ["580E63E98C9A982AC9B8B741", "580e", "z" * 24, "580e63e98c9a982ac9b8b7411"]
)
def test_a_malformed_site_id_is_400_in_both_shapes(site_id: str, client: httpx.Client) -> None:
    v2, v1 = client.get(f"/v2/sites/{site_id}/orders"), client.get(f"/sites/{site_id}/orders")
    assert (v2.status_code, v2.json()["details"][0]["field"]) == (400, "site_id")
    assert (v1.status_code, v1.json()["problems"][0].partition(":")[0]) == (400, "site_id")
