"""Writes to a server that is not ours: to the one order that was named, and put back; or its refund."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from .steps import Shop, Step, expect, settle

MARK = "webflow-orders contract run"


def allowed(write: str | None, refund: str | None) -> Collection[tuple[str, str]]:
    """What the gate must let through: the method, and how the path ends."""
    ends: list[tuple[str, str]] = []
    if write:
        ends += [("PATCH", f"/orders/{write}")]
        ends += [("POST", f"/orders/{write}/{action}") for action in ("fulfill", "unfulfill")]
    if refund:
        ends += [("POST", f"/orders/{refund}/refund")]
    return ends


def steps(write: str | None, refund: str | None) -> Sequence[Step]:
    found: list[Step] = []
    if write:
        found += [_note_and_put_back(write), _turn_and_turn_back(write)]
    if refund:
        found += [_refund(refund)]
    return found


def _note_and_put_back(order_id: str) -> Step:
    async def change_a_note_and_put_it_back(shop: Shop) -> str:
        before = (await settle(shop.orders.get(order_id))).comment or ""
        try:
            after = await settle(shop.orders.update(order_id, comment=MARK))
            expect(after.comment == MARK, "the comment was not changed")
        finally:
            # Whatever happened: also when the answer to the change never came.
            restored = await settle(shop.orders.update(order_id, comment=before))
        expect((restored.comment or "") == before, "the comment is not what it was before")
        return f"order {order_id}, as before"

    return change_a_note_and_put_it_back


def _turn_and_turn_back(order_id: str) -> Step:
    async def change_the_status_and_put_it_back(shop: Shop) -> str:
        before = str((await settle(shop.orders.get(order_id))).status)
        if before not in TURNS:
            return f"left alone: order {order_id} is {before}"
        there, back = TURNS[before]
        try:
            after = await settle(there(shop, order_id))
            expect(str(after.status) != before, f"the status is still {before}")
        finally:
            await _back(shop, order_id, before, back)
        return f"order {order_id}, {before} as before"

    return change_the_status_and_put_it_back


def _fulfill(shop: Shop, order_id: str) -> object:
    return shop.orders.fulfill(order_id, send_email=False)


def _unfulfill(shop: Shop, order_id: str) -> object:
    return shop.orders.unfulfill(order_id)


Turn = Callable[[Shop, str], object]
TURNS: dict[str, tuple[Turn, Turn]] = {
    "unfulfilled": (_fulfill, _unfulfill),
    "fulfilled": (_unfulfill, _fulfill),
}


async def _back(shop: Shop, order_id: str, before: str, back: Turn) -> None:
    now = await settle(shop.orders.get(order_id))
    if str(now.status) == before:
        return
    restored = await settle(back(shop, order_id))
    expect(str(restored.status) == before, f"the status was {before} before and is {restored.status} now")


def _refund(order_id: str) -> Step:
    async def refund_for_good(shop: Shop) -> str:
        after = await settle(shop.orders.refund(order_id, reason="requested"))
        expect(str(after.status) == "refunded", f"the status is {after.status}, not refunded")
        expect(after.refunded_on is not None, "refunded, but without a date")
        return f"order {order_id} is refunded"

    return refund_for_good
