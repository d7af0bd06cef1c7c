"""What happens to an order elsewhere: customers pay and dispute, banks decide. The API has no operations for that.

Assumed, all of it: no page says how an order changes then. What is set is what such orders were seen to have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import lifecycle
from .lifecycle import REASONS, TRANSITIONS, IllegalTransition, advance, made_up, paid_with

Json = dict[str, Any]


def _paid(order: Json, now: str) -> Json:
    if paid_with(order) == "free":
        return {"status": "unfulfilled"}
    where, what = _DETAILS[paid_with(order)]
    return {"status": "unfulfilled", where: {**(order.get(where) or {}), what: made_up("ch", order, now)}}


def _disputed(order: Json, now: str) -> Json:
    if paid_with(order) == "free":
        raise IllegalTransition("An order that cost nothing cannot be disputed")
    where = _DETAILS[paid_with(order)][0]
    dates = {"disputedOn": now, "disputeUpdatedOn": now, "disputeLastStatus": "needs_response"}
    details = {**(order.get(where) or {}), "disputeId": made_up("dp", order, now)}
    return {"status": "disputed", **dates, where: details}


def _won(order: Json, now: str) -> Json:
    """It goes on where it was."""
    status = "fulfilled" if order.get("fulfilledOn") else "unfulfilled"
    return {"status": status, "disputeUpdatedOn": now, "disputeLastStatus": "won"}


def _lost(order: Json, now: str) -> Json:
    return {"status": "dispute-lost", "disputeUpdatedOn": now, "disputeLastStatus": "lost"}


# Where it is written down that an order was paid.
_DETAILS = {"stripe": ("stripeDetails", "chargeId"), "paypal": ("paypalDetails", "captureId")}
# fmt: off
ELSEWHERE: Mapping[str, tuple[tuple[str, ...], Callable[[Json, str], Json]]] = {
    # action     in                             what it makes of the order
    "pay":     (("pending",),                   _paid),
    "dispute": (("unfulfilled", "fulfilled"),   _disputed),
    "win":     (("disputed",),                  _won),
    "lose":    (("disputed",),                  _lost),
}
# fmt: on
ACTIONS = (*lifecycle.ACTIONS, *ELSEWHERE)


def act(order: Json, action: str, *, now: str, reason: str | None = None) -> Json:
    """The order after one of ACTIONS, as a new dict. Raises IllegalTransition; ValueError for another word."""
    if action not in ACTIONS:
        raise ValueError(f"action must be one of {', '.join(ACTIONS)}")
    if reason not in (None, *REASONS):
        raise ValueError(f"reason must be one of {', '.join(REASONS)}")
    if action not in ELSEWHERE:
        return advance(order, action, now=now, reason=reason)
    statuses, change = ELSEWHERE[action]
    if order["status"] not in statuses:
        raise IllegalTransition(
            f"An order that is {order['status']} does not {action}: one that is {' or '.join(statuses)} does"
        )
    return {**order, **change(order, now)}


def allowed(action: str) -> list[str]:
    """The statuses in which one of ACTIONS can happen to an order."""
    if action in ELSEWHERE:
        return list(ELSEWHERE[action][0])
    return [status for (does, status), row in TRANSITIONS.items() if does == action and row.to is not None]
