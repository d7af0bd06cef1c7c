"""Trouble to order for deliveries: what becomes of the next ones. First in, first out, one for each delivery.

    late               sent `seconds` after the change (60), and so after changes that came later
    twice              sent twice in a row, the very same bytes
    swapped            sent after the next delivery to its webhook; `seconds` later (600) if there is none
    lost               never sent, and Webflow does not know
    wrong_secret       signed with a secret that nobody has
    old_timestamp      rightly signed, `seconds` ago (600)
    future_timestamp   rightly signed, in `seconds` (600)
    truncated          half of the body, rightly signed
    bare               the order without its envelope, as v1 sends it and v2 did until December 2024
    other_trigger      the envelope names a trigger that the webhook is not for

What spoils the form strikes the first attempt, or as many as `attempts` says: a retry is as it should be.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import checks
from ..checks import FaultQueue, bounded
from .registry import ORDER_TRIGGERS
from .wire import FORMS

SECONDS = {"late": 60, "swapped": 600, "old_timestamp": 600, "future_timestamp": 600}
KINDS = ("late", "twice", "swapped", "lost", *FORMS)
MOST, LONGEST, MOST_ATTEMPTS = 1_000_000, 86_400, 4


@dataclass(slots=True, kw_only=True)
class Fault(checks.Fault):
    kind: str
    seconds: float
    attempts: int


class Faults(FaultQueue[Fault]):
    """The queue of a mock's deliveries; its `add` is `mock.webhooks.fault`."""

    def add(
        self,
        kind: str,
        *,
        times: int = 1,
        seconds: float | None = None,
        attempts: int | None = None,
        trigger: str | None = None,
        order_id: str | None = None,
    ) -> None:
        """Spoil the next `times` deliveries, or those of a trigger or an order, as the top of this file says.

        Raises ValueError for what makes no sense.
        """
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if trigger not in (None, *ORDER_TRIGGERS):
            raise ValueError(f"trigger must be one of {', '.join(ORDER_TRIGGERS)}")
        if order_id is not None and not isinstance(order_id, str):
            raise ValueError("order_id must be a text")
        if seconds is not None and kind not in SECONDS:
            raise ValueError(f"seconds go with {', '.join(SECONDS)} alone")
        if attempts is not None and kind not in FORMS:
            raise ValueError(f"attempts go with {', '.join(FORMS)} alone")
        left = bounded("times", times, 1, MOST)
        wait = bounded("seconds", SECONDS.get(kind, 0) if seconds is None else seconds, 0, LONGEST, float)
        struck = bounded("attempts", 1 if attempts is None else attempts, 1, MOST_ATTEMPTS)
        about = Fault(kind=kind, seconds=wait, attempts=struck, left=left, what=trigger, order_id=order_id)
        self._queue.append(about)
