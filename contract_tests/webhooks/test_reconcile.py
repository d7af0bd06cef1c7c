"""Is what deliveries have missed read through the API and handed over, each change once and none undone?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from webflow_orders import OrdersClient, errors, webhooks
from webflow_orders.testing import async_client, client
from webflow_orders.webhooks import MemoryStore, Reconciliation, SQLiteStore
from webflow_orders_mock import MockWebflow, order as order_of_mock

from contract_tests.webhooks.deliveries import SECRET, clock, envelope


class Shop:
    """A shop, and a receiver with a handler for each kind of event; what they were handed is in `events`."""

    def __init__(self, kind: Any, store: Any) -> None:
        self.mock = MockWebflow(clock=clock)
        self.mock.add_site("a" * 24)
        self.kind, self.store = kind, store
        self.events: list[webhooks.OrderEvent] = []
        self.fails = False
        self.orders = client(self.mock, site_id="a" * 24)
        self.receiver = self.receiver_with()

    def receiver_with(self, **options: Any) -> Any:
        return self.kind(SECRET, self.handle, store=self.store, now=self.now, **options)

    def now(self) -> float:
        return self.mock.now()

    def handle(self, event: Any) -> None:
        if self.fails:
            raise RuntimeError
        self.events.append(event)

    def place(self, *ids: str, **more: Any) -> None:
        self.mock.seed("a" * 24, *(order_of_mock(each, **{"status": "unfulfilled", **more}) for each in ids))

    def body(self, order_id: str, trigger: str = "ecomm_order_changed") -> bytes:
        return envelope(json.loads(self.orders.get(order_id).to_json()), trigger)

    def deliver(self, body: bytes, receiver: Any = None) -> str:
        return self.answer(receiver or self.receiver, body, webhooks.sign(body, SECRET, now=self.now))

    def answer(self, receiver: Any, body: bytes, headers: Any) -> str:
        if self.kind is webhooks.Receiver:
            return receiver.handle(body, headers).text  # type: ignore[no-any-return]
        return anyio.run(receiver.handle, body, headers).text

    def reconcile(self, **options: Any) -> tuple[int, int, int]:
        """What was read, handled and left."""
        if self.kind is webhooks.Receiver:
            return self.receiver.reconcile(self.orders, **options)  # type: ignore[no-any-return]

        async def reconcile() -> Reconciliation:
            async with async_client(self.mock, site_id="a" * 24) as orders:
                return await self.receiver.reconcile(orders, **options)  # type: ignore[no-any-return]

        return anyio.run(reconcile)

    def handed(self) -> list[tuple[str, str, str]]:
        told = [(type(each).__name__, each.order.order_id, str(each.order.status)) for each in self.events]
        self.events.clear()
        return told


@pytest.fixture(params=["blocking", "awaiting, SQLite"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "blocking":
        return Shop(webhooks.Receiver, MemoryStore())
    return Shop(webhooks.AsyncReceiver, SQLiteStore(tmp_path / "db"))


def test_what_was_missed_is_handed_once(shop: Shop) -> None:
    shop.place("aaa-111", "bbb-222")
    assert shop.deliver(shop.body("aaa-111", "ecomm_new_order")) == "handled"
    shop.events.clear()
    assert shop.reconcile() == (2, 1, 0)
    assert shop.handed() == [("NewOrder", "bbb-222", "unfulfilled")]
    shop.orders.update("aaa-111", comment="packed")
    assert shop.reconcile() == (2, 1, 0)
    assert shop.handed() == [("OrderChanged", "aaa-111", "unfulfilled")]
    assert shop.reconcile() == (2, 0, 0)
    assert shop.handed() == []


def test_what_is_open_is_read_and_what_is_closed_is_not(shop: Shop) -> None:
    statuses = ("pending", "unfulfilled", "disputed", "fulfilled", "dispute-lost", "refunded")
    for number, status in enumerate(statuses):
        shop.place(f"{number:03x}-000", status=status)
    assert shop.reconcile() == (3, 3, 0)
    assert [status for _, _, status in shop.handed()] == ["pending", "unfulfilled", "disputed"]
    assert shop.reconcile(everything=True) == (6, 3, 0)
    assert {status for _, _, status in shop.handed()} == {"fulfilled", "dispute-lost", "refunded"}


def test_an_order_that_left_the_list_is_read_by_itself(shop: Shop) -> None:
    shop.place("aaa-111", "bbb-222", "ccc-333")
    shop.reconcile()
    shop.events.clear()
    shop.orders.fulfill("aaa-111")
    shop.orders.refund("bbb-222")
    assert shop.reconcile() == (3, 2, 0)
    assert sorted(shop.handed()) == [
        ("OrderChanged", "aaa-111", "fulfilled"),
        ("OrderChanged", "bbb-222", "refunded"),
    ]
    # They are closed: nothing looks at them any more, unless everything is looked at.
    assert shop.reconcile() == (1, 0, 0)
    shop.orders.update("aaa-111", comment="arrived")
    assert shop.reconcile() == (1, 0, 0)
    assert shop.reconcile(everything=True) == (3, 1, 0)
    assert shop.handed() == [("OrderChanged", "aaa-111", "fulfilled")]


def test_a_delivery_of_what_was_read_is_a_repeat_and_what_was_before_is_older(shop: Shop) -> None:
    shop.place("aaa-111")
    placed = shop.body("aaa-111", "ecomm_new_order")
    shop.orders.update("aaa-111", comment="packed")
    packed = shop.body("aaa-111")
    headers = webhooks.sign(packed, SECRET, now=shop.now)
    shop.mock.forward(1)
    shop.orders.fulfill("aaa-111")
    fulfilled = shop.body("aaa-111")
    shop.mock.forward(1)
    assert shop.reconcile(everything=True) == (1, 1, 0)
    assert [shop.deliver(body) for body in (placed, fulfilled)] == ["ignored: repeat"] * 2
    assert shop.answer(shop.receiver, packed, headers) == "ignored: older"
    assert shop.handed() == [("NewOrder", "aaa-111", "fulfilled")]


def test_an_order_is_as_old_as_the_question_and_not_as_the_answer(shop: Shop) -> None:
    """What was signed between the two may be newer than what is read."""
    shop.place("aaa-111", status="pending")
    for operation, earlier in (("list-orders", 0), ("get-order", 21)):
        if operation == "get-order":  # For it is not in the list any more, which takes its time as well.
            shop.mock.act("pay", "aaa-111", site_id="a" * 24)
            shop.orders.fulfill("aaa-111")
            shop.mock.faults.latency(7, times=3, operation="list-orders")
        shop.mock.forward(1)
        asked = shop.now()
        shop.mock.faults.latency(7, operation=operation)
        assert shop.reconcile() == (1, 1, 0)
        (event,) = shop.events
        assert shop.now() >= asked + earlier + 7
        assert event.sent_at is not None
        assert event.sent_at.timestamp() == pytest.approx(asked + earlier, abs=1e-3, rel=0)
        shop.events.clear()


def test_a_placing_that_was_missed_is_late_after_a_change(shop: Shop) -> None:
    shop.place("aaa-111")
    assert shop.deliver(shop.body("aaa-111")) == "handled"
    shop.mock.forward(1)
    shop.orders.update("aaa-111", comment="packed")
    assert shop.reconcile() == (1, 2, 0)
    changed, placed, packed = shop.events
    assert (type(changed), type(placed), type(packed)) == (
        webhooks.OrderChanged, webhooks.NewOrder, webhooks.OrderChanged,
    )  # fmt: skip
    assert isinstance(placed, webhooks.NewOrder)
    assert placed.late
    assert packed.order.comment == "packed"
    assert packed.raw == packed.order.to_json() == placed.raw
    assert packed.trigger == "ecomm_order_changed"
    assert packed.sent_at is not None
    assert packed.sent_at.timestamp() == pytest.approx(shop.now(), abs=1e-3, rel=0)


def test_a_handler_may_take_orders_out_of_the_list_and_none_is_missed(shop: Shop) -> None:
    shop.place(*(f"{number:03x}-000" for number in range(230)))

    def fulfill(event: Any) -> None:
        shop.events.append(event)
        shop.orders.fulfill(event.order.order_id)

    shop.receiver.on(webhooks.NewOrder)(fulfill)
    assert shop.reconcile() == (230, 230, 0)
    assert len({each.order.order_id for each in shop.events}) == 230


def test_what_fails_is_left_for_the_next_time(shop: Shop) -> None:
    shop.place("aaa-111", "bbb-222")
    shop.fails = True
    assert shop.reconcile() == (2, 0, 2)
    shop.orders.fulfill("aaa-111")
    shop.fails = False
    # It is not open any more, and was not handled either.
    assert shop.reconcile() == (2, 2, 0)
    assert shop.handed() == [("NewOrder", "bbb-222", "unfulfilled"), ("NewOrder", "aaa-111", "fulfilled")]


def test_an_order_that_is_not_there_and_one_that_is_being_handled_are_left(shop: Shop) -> None:
    shop.place("aaa-111")
    for order_id in ("aaa-111", "bbb-222", "b/b", "\ud800"):
        body = json.dumps({"orderId": order_id, "status": "unfulfilled"}).encode()
        event = webhooks.parse_unverified(body)
        assert isinstance(event, webhooks.OrderEvent)
        shop.store.begin(webhooks.Change.of(event))
    assert shop.reconcile() == (1, 0, 4)


def test_an_order_without_an_id_is_nobodys(shop: Shop) -> None:
    page = {
        "orders": [{"orderId": "", "status": "pending"}],
        "pagination": {"limit": 1, "offset": 0, "total": 1},
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=page))
    with OrdersClient(token="t", site_id="a" * 24, transport=transport) as orders:
        assert webhooks.Receiver(SECRET, shop.handle).reconcile(orders) == (0, 0, 0)


def test_what_the_api_raises_comes_out_and_the_next_time_goes_on(shop: Shop) -> None:
    shop.place("aaa-111")
    shop.mock.faults.outage(times=3)
    with pytest.raises(errors.ServerError):
        shop.reconcile()
    assert shop.reconcile() == (1, 1, 0)


def test_a_receiver_that_blocks_takes_no_client_that_awaits() -> None:
    mock = MockWebflow()

    async def refuse() -> None:
        async with async_client(mock) as orders:
            with pytest.raises(TypeError, match="AsyncReceiver"):
                webhooks.Receiver(SECRET, print, reread=orders)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="AsyncReceiver"):
                webhooks.Receiver(SECRET, print).reconcile(orders)  # type: ignore[arg-type]

    anyio.run(refuse)


def test_a_receiver_that_rereads_hands_over_how_the_order_stands(shop: Shop) -> None:
    receiver = shop.receiver_with(reread=shop.orders)  # One that blocks is called in a worker thread.
    shop.place("aaa-111")
    lost = shop.body("aaa-111")
    shop.mock.forward(600)
    shop.orders.fulfill("aaa-111")
    assert shop.deliver(shop.body("aaa-111"), receiver) == "handled"
    # Signed anew when it was tried again, after what has overtaken it.
    shop.mock.forward(1)
    assert shop.deliver(lost, receiver) == "ignored: repeat"
    assert shop.handed() == [("OrderChanged", "aaa-111", "fulfilled")]
    shop.mock.faults.outage(times=3)
    assert shop.deliver(lost, receiver) == "the handler failed"


def test_an_order_that_is_gone_is_handled_as_it_was_delivered(shop: Shop) -> None:
    receiver = shop.receiver_with(reread=shop.orders)
    shop.place("aaa-111")
    lost = json.loads(shop.body("aaa-111"))["payload"]
    before = webhooks.sign(body := envelope(lost), SECRET, now=shop.now)
    shop.mock.forward(60)
    packed = envelope({**lost, "comment": "packed"})
    assert shop.deliver(packed, receiver) == "handled"
    assert shop.events.pop().order.comment == "", "as it stands"
    shop.mock.add_site("b" * 24)
    receiver = shop.receiver_with(reread=client(shop.mock, site_id="b" * 24))
    shop.mock.forward(60)
    assert [shop.deliver(packed, receiver) for _ in range(2)] == ["handled", "ignored: repeat"]
    assert shop.events.pop().order.comment == "packed"
    assert shop.answer(receiver, body, before) == "ignored: older"
    assert shop.events == []


def test_a_404_that_is_not_the_apis_is_no_word_of_an_order(shop: Shop) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(404, text="<h1>Not found</h1>"))
    with OrdersClient(token="t", site_id="a" * 24, transport=transport) as orders:
        shop.place("aaa-111")
        body, receiver = shop.body("aaa-111"), shop.receiver_with(reread=orders)
        assert shop.deliver(body, receiver) == "the handler failed"
    assert shop.events == []


def test_without_rereading_what_a_late_retry_undid_is_put_right(shop: Shop) -> None:
    shop.place("aaa-111")
    lost = shop.body("aaa-111")
    shop.orders.fulfill("aaa-111")
    shop.deliver(shop.body("aaa-111"))
    shop.mock.forward(600)
    assert shop.deliver(lost) == "handled"
    shop.reconcile()
    assert shop.handed()[-1] == ("OrderChanged", "aaa-111", "fulfilled")


def test_the_client_has_what_a_reader_needs() -> None:
    mock = MockWebflow()
    with client(mock) as orders:
        receiver: webhooks.Receiver = webhooks.Receiver(SECRET, lambda event: None, reread=orders)
        assert isinstance(orders, OrdersClient)
        assert receiver.reconcile(orders).read > 5
