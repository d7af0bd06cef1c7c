"""Writes to a server that is not ours: to the one order that was named, and put back; or its refund."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence, Set
from typing import Any

from ..description import read
from .restore import DID_NOTE, DID_STATUS, MARK, Restore
from .scenario import Shop, Skipped, Step, expect, is_paid, settle

REFUNDABLE = ("unfulfilled", "fulfilled")
FIELDS = tuple(read().at("/components/schemas/Order").schema["properties"])


def steps(restore: Restore | None, refund: str | None) -> Sequence[Step]:
    found: list[Step] = []
    if restore is not None:
        found += [_note_and_put_back(restore), _turn_and_turn_back(restore)]
    if refund:
        found += [_refund(refund)]
    return found


def _note_and_put_back(restore: Restore) -> Step:
    async def change_a_note_and_put_it_back(shop: Shop) -> str:
        found = await asyncio.to_thread(restore.find)
        try:
            if not isinstance(found.get("comment"), str):
                # An empty text is not the same as none, and whether null clears a note is not documented.
                raise Skipped(
                    f"left alone: order {restore.order} has no comment, and that could not be put back"
                )
            restore.about_to(DID_NOTE)
            after = await settle(shop.orders.update(restore.order, comment=MARK))
            expect(after.comment == MARK, "the comment was not changed")
            stored = await _stored(restore, found, {"comment"})
            expect(stored.get("comment") == MARK, "the new comment was not stored")
        finally:
            # Whatever happened: also when the answer to the change never came.
            await asyncio.to_thread(restore.put_back)
        return f"order {restore.order}, as before"

    return change_a_note_and_put_it_back


def _turn_and_turn_back(restore: Restore) -> Step:
    async def change_the_status_and_put_it_back(shop: Shop) -> str:
        found = await asyncio.to_thread(restore.find)
        try:
            if found.get("status") != "unfulfilled" or found.get("fulfilledOn") is not None:
                # Fulfilled again would be fulfilled later: the date can not be put back.
                why = "is not unfulfilled, and no other status can be put back"
                raise Skipped(f"left alone: order {restore.order} {why}")
            restore.about_to(DID_STATUS)
            after = await settle(shop.orders.fulfill(restore.order, send_email=False))
            expect(str(after.status) == "fulfilled", f"fulfilled, but the status is {after.status}")
            stored = await _stored(restore, found, {"status", "fulfilledOn"})
            shown = stored.get("status")
            expect(shown == "fulfilled", f"fulfilled, but a second look shows {shown}")
            after = await settle(shop.orders.unfulfill(restore.order))
            expect(str(after.status) == "unfulfilled", f"unfulfilled, but the status is {after.status}")
        finally:
            await asyncio.to_thread(restore.put_back)
        return f"order {restore.order}, unfulfilled as before"

    return change_the_status_and_put_it_back


def _refund(order_id: str) -> Step:
    async def refund_for_good(shop: Shop) -> str:
        before = await _seen(shop, order_id)
        may = str(before.status) in REFUNDABLE
        if not (may and is_paid(before)):
            why = "cost nothing" if may else f"is {before.status}"
            raise Skipped(f"left alone: order {order_id} {why}, and can not be refunded")
        after = await settle(shop.orders.refund(order_id, reason="requested"))
        expect(str(after.status) == "refunded", f"the status is {after.status}, not refunded")
        expect(after.refunded_on is not None, "refunded, but without a date")
        stored = await _seen(shop, order_id)
        expect(str(stored.status) == "refunded", f"refunded, but a second look shows {stored.status}")
        return f"order {order_id} is refunded"

    return refund_for_good


async def _stored(restore: Restore, before: Mapping[str, Any], may: Set[str]) -> Mapping[str, Any]:
    """The order by a second look; what the write was not about is as it was."""
    now = await asyncio.to_thread(restore.find)
    known = [name for name in FIELDS if name not in may]
    others = [name for name in known if before.get(name) != now.get(name)]
    expect(not others, f"with what was written, {', '.join(others)} changed")
    return now


async def _seen(shop: Shop, order_id: str) -> Any:
    """The order as it is stored: an answer alone could be right, and nothing be done."""
    return await settle(shop.orders.get(order_id))
