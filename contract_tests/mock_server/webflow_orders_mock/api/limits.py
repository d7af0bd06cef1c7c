"""How many requests a token may make in a minute.

Documented: the numbers by plan, that a token is counted and not a site, the two X-RateLimit headers on every
answer, and `Retry-After`, typically 60. Assumed: the minute begins with the first request and does not slide.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

WINDOW = 60.0
_PER_MINUTE = re.compile("[1-9][0-9]{0,8}", re.ASCII)
PLANS = {"starter": 60, "basic": 60, "cms": 120, "ecommerce": 120, "business": 120}
UNTHROTTLED = 1_000_000


def requests_per_minute(plan: str) -> int:
    """The limit of a plan: a name of PLANS, `enterprise` (which throttles nobody), or `enterprise:<number>`.

    Raises ValueError for anything else.
    """
    name, colon, number = plan.partition(":") if isinstance(plan, str) else ("", "", "")
    if name in PLANS and not colon:
        return PLANS[name]
    if name != "enterprise" or (colon and not _PER_MINUTE.fullmatch(number)):
        known = ", ".join([*PLANS, "enterprise", "enterprise:<requests per minute>"])
        raise ValueError(f"there is no plan {plan!r:.50}; known are {known}")
    return int(number) if colon else UNTHROTTLED


@dataclass(slots=True)
class Budget:
    """What is left to a token after the request that was just counted."""

    limit: int
    remaining: int
    exceeded: bool
    left: float
    """Seconds of this minute."""

    @property
    def retry_after(self) -> int:
        return max(1, math.ceil(self.left))

    def headers(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(self.remaining)}


class RateLimits:
    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, token: str, limit: int, now: float) -> Budget:
        """Count one request at `now` (seconds). A refused one is counted too, which changes nothing."""
        start, made = self._windows.get(token, (now, 0))
        if not start <= now < start + WINDOW:
            start, made = now, 0
        made += 1
        self._windows[token] = (start, made)
        return Budget(limit, max(0, limit - made), made > limit, start + WINDOW - now)

    def clear(self) -> None:
        self._windows.clear()
