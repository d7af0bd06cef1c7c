"""When a call is made again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple, Self

from ..errors import APIStatusError, RateLimitError, WebflowOrdersError
from . import arguments

# What Webflow's limits are counted by, and so the wait after a 429 that does not say how long.
MINUTE = 60.0
# The waits are doubled as often, and a float has room for so many.
MOST_RETRIES = 1000


class RetryPolicy(NamedTuple):
    """When a call is made again, and after how long.

    Webflow has no idempotency keys, so a write whose outcome is unknown is never repeated. Which attempts may be
    followed by another is said in `outcomes.CASES`: for every method a 429, which was certainly refused, and a
    connection that was never made; for reads also a lost connection, a 408, a 499 and a 5xx.

    Attributes:
        max_retries: how often at the most; 0 switches retries off.
        base_delay: seconds before the first retry; doubled each time, and drawn at random below that.
        max_delay: the longest wait in seconds that is our own choice. After a 429 that does not say how long to
            wait, that is a minute, for the limit is per minute. A wait that the server asks for is kept as it is.
            Where a wait does not fit into the call's deadline, the error is raised at once, with `retry_after`.
        draw: a random number from 0 to 1; a test gives its own.
    """

    max_retries: int = 2
    base_delay: float = 0.5
    max_delay: float = 60.0
    draw: Callable[[], float] = random.random

    def checked(self) -> Self:
        """This policy. Raises ValueError or TypeError for one that cannot be right."""
        arguments.integer(self.max_retries, "retry.max_retries", 0, MOST_RETRIES)
        arguments.wait(self.base_delay, "retry.base_delay")
        arguments.wait(self.max_delay, "retry.max_delay")
        if not callable(self.draw):
            raise TypeError(f"retry.draw must be a function, not {type(self.draw).__name__}")
        return self

    def delay(self, error: WebflowOrdersError, *, retries: int, safe: bool) -> float | None:
        """Seconds to wait before call number `retries` + 2, or None to give up."""
        from ..outcomes import Next, event_of, what_next  # Not needed until something fails.

        if retries >= self.max_retries or what_next(event_of(error), safe=safe) is not Next.AGAIN:
            return None
        backoff: float = min(self.base_delay * 2**retries, self.max_delay) * (0.5 + self.draw() / 2)
        asked = error.retry_after if isinstance(error, APIStatusError) else None
        if asked is None and isinstance(error, RateLimitError):
            asked = min(MINUTE, self.max_delay)
        if asked is None:
            return backoff
        # A little later than asked, so that many clients do not return in the same instant.
        return asked + min(backoff, 1.0) * 0.1
