"""Trouble to order: what the next requests run into. First in, first out, one for each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from .. import checks, spec
from ..checks import FaultQueue, bounded
from .errors import Refusal, failed, too_many_requests

MOST, LONGEST = 1_000_000, 3600


class Aim(TypedDict, total=False):
    """What a fault waits for, and whether the request that it strikes is carried out all the same."""

    operation: str
    order_id: str
    applied: bool


@dataclass(slots=True, kw_only=True)
class Fault(checks.Fault):
    """`status` is answered whatever became of the request; 0 leaves the answer as it is."""

    applied: bool
    status: int = 0
    seconds: int | float = 0
    is_cut: bool = False

    def refusal(self, limit: int) -> Refusal:
        if self.status != 429:
            return failed(self.status)
        refusal = too_many_requests(int(self.seconds))
        refusal.headers.update({"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"})
        return refusal


class Faults(FaultQueue[Fault]):
    """The queue of a mock, as `mock.faults`.

    A fault strikes the next API requests, whatever their token or path; with `operation` (an operationId, such as
    "refund-order") or `order_id` only those. `applied` says whether such a request is carried out: by default after
    `malformed` and `latency`, not after `rate_limit` and `outage`. All raise ValueError for what makes no sense.
    """

    def rate_limit(self, times: int = 1, retry_after: int = 60, **aim: Unpack[Aim]) -> None:
        """429 with `Retry-After` (whole seconds)."""
        seconds = bounded("retry_after", retry_after, 0, 86_400)
        self._add(times, aim, applied=False, status=429, seconds=seconds)

    def outage(self, times: int = 1, status: int = 500, **aim: Unpack[Aim]) -> None:
        """A 5xx with an error body."""
        self._add(times, aim, applied=False, status=_outage(status))

    def malformed(self, times: int = 1, status: int | None = None, **aim: Unpack[Aim]) -> None:
        """Only the first half of the answer's body arrives; of a 5xx with `status`."""
        self._add(times, aim, applied=True, status=_outage(status), is_cut=True)

    def latency(self, seconds: float, times: int = 1, status: int | None = None, **aim: Unpack[Aim]) -> None:
        """The answer, a 5xx with `status`, is kept back for so many seconds."""
        waited = bounded("seconds", seconds, 0, LONGEST, float)
        self._add(times, aim, applied=True, status=_outage(status), seconds=waited)

    def _add(self, times: int, aim: Aim, *, applied: bool, **about: Any) -> None:
        bounded("times", times, 1, MOST)
        _check(aim)
        what, order_id = aim.get("operation"), aim.get("order_id")
        struck = aim.get("applied", applied)
        self._queue.append(Fault(left=times, what=what, order_id=order_id, applied=struck, **about))


def _outage(status: int | None) -> int:
    if status is not None and (type(status) is not int or not 500 <= status <= 599):
        raise ValueError(f"an outage answers 5xx, not {status!r:.20}")
    return status or 0


def _check(aim: Mapping[str, object]) -> None:
    for name, value in aim.items():
        if name == "operation":
            if not isinstance(value, str) or value not in spec.operations():
                raise ValueError(f"operation must be one of {', '.join(spec.operations())}")
        elif name == "order_id":
            if not isinstance(value, str) or not spec.fits("order_id", value):
                raise ValueError(f"order_id must match {spec.pattern('order_id')}")
        elif name != "applied":
            raise TypeError(f"a fault takes operation, order_id and applied, not {name!r:.50}")
        elif not isinstance(value, bool):
            raise ValueError("applied must be true or false")
