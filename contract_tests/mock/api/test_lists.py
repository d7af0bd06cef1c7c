"""Pages, filters, and what is wrong with a query."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from webflow_orders_mock import MockWebflow, order

Connect = Callable[..., httpx.Client]
STATUSES = ("pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded")


@pytest.fixture
def many(connect: Connect) -> httpx.Client:
    """A client of a shop with 250 orders, 000-000 to 000-249, statuses in turn."""
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, *(order(f"000-{n:03}", status=STATUSES[n % 6]) for n in range(250)))
    return connect(mock)


def _ids(answer: httpx.Response) -> list[str]:
    orders = answer.json()["orders"] if "/v2/" in str(answer.url) else answer.json()
    return [one["orderId"] for one in orders]


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("", 0, 100),
        ("limit=1", 0, 1),
        ("limit=100&offset=200", 200, 50),
        ("offset=249", 249, 1),
        ("offset=250", 250, 0),
        ("offset=9007199254740991", 250, 0),
        ("limit=7&offset=99", 99, 7),
        ("colour=red&limit=2&limit_=9", 0, 2),
    ],
)
def test_a_page_holds_what_was_asked_for(
    query: str, first: int, count: int, many: httpx.Client, orders_url: str, v1_url: str
) -> None:
    expected = [f"000-{n:03}" for n in range(first, first + count)]
    v2 = many.get(f"{orders_url}?{query}")
    assert _ids(v2) == expected
    assert _ids(many.get(f"{v1_url}/orders?{query}")) == expected
    sent = httpx.QueryParams(query)
    assert v2.json()["pagination"] == {
        "limit": int(sent.get("limit", 100)),
        "offset": int(sent.get("offset", 0)),
        "total": 250,
    }


@pytest.mark.parametrize("status", STATUSES)
def test_a_filter_leaves_that_status_and_counts_it(
    status: str, many: httpx.Client, orders_url: str, v1_url: str
) -> None:
    expected = [f"000-{n:03}" for n in range(250) if STATUSES[n % 6] == status]
    answer = many.get(orders_url, params={"status": status, "limit": 10, "offset": 5})
    assert _ids(answer) == expected[5:15]
    assert answer.json()["pagination"]["total"] == len(expected)
    assert _ids(many.get(f"{v1_url}/orders", params={"status": status})) == expected


def test_an_order_keeps_its_place_when_it_changes(many: httpx.Client, orders_url: str) -> None:
    before = _ids(many.get(orders_url))
    many.post(f"{orders_url}/000-001/fulfill")
    many.patch(f"{orders_url}/000-003", json={"comment": "x"})
    assert _ids(many.get(orders_url)) == before


def test_an_empty_shop_has_an_empty_page(connect: Connect, orders_url: str, v1_url: str) -> None:
    client = connect(MockWebflow(shop=False))
    assert client.get(orders_url).json() == {
        "orders": [],
        "pagination": {"limit": 100, "offset": 0, "total": 0},
    }
    assert client.get(f"{v1_url}/orders").json() == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("limit=0", "limit: must be at least 1"),
        ("limit=101", "limit: must be at most 100"),
        ("limit=-1", "limit: must be at least 1"),
        ("limit=", "limit: must be an integer"),
        ("limit", "limit: must be an integer"),
        ("limit=ten", "limit: must be an integer"),
        ("limit=10.0", "limit: must be an integer"),
        ("limit=%201", "limit: must be an integer"),
        ("limit=%D9%A3", "limit: must be an integer"),
        ("limit=" + "9" * 5000, "limit: must be an integer"),
        ("limit=1&limit=1", "limit: must be given once"),
        ("offset=-1", "offset: must be at least 0"),
        ("offset=9007199254740992", "offset: must be at most 9007199254740991"),
        ("offset=null", "offset: must be an integer"),
        ("status=", "status: must be one of " + ", ".join(STATUSES)),
        ("status=shipped", "status: must be one of " + ", ".join(STATUSES)),
        ("status=%ff", "status: must be one of " + ", ".join(STATUSES)),
        ("status=pending&status=pending", "status: must be given once"),
    ],
)
def test_a_malformed_query_is_400_and_the_body_says_which_field(
    query: str, problem: str, client: httpx.Client, orders_url: str, v1_url: str
) -> None:
    v2, v1 = client.get(f"{orders_url}?{query}"), client.get(f"{v1_url}/orders?{query}")
    assert (v2.status_code, v1.status_code) == (400, 400)
    assert [f"{d['field']}: {d['message']}" for d in v2.json()["details"]] == [problem]
    assert v1.json()["problems"] == [problem]


def test_all_that_is_wrong_with_a_query_is_told_at_once(client: httpx.Client, orders_url: str) -> None:
    answer = client.get(f"{orders_url}?limit=0&offset=x&status=y")
    assert [detail["field"] for detail in answer.json()["details"]] == ["status", "offset", "limit"]


@pytest.mark.parametrize("version", ["1.0.0", "1.1"])
def test_v1_takes_a_version_that_starts_with_one(version: str, client: httpx.Client, v1_url: str) -> None:
    answer = client.get(f"{v1_url}/orders", headers={"Accept-Version": version})
    assert answer.status_code == 200


@pytest.mark.parametrize("version", ["2.0.0", "", "10.0", "one"])
def test_v1_refuses_another_version_and_v2_does_not_look(
    version: str, client: httpx.Client, v1_url: str, orders_url: str
) -> None:
    for path in ("orders", "order/dfa-3f1"):
        answer = client.get(f"{v1_url}/{path}", headers={"Accept-Version": version})
        assert (answer.status_code, answer.json()["name"]) == (400, "UnsupportedVersion")
        assert answer.json()["problems"][0].startswith("Accept-Version: must match ^1")
    assert client.get(orders_url, headers={"Accept-Version": version}).status_code == 200
