"""What is delivered, when, and to whom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, webhooks
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.webhooks.registry import ORDER_CHANGED

from ..conftest import NOON
from .inbox import SECRET, URL, Inbox, Letter

Change = Callable[[MockWebflow, httpx.Client, str], object]

CHANGES: dict[str, Change] = {
    "fulfil": lambda mock, client, url: client.post(f"{url}/dfa-3f1/fulfill"),
    "refund": lambda mock, client, url: client.post(f"{url}/dfa-3f1/refund", json={"reason": "duplicate"}),
    "update": lambda mock, client, url: client.patch(f"{url}/dfa-3f1", json={"comment": "Hä?"}),
    "unfulfil": lambda mock, client, url: client.post(f"{url}/7c1-9fd/unfulfill"),
    "dispute": lambda mock, client, url: mock.act("dispute", "dfa-3f1"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_as_the_api_tells_it(
    name: str, mock: MockWebflow, client: httpx.Client, orders_url: str, inbox: Inbox
) -> None:
    CHANGES[name](mock, client, orders_url)
    (letter,) = inbox.letters
    assert letter.content["triggerType"] == "ecomm_order_changed"
    assert set(letter.content) == {"triggerType", "payload"}
    assert letter.order == client.get(f"{orders_url}/{letter.order['orderId']}").json()
    assert letter.headers["content-type"] == "application/json"
    assert letter.is_signed_rightly
    assert letter.timestamp == NOON * 1000
    (delivery,) = mock.deliveries
    assert (delivery.ok, delivery.trigger, delivery.at) == (True, ORDER_CHANGED, NOON)
    assert [attempt.status for attempt in delivery.attempts] == [200]


def test_a_new_order_is_told_and_no_change(mock: MockWebflow, client: httpx.Client, inbox: Inbox) -> None:
    mock.place(order("abc-def", comment="ä"))
    (letter,) = inbox.letters
    assert (letter.content["triggerType"], letter.order["orderId"]) == ("ecomm_new_order", "abc-def")
    assert letter.is_signed_rightly
    assert mock.orders[mock.site_id, "abc-def"].status == "unfulfilled"


def test_the_client_reads_what_the_mock_signs(mock: MockWebflow, inbox: Inbox) -> None:
    mock.place(order("abc-def"))
    mock.act("fulfill", "abc-def")
    events = [webhooks.unwrap(letter.body, letter.headers, SECRET, now=mock.now) for letter in inbox.letters]
    assert isinstance(events[0], webhooks.NewOrder)
    assert isinstance(events[1], webhooks.OrderChanged)
    assert [event.order.status for event in events] == ["unfulfilled", "fulfilled"]


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_the_payload_speaks_the_dialect_of_the_mock(dialect: Any) -> None:
    mock, inbox = MockWebflow(dialect=dialect), Inbox()
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert isinstance(inbox.letters[0].order["customerPaid"]["value"], int if dialect == "observed" else str)


@pytest.mark.parametrize("is_async", [False, True])
def test_it_is_told_after_the_state_has_changed(
    is_async: bool, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    """A receiver that reads the order finds it changed; and it may write, too."""
    seen: list[str] = []

    def look(letter: Letter) -> None:
        seen.append(client.get(f"{orders_url}/dfa-3f1").json()["status"])
        if len(seen) == 1:
            client.patch(f"{orders_url}/dfa-3f1", json={"comment": "seen"})
            assert len(inbox.letters) == 1, "the delivery of that comes after this one"

    inbox = Inbox(on_letter=look)
    mock.webhooks.deliver_to(inbox.asgi if is_async else inbox, url=URL, secret=SECRET)
    assert client.post(f"{orders_url}/dfa-3f1/fulfill").status_code == 200
    assert seen == ["fulfilled", "fulfilled"]
    assert [letter.order["comment"] for letter in inbox.letters] == ["", "seen"]
    assert all(delivery.ok for delivery in mock.deliveries)
    mock.close()


def test_what_changes_nothing_is_not_told(
    mock: MockWebflow, client: httpx.Client, orders_url: str, inbox: Inbox
) -> None:
    client.get(orders_url)
    client.post(f"{orders_url}/7c1-9fd/fulfill")  # 409
    client.post(f"{orders_url}/no-such/fulfill")  # 404
    client.patch(f"{orders_url}/dfa-3f1", json={"comment": 1})  # 400
    mock.faults.outage(operation="fulfill-order")
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    mock.seed(mock.site_id, order("dfa-3f1"), order("abc-def"))
    mock.reset()
    assert (inbox.letters, len(mock.deliveries)) == ([], 0)


def test_what_was_done_before_an_outage_is_told(
    mock: MockWebflow, client: httpx.Client, orders_url: str, inbox: Inbox
) -> None:
    mock.faults.outage(operation="refund-order", applied=True)
    assert client.post(f"{orders_url}/dfa-3f1/refund").status_code == 500
    assert [letter.order["status"] for letter in inbox.letters] == ["refunded"]


def test_each_webhook_is_told_of_its_trigger_and_its_site(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, f"{URL}?second", secret=SECRET)
    mock.webhooks.create(mock.site_id_of_another, ORDER_CHANGED, f"{URL}?another", secret=SECRET)
    mock.webhooks.create(mock.site_id, "form_submission", f"{URL}?form", secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert len(inbox.letters) == 2
    mock.place(order("abc-def"), site_id=mock.site_id_of_another)
    mock.act("refund", "abc-def", site_id=mock.site_id_of_another)
    assert len(inbox.letters) == 3
    assert [each.last_triggered for each in mock.webhooks] == [None, NOON, NOON, NOON, None]


def test_without_a_secret_nothing_is_signed(mock: MockWebflow) -> None:
    """As of a webhook that was made in the dashboard."""
    inbox = Inbox()
    mock.webhooks.deliver_to(inbox, url=URL, secret="")
    mock.act("fulfill", "dfa-3f1")
    assert not [name for name in inbox.letters[0].headers if name.startswith("x-webflow")]


def test_an_order_is_placed_once_and_only_in_a_shop(mock: MockWebflow) -> None:
    with pytest.raises(ValueError, match="there is an order 'dfa-3f1' already"):
        mock.place(order("dfa-3f1"))
    with pytest.raises(ValueError, match="there is no shop"):
        mock.place(order("abc-def"), site_id=mock.site_id_without_shop)
    with pytest.raises(ValueError, match="there is no order 'abc-def'"):
        mock.act("pay", "abc-def")
    with pytest.raises(ValueError, match="action must be one of"):
        mock.act("explode", "dfa-3f1")
    with pytest.raises(ValueError, match="reason must be one of"):
        mock.act("refund", "dfa-3f1", reason="boredom")
    with pytest.raises(TypeError, match="no field 'price'"):
        mock.act("update", "dfa-3f1", price=1)
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"


def test_a_loop_may_run_where_an_order_is_changed(mock: MockWebflow) -> None:
    """An asynchronous client, and an asynchronous receiver that calls the API by another one."""
    options: dict[str, Any] = {"token": mock.token, "site_id": mock.site_id, "transport": mock.transport()}
    seen: list[str] = []

    async def main() -> None:
        receiver = webhooks.AsyncReceiver(SECRET, lambda event: None, now=mock.now)

        @receiver.on(webhooks.OrderChanged)
        async def changed(event: webhooks.OrderChanged) -> None:
            async with AsyncOrdersClient(**options) as orders:
                seen.append(str((await orders.get(event.order.order_id)).status))

        mock.webhooks.deliver_to(receiver, secret=SECRET)
        async with AsyncOrdersClient(**options) as orders:
            await orders.fulfill("dfa-3f1")
            await orders.refund("dfa-3f1")

    asyncio.run(main())
    assert seen == ["fulfilled", "refunded"]
    mock.close()


def test_applications_of_frameworks_are_delivered_to(mock: MockWebflow) -> None:
    fastapi, flask = pytest.importorskip("fastapi"), pytest.importorskip("flask")
    seen: list[object] = []
    asynchronous, synchronous = fastapi.FastAPI(), flask.Flask("receiver")

    async def hook(request: Any) -> None:
        seen.append(webhooks.verify(await request.body(), request.headers, SECRET, now=mock.now))

    hook.__annotations__["request"] = fastapi.Request
    asynchronous.post("/hook")(hook)

    @synchronous.post("/hook")
    def _hook() -> str:
        seen.append(webhooks.verify(flask.request.data, flask.request.headers, SECRET, now=mock.now))
        return "taken"

    mock.webhooks.deliver_to(asynchronous, url="http://asynchronous.test/hook", secret=SECRET)
    mock.webhooks.deliver_to(synchronous, url="http://synchronous.test/hook", secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert [delivery.ok for delivery in mock.deliveries] == [True, True]
    assert len(seen) == 2
    mock.close()


def test_what_a_receiver_keeps_finds_its_loop_again(mock: MockWebflow) -> None:
    loops: set[asyncio.AbstractEventLoop] = set()
    before = set(threading.enumerate())
    inbox = Inbox(on_letter=lambda letter: loops.add(asyncio.get_running_loop()))
    mock.webhooks.deliver_to(inbox.asgi, secret=SECRET)
    for action in ("fulfill", "unfulfill", "refund"):
        mock.act(action, "dfa-3f1")
    assert (len(inbox.letters), len(loops)) == (3, 1)
    mock.close()
    mock.act("update", "dfa-3f1")
    assert (len(inbox.letters), len(loops)) == (4, 2), "a mock that was closed still delivers"
    mock.close()
    assert not [each for each in set(threading.enumerate()) - before if "mock" in each.name]
