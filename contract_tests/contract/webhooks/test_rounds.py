"""A round of deliveries over a socket: at our mock, and at mocks that were broken for the purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partialmethod
from typing import Any

import httpx
import pytest
from webflow_orders_contract.description import read as described
from webflow_orders_contract.webhooks import rounds, senders
from webflow_orders_contract.webhooks.cases import SIGNATURE, TIMESTAMP, signature
from webflow_orders_mock import MockWebflow, Request, Response, order as order_of_mock
from webflow_orders_mock.webhooks import dispatch, wire

from contract_tests.contract.conftest import gateway_to, mute

DESCRIPTION = described()
NEW, CHANGED = "ecomm_new_order", "ecomm_order_changed"
FAULTS = {
    "wrong_secret": senders.SIGNED, "old_timestamp": senders.TIMED, "future_timestamp": senders.TIMED,
    "truncated": senders.FORM, "bare": senders.SCHEMA, "other_trigger": senders.TRIGGER, "twice": senders.ONCE,
    "lost": senders.COMPLETE,
}  # fmt: skip


def test_our_mock_delivers_rightly_over_a_socket() -> None:
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        assert gateway.reset is not None
        control = gateway.reset.removesuffix("/reset")
        result = rounds.run(gateway, DESCRIPTION, control=control, patience=60)
    assert result.failures == []
    assert set(result.counts) == set(senders.CHECKS)
    assert result.not_judged == []
    assert result.deliveries > 40, "of each kind of order"


def test_of_somebody_s_server_time_and_customers_are_not_judged() -> None:
    mock = MockWebflow()
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    assert result.failures == []
    assert result.deliveries > 40
    assert ["ten minutes" in what or "new order" in what for what in result.not_judged] == [True, True]
    assert list(mock.webhooks) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed_over_a_socket(fault: str) -> None:
    mock = MockWebflow()
    mock.webhooks.fault(fault, times=2)
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=0.5 if fault == "lost" else 60)
    assert FAULTS[fault] in {each.what for each in result.failures}


def test_what_was_never_answered_is_named_and_the_delivery_of_it_is_not_blamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mute(monkeypatch, "/refund")
    with gateway_to(MockWebflow()) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    (failure,) = result.failures
    assert failure.message.startswith("POST /v2/sites/")
    assert failure.message.endswith("/refund: no answer: nothing came within 30 seconds")
    assert failure.curl[-1].endswith("/refund"), "and not what was tidied up after it"


Break = Callable[[MockWebflow, pytest.MonkeyPatch], None]


def only_if(wanted: Callable[[dict[str, Any]], object]) -> Break:
    """Nobody hears of a change but of such an order."""

    def broken(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
        tell = mock.webhooks.tell
        patch.setattr(mock.webhooks, "tell", lambda *it: tell(*it) if wanted(it[2].order) else None)

    return broken


def only_the_first_fulfillment(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def is_first(order: dict[str, Any]) -> bool:
        if order["status"] == "fulfilled":
            seen.append(order["orderId"])
        return order["status"] != "fulfilled" or seen.count(order["orderId"]) == 1

    only_if(is_first)(mock, patch)


def only_some(wanted: Callable[[list[Any]], list[Any]]) -> Break:
    """Not all webhooks are told."""

    def broken(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
        of_site = mock.webhooks.of_site

        def some(site: str, trigger: str | None = None) -> list[Any]:
            found = of_site(site, trigger)
            return found if trigger is None else wanted(found)

        patch.setattr(mock.webhooks, "of_site", some)

    return broken


def also_elsewhere(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
    tell, there = mock.webhooks.tell, mock.site_id_without_shop
    patch.setattr(
        mock.webhooks, "tell", lambda trigger, site, it: [tell(trigger, each, it) for each in (site, there)]
    )


def also_as_new(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
    tell = mock.webhooks.tell
    patch.setattr(mock.webhooks, "tell", lambda _, *it: [tell(trigger, *it) for trigger in (NEW, CHANGED)])


def whatever_comes_of_it(status: int) -> Break:
    """What was refused with this status is told of as well."""

    def broken(mock: MockWebflow, patch: pytest.MonkeyPatch) -> None:
        handle = mock.handle

        def spoiled(request: Request) -> Response:
            answer = handle(request)
            if answer.status == status:
                order_id = request.path.split("/orders/")[1].split("/")[0]
                mock.webhooks.tell(CHANGED, mock.site_id, mock.store.sites[mock.site_id].orders[order_id])
                mock.webhooks.run()
            return answer

        patch.setattr(mock, "handle", spoiled)

    return broken


def signs_escaped(_: MockWebflow, patch: pytest.MonkeyPatch) -> None:
    def posted(*told: Any) -> Any:
        made = wire.posted(*told)
        escaped = made.body.replace(b"&", rb"\u0026").replace(b"<", rb"\u003c")
        headers = {**made.headers, SIGNATURE: signature(escaped, made.headers[TIMESTAMP], told[2])}
        return wire.Posted(headers, made.body)

    patch.setattr(dispatch, "posted", posted)


LAST_ORDER = list(MockWebflow().orders)[-1][1]
BROKEN: dict[str, tuple[str, Break]] = {
    "refunds are not told of": (senders.COMPLETE, only_if(lambda order: order["status"] != "refunded")),
    "downloads are not told of": (senders.COMPLETE, only_if(lambda order: order["isShippingRequired"])),
    "a second fulfillment is not told of": (senders.COMPLETE, only_the_first_fulfillment),
    "the last order is not told of": (senders.COMPLETE, only_if(lambda order: order["orderId"] != LAST_ORDER)),
    "one webhook is told for each address": (
        senders.COMPLETE, only_some(lambda found: [*{each.url: each for each in found}.values()])
    ),
    "ten webhooks are told": (senders.COMPLETE, only_some(lambda found: found[:10])),
    "the webhooks of all sites are told": (senders.NO_MORE, also_elsewhere),
    "a change is a new order, too": (senders.STATE, also_as_new),
    "what is invalid is told of": (senders.ONCE, whatever_comes_of_it(400)),
    "what nobody may write is told of": (senders.ONCE, whatever_comes_of_it(401)),
    "what is forbidden is told of": (senders.ONCE, whatever_comes_of_it(409)),
    "other bytes are signed than are sent": (senders.SIGNED, signs_escaped),
    "nobody notes when": (
        senders.LAST, lambda mock, patch: patch.setattr(mock.webhooks, "triggered", lambda *_: None)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_mock_that_is_broken_is_noticed_over_a_socket(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mock, (check, broken) = MockWebflow(), BROKEN[name]
    broken(mock, monkeypatch)
    with gateway_to(mock) as gateway:
        patience = 0.5 if check == senders.COMPLETE else 60
        result = rounds.run(gateway, DESCRIPTION, patience=patience, another_site=mock.site_id_without_shop)
    # To a webhook that refused the change before, it is one attempt more.
    assert {each.what for each in result.failures} - {senders.RETRIED} == {check}


def test_what_a_shop_has_no_orders_for_is_not_judged() -> None:
    """It has one, which cost nothing and is shipped."""
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, order_of_mock("aaa-111", payment=None))
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    assert result.failures == []
    assert result.not_judged[-1] == "whether a refund is told of: no unfulfilled order was paid"


def test_where_no_secret_is_told_signatures_are_not_judged_and_all_else_is() -> None:
    mock = MockWebflow(defect="secret-is-never-shown")
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
        assert result.failures == []
        assert rounds.UNSIGNED in result.not_judged
        mock.webhooks.fault("bare", times=9)
        again = rounds.run(gateway, DESCRIPTION, patience=60)
    assert {each.what for each in again.failures} == {senders.SCHEMA}


def test_where_a_whole_number_has_a_decimal_point_all_is_judged() -> None:
    class Decimals(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return replace(answer, body=re.sub(rb'(": ?[0-9]+)(?=[,}])', rb"\1.0", answer.body))

    with gateway_to(Decimals()) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    assert result.failures == []


def test_a_webhook_that_outlives_its_deletion_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = MockWebflow()
    monkeypatch.setattr(mock.webhooks, "delete", lambda webhook_id: True)
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    assert senders.NO_MORE in {each.what for each in result.failures}


def test_of_whoever_follows_a_redirect_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    follows = partialmethod(httpx.AsyncClient.__init__, follow_redirects=True)
    monkeypatch.setattr(httpx.AsyncClient, "__init__", follows)
    mock = MockWebflow()
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION, patience=60)
    (failure,) = [each for each in result.failures if each.what == senders.NO_MORE]
    assert failure.message.startswith("a redirect was followed, with a POST")


def test_where_nothing_can_be_changed_that_is_said_and_is_no_failure() -> None:
    mock = MockWebflow()
    for order_id, each in mock.orders.items():
        if each.status == "unfulfilled":
            mock.seed(order_id[0], order_of_mock(order_id[1], status="fulfilled"))
    with gateway_to(mock) as gateway:
        result = rounds.run(gateway, DESCRIPTION)
    assert result.failures == []
    assert result.not_judged == ["whether changes are told of: no order is unfulfilled"]
