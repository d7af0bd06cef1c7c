"""Writes to a server that is not ours: to the one order that was named, and put back; or its refund."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from .steps import Shop, Step, expect, settle
from .undo import DID_NOTE, DID_STATUS, MARK, Undo


def allowed(write: str | None, refund: str | None) -> Collection[tuple[str, str]]:
    """What the gate must let through: the method, and how the path ends."""
    ends: list[tuple[str, str]] = []
    if write:
        ends += [("PATCH", f"/orders/{write}")]
        ends += [("POST", f"/orders/{write}/{action}") for action in ("fulfill", "unfulfill")]
    if refund:
        ends += [("POST", f"/orders/{refund}/refund")]
    return ends


def steps(undo: Undo | None, refund: str | None) -> Sequence[Step]:
    found: list[Step] = []
    if undo is not None:
        found += [_note_and_put_back(undo), _turn_and_turn_back(undo)]
    if refund:
        found += [_refund(refund)]
    return found


def _note_and_put_back(undo: Undo) -> Step:
    async def change_a_note_and_put_it_back(shop: Shop) -> str:
        found = await asyncio.to_thread(undo.find)
        try:
            if not isinstance(found.get("comment"), str):
                # An empty text is not the same as none, and whether null clears a note is not documented.
                return f"left alone: order {undo.order} has no comment, and that could not be put back"
            undo.about_to(DID_NOTE)
            after = await settle(shop.orders.update(undo.order, comment=MARK))
            expect(after.comment == MARK, "the comment was not changed")
        finally:
            # Whatever happened: also when the answer to the change never came.
            await asyncio.to_thread(undo.put_back)
        return f"order {undo.order}, as before"

    return change_a_note_and_put_it_back


def _turn_and_turn_back(undo: Undo) -> Step:
    async def change_the_status_and_put_it_back(shop: Shop) -> str:
        found = await asyncio.to_thread(undo.find)
        try:
            if found.get("status") != "unfulfilled" or found.get("fulfilledOn") is not None:
                # Fulfilled again would be fulfilled later: the date can not be put back.
                return (
                    f"left alone: order {undo.order} is not unfulfilled, and no other status can be put back"
                )
            undo.about_to(DID_STATUS)
            after = await settle(shop.orders.fulfill(undo.order, send_email=False))
            expect(str(after.status) == "fulfilled", f"fulfilled, but the status is {after.status}")
            after = await settle(shop.orders.unfulfill(undo.order))
            expect(str(after.status) == "unfulfilled", f"unfulfilled, but the status is {after.status}")
        finally:
            await asyncio.to_thread(undo.put_back)
        return f"order {undo.order}, unfulfilled as before"

    return change_the_status_and_put_it_back


def _refund(order_id: str) -> Step:
    async def refund_for_good(shop: Shop) -> str:
        after = await settle(shop.orders.refund(order_id, reason="requested"))
        expect(str(after.status) == "refunded", f"the status is {after.status}, not refunded")
        expect(after.refunded_on is not None, "refunded, but without a date")
        return f"order {order_id} is refunded"

    return refund_for_good
