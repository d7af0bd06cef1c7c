"""What the drive does, step by step, written once for both clients: each call is awaited if it must be.

A step returns a short note of what it saw, and raises Mismatch when the server or the client broke its word.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from webflow_orders import Order, errors
from webflow_orders.models import OrderStatus, Webhook

from ..description.writes import ACTIONS, WRITES, method_of

NO_ORDER = "there is no order to do this with"
SAME_IN_V1 = (
    "order_id", "status", "comment", "accepted_on", "fulfilled_on", "refunded_on", "disputed_on",
    "shipping_provider", "shipping_tracking",
)  # fmt: skip
SAME_PRICE_IN_V1 = ("customer_paid", "net_amount")


class Mismatch(AssertionError):
    """The answer is not what it must be; the message says how, without a customer's data."""


class Skipped(Exception):
    """The step was left alone; the message says why."""


@dataclass
class Shop:
    """One client under way, and what the steps before have found. `v1` is None when v1 is left out."""

    orders: Any
    v1: Any | None
    page: list[Order] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    total: int = 0
    order: Order | None = None
    webhook: Webhook | None = None

    def subject(self) -> Order:
        if self.order is None:
            raise Skipped(NO_ORDER)
        return self.order


Step = Callable[[Shop], Awaitable[str]]


async def settle(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def collect(orders: Iterable[Any] | AsyncIterable[Any]) -> list[Any]:
    if isinstance(orders, AsyncIterable):
        return [order async for order in orders]
    return list(orders)


def expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise Mismatch(otherwise)


async def refused(call: Callable[[], Any], kind: type[errors.APIStatusError]) -> None:
    try:
        await settle(call())
    except kind:
        return
    raise Mismatch(f"the call went through, where {kind.__name__} was due")


# ---------------------------------------------------------------- reading


async def list_the_first_page(shop: Shop) -> str:
    page = await settle(shop.orders.list(limit=100))
    shop.page, shop.total = list(page.orders), page.pagination.total
    expect(
        len(shop.page) == min(100, shop.total), f"{len(shop.page)} orders on the first page of {shop.total}"
    )
    expect(bool(shop.page), "the shop has no orders")
    return f"{len(shop.page)} of {shop.total} orders"


async def walk_all_pages(shop: Shop) -> str:
    # Few enough requests for a shop of any size, and more than one page if there is more than one order.
    size = max(1, min(100, -(-shop.total // 4)))
    found = await collect(shop.orders.iter(page_size=size)) if shop.total <= 400 else shop.page
    shop.ids = ids = {order.order_id for order in found}
    expect(len(ids) == len(found), "an order came twice")
    # The client's walk gives an order once that two pages show.
    second = await settle(shop.orders.list(offset=size, limit=size))
    there = {order.order_id for order in shop.page[:size]}
    expect(not there & {order.order_id for order in second.orders}, "an order came on two pages")
    expect({order.order_id for order in shop.page} <= ids, "an order of the first page never came")
    return f"{len(ids)} orders, {size} to a page"


async def filter_by_status(shop: Shop) -> str:
    wanted = next((str(order.status) for order in shop.page if isinstance(order.status, OrderStatus)), None)
    if wanted is None:
        raise Skipped("no order has a status that can be asked for")
    page = await settle(shop.orders.list(status=wanted, limit=100))
    expect({str(order.status) for order in page.orders} == {wanted}, f"not all of them are {wanted}")
    return f"{page.pagination.total} {wanted}"


async def get_one(shop: Shop) -> str:
    listed = shop.page[0]
    order = await settle(shop.orders.get(listed.order_id))
    expect(_told(order) == _told(listed), "get and list tell the same order differently")
    return f"order {order.order_id}"


async def agree_with_v1(shop: Shop) -> str:
    if shop.v1 is None:
        return "v1 left out"
    new = {order.order_id: order for order in shop.page}
    old = {order.order_id: order for order in await settle(shop.v1.list(limit=100))}
    # In which order a list comes is documented nowhere: of more than a page, v1 may have others on its first one.
    differ = old.keys() != new.keys() if shop.total == len(new) else len(old) != len(new)
    expect(not differ, "v1 and v2 list different orders")
    for order_id in old.keys() & new.keys():
        _same(new[order_id], old[order_id])
    order_id = next(iter(old))
    one = await settle(shop.v1.get(order_id))
    expect(_told(one) == _told(old[order_id]), "v1's get and list tell the same order differently")
    return f"{len(old)} orders"


def _same(order: Order, old: Any) -> None:
    for name in SAME_IN_V1:
        expect(getattr(order, name) == getattr(old, name), f"order {order.order_id}: v1 has another {name}")
    for name in SAME_PRICE_IN_V1:
        here, there = (getattr(each, name) for each in (order, old))
        same = (here and (here.unit, here.value)) == (there and (there.unit, there.value))
        expect(same, f"order {order.order_id}: v1 has another {name}")


async def miss_an_order(shop: Shop) -> str:
    nobody = next(
        each for each in (f"{number:03x}-000" for number in itertools.count()) if each not in shop.ids
    )
    await refused(lambda: shop.orders.get(nobody), errors.NotFoundError)
    if shop.v1 is not None:
        v1 = shop.v1
        await refused(lambda: v1.get(nobody), errors.NotFoundError)
    return "404"


# ---------------------------------------------------------------- an order's life


async def find_an_unfulfilled_order(shop: Shop) -> str:
    return await _find(shop, "unfulfilled")


async def _find(shop: Shop, status: str) -> str:
    """Go on with an order in this status, a paid one."""
    page = await settle(shop.orders.list(status=status))
    known = any(str(order.status) == status for order in shop.page)
    expect(bool(page.orders) or not known, f"orders are {status}, and no such order is listed")
    paid = [*filter(is_paid, page.orders)]
    if not paid:
        raise Skipped(f"no order is {status} and paid")
    shop.order = next(filter(_charged, paid), paid[0])
    return f"order {shop.order.order_id}"


def is_paid(order: Order) -> bool:
    """What cost nothing can not be refunded."""
    return bool(order.payment_processor or _charged(order))


def _charged(order: Order) -> bool:
    """Paid with a card, as most are."""
    return bool(order.stripe_details and order.stripe_details.charge_id)


async def update_its_notes(shop: Shop) -> str:
    before = shop.subject()
    notes = {
        "comment": "Packed by the contract run.",
        "shipping_provider": "Snail Post",
        "shipping_tracking": "tr-contract-1",
        "shipping_tracking_url": "https://snailpost.example/tr-contract-1",
    }
    after = await settle(shop.orders.update(before.order_id, **notes))
    for name, value in notes.items():
        expect(getattr(after, name) == value, f"{name} was not changed")
    noted = {"comment", "shippingProvider", "shippingTracking", "shippingTrackingURL"}
    expect(_without(after, noted) == _without(before, noted), "more than the notes was changed")
    await _stored(shop, after)
    return "4 notes"


def done(operation: str) -> Step:
    """A step that does what the row of a write says, with an order whose status allows it."""
    write = WRITES[operation]

    async def step(shop: Shop) -> str:
        if str(shop.subject().status) not in write.before:
            await _find(shop, write.before[0])
        before = shop.subject()
        after = await settle(getattr(shop.orders, method_of(operation))(before.order_id, **write.call))
        expect(str(after.status) == write.to, f"the status is {after.status}, not {write.to}")
        told = after.to_dict()
        expect(write.sets is None or told.get(write.sets) is not None, f"{write.to}, but without a date")
        gone = write.clears is None or told.get(write.clears) is None
        expect(gone, f"{write.to}, but the date of what it was is still there")
        expect(after.comment == write.call.get("comment", before.comment), "the comment is lost")
        await _stored(shop, after)
        return str(write.to)

    step.__name__ = method_of(operation)
    return step


fulfill, unfulfill, refund = map(done, ("fulfill-order", "unfulfill-order", "refund-order"))
OTHERS = tuple(
    done(name) for name in ACTIONS if name not in ("fulfill-order", "unfulfill-order", "refund-order")
)


async def be_refused_a_second_refund(shop: Shop) -> str:
    await refused(lambda: shop.orders.refund(shop.subject().order_id), errors.ConflictError)
    await refused(lambda: shop.orders.fulfill(shop.subject().order_id), errors.ConflictError)
    await _stored(shop, shop.subject())
    return "409"


async def see_it_with_v1(shop: Shop) -> str:
    if shop.v1 is None:
        return "v1 left out"
    _same(shop.subject(), await settle(shop.v1.get(shop.subject().order_id)))
    return str(shop.subject().status)


async def _stored(shop: Shop, order: Order) -> None:
    """Remember the order as it was answered, after a second look that must show the same."""
    again = await settle(shop.orders.get(order.order_id))
    expect(_told(again) == _told(order), "a second look shows another order than the answer did")
    shop.order = order


def _without(order: Order, keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in _told(order).items() if key not in keys}


def _told(order: Any) -> dict[str, Any]:
    """What the description knows of it: another field may say when it was asked for, say."""
    others = order.additional_properties
    return {key: value for key, value in order.to_dict().items() if key not in others}


# ---------------------------------------------------------------- webhooks

# A host that nobody has, and nobody will: whatever is posted there goes nowhere.
NOWHERE = "https://contract-run.invalid/webflow"


async def register_a_webhook(shop: Shop) -> str:
    before = {each.id for each in await settle(shop.orders.webhooks.list())}
    made = await settle(shop.orders.webhooks.create(NOWHERE, "ecomm_order_changed"))
    expect(made.id not in before, "what was made has the id of one that was there before")
    expect((made.url, made.trigger_type) == (NOWHERE, "ecomm_order_changed"), "another webhook was made")
    shop.webhook = made
    after = {each.id: each for each in await settle(shop.orders.webhooks.list())}
    expect(after.keys() == before | {made.id}, "the list has not just that one more")
    got = await settle(shop.orders.webhooks.get(made.id))
    shown = {key: value for key, value in made.to_dict().items() if key != "secretKey"}
    expect(got.to_dict() == shown, "get tells another webhook than was made")
    expect(after[made.id].to_dict() == shown, "list tells another webhook than was made")
    return "with a secret" if made.secret_key else "without a secret"


async def remove_the_webhook(shop: Shop) -> str:
    if shop.webhook is None:
        raise Mismatch("there is no webhook to do this with")
    webhook = shop.webhook
    await settle(shop.orders.webhooks.delete(webhook.id))
    await refused(lambda: shop.orders.webhooks.get(webhook.id), errors.NotFoundError)
    await refused(lambda: shop.orders.webhooks.delete(webhook.id), errors.NotFoundError)
    expect(
        webhook.id not in {each.id for each in await settle(shop.orders.webhooks.list())},
        "it is still listed",
    )
    return "gone"


READING: tuple[Step, ...] = (
    list_the_first_page, walk_all_pages, filter_by_status, get_one, agree_with_v1, miss_an_order,
)  # fmt: skip
LIFE: tuple[Step, ...] = (
    find_an_unfulfilled_order, update_its_notes, fulfill, see_it_with_v1, unfulfill, fulfill, refund,
    be_refused_a_second_refund, see_it_with_v1, *OTHERS,
)  # fmt: skip
WEBHOOKS: tuple[Step, ...] = (register_a_webhook, remove_the_webhook)
ALL: tuple[Step, ...] = (*READING, *LIFE, *WEBHOOKS)
