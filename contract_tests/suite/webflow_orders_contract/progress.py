"""How far a part of the run has come, in a few characters."""

from __future__ import annotations

import time
from collections.abc import Callable

WIDTH = 20
# Often enough for somebody who waits, and not a line for each of thousands.
SECONDS_BETWEEN_LINES = 5.0


def bar(done: int, of: int, seconds: float) -> str:
    """A bar, and about how long it takes if it goes on as it did."""
    share = min(1.0, done / max(1, of))
    left = seconds * (1 - share) / share if share else 0.0
    filled = round(share * WIDTH)
    return f"{'#' * filled}{'.' * (WIDTH - filled)} {share:4.0%}, about {left:.0f} s left"


class Ticker:
    """Says every few seconds how many of them are done."""

    def __init__(self, what: str, of: int, say: Callable[[str], None]) -> None:
        self._what, self._of, self._say = what, of, say
        self._began = self._said = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            said = f"  {self._what} {done} of {self._of}"
            self._say(f"{said:<48} {bar(done, self._of, now - self._began)}")
