"""Is the life of an order the one of the table, row by row?"""

from __future__ import annotations

import itertools

import httpx
import pytest
from webflow_orders_contract.description.writes import WRITES, method_of
from webflow_orders_contract.gateway.rules import orders as rules
from webflow_orders_generated.schemas import OrderStatus, RefundReason
from webflow_orders_mock import TRANSITIONS, MockWebflow, order
from webflow_orders_mock.orders import lifecycle

STATUSES = [status.value for status in OrderStatus]
ACTIONS = tuple(map(method_of, WRITES))
NOON = "2025-03-21T12:00:00.000Z"

# The contract run has it written down a second time, by hand: the table is judged, it does not judge.
LEGAL: dict[tuple[str, str], tuple[str, dict[str, str | None]]] = {
    (method_of(name), status): (
        write.to or status,
        {
            **({write.sets: NOON} if write.sets else {}),
            **({write.clears: None} if write.clears else {}),
            **({} if write.to else {"comment": "noted"}),
        },
    )
    for name, write in WRITES.items()
    for status in write.before
}


def _act(client: httpx.Client, action: str, url: str) -> httpx.Response:
    if action == "update":
        return client.patch(url, json={"comment": "noted"})
    return client.post(f"{url}/{action}")


def test_every_pair_of_action_and_status_is_decided() -> None:
    assert set(TRANSITIONS) == set(itertools.product(ACTIONS, STATUSES))


def test_every_row_says_how_we_know() -> None:
    for row in TRANSITIONS.values():
        assert row.grade in ("documented", "observed", "assumed")
        assert row.source
        if row.to is None:
            assert row.grade == "assumed"


@pytest.mark.parametrize(("action", "status"), list(itertools.product(ACTIONS, STATUSES)))
def test_an_action_does_what_its_row_says_and_nothing_else(
    action: str, status: str, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.seed(mock.site_id, order("aaa-111", status=status))
    url = f"{orders_url}/aaa-111"
    before = client.get(url).json()
    answer = _act(client, action, url)
    after = client.get(url).json()
    two = "lifecycle.py of the mock and description/writes.py of the run differ"
    if (action, status) not in LEGAL:
        assert answer.status_code == 409, f"{two}: is {action} allowed when {status}?"
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert after == before
        return
    becomes, moved = LEGAL[action, status]
    assert answer.status_code == 200, f"{two}: is {action} allowed when {status}?"
    assert answer.json() == after
    ignored = {"stripeDetails"} if action == "refund" else set()
    assert {k: v for k, v in after.items() if k not in ignored} == {
        **{k: v for k, v in before.items() if k not in ignored},
        "status": becomes,
        **moved,
    }


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"reason": "requested"}, "requested_by_customer"),
        ({"reason": "duplicate"}, "duplicate"),
        ({"reason": "fraudulent"}, "fraudulent"),
        ({}, None),
    ],
)
def test_a_refund_is_noted_in_the_words_of_stripe(
    asked: dict[str, str], shown: str | None, client: httpx.Client, orders_url: str
) -> None:
    before = client.get(f"{orders_url}/dfa-3f1").json()["stripeDetails"]
    after = client.post(f"{orders_url}/dfa-3f1/refund", json=asked).json()["stripeDetails"]
    assert after["refundId"].startswith("re_")
    assert after == {**before, "refundId": after["refundId"], "refundReason": shown}


@pytest.mark.parametrize("table", [lifecycle.REASONS, rules.REASONS], ids=["the mock's", "the run's"])
def test_every_reason_that_can_be_given_has_the_word_that_is_shown(table: dict[str, str]) -> None:
    assert set(table) == {reason.value for reason in RefundReason}


def test_every_status_has_the_dates_that_go_with_it() -> None:
    assert set(rules.DATES) == set(STATUSES)


def test_an_action_needs_nothing_but_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    row = lifecycle.Row("hold", "pending", None, (), (), "assumed", "not paid yet")
    monkeypatch.setitem(lifecycle.TRANSITIONS, ("hold", "pending"), row)
    with pytest.raises(lifecycle.IllegalTransition, match="Cannot hold an order that is pending"):
        lifecycle.advance({"status": "pending"}, "hold", now=NOON)


def test_a_paypal_order_is_refunded_by_paypal(client: httpx.Client, orders_url: str) -> None:
    after = client.post(f"{orders_url}/6b8-f04/refund", json={"reason": "requested"}).json()
    assert after["paypalDetails"]["refundId"]
    assert after["paypalDetails"]["refundReason"] == "requested_by_customer"
    assert after["stripeDetails"]["refundId"] is None


def test_a_free_order_has_nothing_to_refund(client: httpx.Client, orders_url: str) -> None:
    answer = client.post(f"{orders_url}/0d1-2aa/refund")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert client.get(f"{orders_url}/0d1-2aa").json()["status"] == "unfulfilled"


def test_an_order_of_two_fields_can_be_refunded(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.seed(mock.site_id, {"orderId": "bbb-222", "status": "unfulfilled"})
    after = client.post(f"{orders_url}/bbb-222/refund", json={"reason": "duplicate"}).json()
    assert after["stripeDetails"]["refundReason"] == "duplicate"


def test_v1_sees_what_v2_did(client: httpx.Client, orders_url: str, v1_url: str) -> None:
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert client.get(f"{v1_url}/order/dfa-3f1").json()["fulfilledOn"] == NOON


def test_an_update_changes_what_is_sent_and_keeps_the_rest(client: httpx.Client, orders_url: str) -> None:
    url = f"{orders_url}/7c1-9fd"
    before = client.get(url).json()
    sent = {"shippingTracking": "", "comment": "🦊\u0000\n", "status": "refunded", "shipping_provider": "no"}
    after = client.patch(url, json=sent).json()
    assert after == {**before, "shippingTracking": "", "comment": "🦊\u0000\n"}
    assert client.patch(url, json={}).json() == after


def test_orders_can_be_read_from_code(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "fulfilled"
    assert len(mock.orders) == len(list(mock.orders)) == 27
    assert (mock.site_id, "nope") not in mock.orders
