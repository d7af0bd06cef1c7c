"""Trouble to order: what the next requests run into. First in, first out, one for each request."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from .errors import Refusal, failed, too_many_requests


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Literal["refusal", "malformed", "latency"]
    status: int = 0
    seconds: int | float = 0

    def refusal(self, limit: int) -> Refusal:
        if self.status != 429:
            return failed(self.status)
        refusal = too_many_requests(int(self.seconds))
        refusal.headers.update({"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"})
        return refusal


class Faults:
    """The queue of a mock, as `mock.faults`. A fault strikes any API request, whatever its token or path."""

    def __init__(self) -> None:
        self._queue: deque[Fault] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def rate_limit(self, times: int = 1, retry_after: int = 60) -> None:
        """429 with `Retry-After` (whole seconds). The request is not carried out."""
        self._queue.extend([Fault("refusal", 429, retry_after)] * times)

    def outage(self, times: int = 1, status: int = 500) -> None:
        """A 5xx with an error body. The request is not carried out.

        Raises ValueError for a status that is not 5xx.
        """
        if not 500 <= status <= 599:
            raise ValueError(f"an outage answers 5xx, not {status}")
        self._queue.extend([Fault("refusal", status)] * times)

    def malformed(self, times: int = 1) -> None:
        """The request IS carried out, but only the first half of the answer's body arrives."""
        self._queue.extend([Fault("malformed")] * times)

    def latency(self, seconds: float, times: int = 1) -> None:
        """The request is carried out, and the answer kept back for so many seconds."""
        self._queue.extend([Fault("latency", seconds=seconds)] * times)

    def next(self) -> Fault | None:
        return self._queue.popleft() if self._queue else None

    def clear(self) -> None:
        self._queue.clear()
