"""Webflow's own Python SDK, pointed at the mock by its environment, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from webflow_orders_mock import MockServer, MockWebflow

webflow = pytest.importorskip("webflow")


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    with MockServer(MockWebflow(dialect=getattr(request, "param", "documented"))) as server:
        yield server


@pytest.fixture
def orders(client: Any) -> Any:
    return client.orders


@pytest.fixture
def client(served: MockServer) -> Iterator[Any]:
    import httpx
    from webflow.environment import WebflowEnvironment

    base = f"{served.url}/v2"
    environment = WebflowEnvironment(base=base, data_api=base, content_delivery_api=base)
    with httpx.Client(timeout=10) as http:
        yield webflow.Webflow(access_token=served.mock.token, environment=environment, httpx_client=http)


def test_it_lists_every_order(orders: Any, served: MockServer) -> None:
    page = orders.list(served.mock.site_id)
    assert page.pagination.total == len(page.orders) == 27
    for one in page.orders:
        assert one.customer_paid.value.isdecimal()
        assert orders.get(served.mock.site_id, one.order_id) == one


def test_it_filters_and_pages(orders: Any, served: MockServer) -> None:
    page = orders.list(served.mock.site_id, status="fulfilled", offset=1, limit=2)
    assert [one.status for one in page.orders] == ["fulfilled", "fulfilled"]


def test_it_drives_an_order_through_its_life(orders: Any, served: MockServer) -> None:
    site, mock = served.mock.site_id, served.mock
    assert orders.get(site, "dfa-3f1").status == "unfulfilled"
    updated = orders.update(site, "dfa-3f1", comment="x", shipping_tracking_url="https://snailpost.example/1")
    assert (updated.comment, updated.shipping_tracking_url) == ("x", "https://snailpost.example/1")
    fulfilled = orders.update_fulfill(site, "dfa-3f1", send_order_fulfilled_email=False)
    assert (fulfilled.status, fulfilled.fulfilled_on is None) == ("fulfilled", False)
    unfulfilled = orders.update_unfulfill(site, "dfa-3f1")
    assert (unfulfilled.status, unfulfilled.fulfilled_on) == ("unfulfilled", None)
    refunded = orders.refund(site, "dfa-3f1", reason="requested")
    assert refunded.status == "refunded"
    assert refunded.stripe_details.refund_reason == "requested_by_customer"
    assert mock.orders[site, "dfa-3f1"].status == "refunded"
    assert [entry.applied for entry in mock.ledger] == [False, True, True, True, True]


def test_it_raises_its_own_errors_from_our_bodies(orders: Any, served: MockServer) -> None:
    site = served.mock.site_id
    with pytest.raises(webflow.NotFoundError) as missing:
        orders.get(site, "nope")
    assert missing.value.body.code == "resource_not_found"
    with pytest.raises(webflow.ConflictError):
        orders.update_unfulfill(site, "dfa-3f1", request_options={"max_retries": 0})
    with pytest.raises(webflow.BadRequestError):
        orders.list(site, limit=1000)


def test_it_makes_reads_and_removes_a_webhook(client: Any, served: MockServer) -> None:
    site, webhooks = served.mock.site_id, client.webhooks
    made = webhooks.create(site, trigger_type="ecomm_order_changed", url="https://shop.example/hook")
    assert (made.trigger_type, made.site_id) == ("ecomm_order_changed", site)
    assert webhooks.get(made.id).created_on == made.created_on
    assert [each.id for each in webhooks.list(site).webhooks] == [made.id]
    webhooks.delete(made.id)
    assert len(served.mock.webhooks) == 0
    with pytest.raises(webflow.NotFoundError):
        webhooks.get(made.id)


@pytest.mark.parametrize("served", ["observed"], indirect=True)
def test_it_cannot_read_what_was_observed_which_is_why_there_are_two_dialects(
    orders: Any, served: MockServer
) -> None:
    with pytest.raises(Exception, match="value"):
        orders.get(served.mock.site_id, "dfa-3f1")
