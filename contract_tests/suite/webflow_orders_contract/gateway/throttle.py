"""Not too many requests in a minute, evenly spread; and a longer pause when the shop's own apps need the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .exchange import Answer

MINUTE = 60.0
# Longer than a server may make a run wait at once.
LONGEST = 600.0
# And so long is a server waited for that is to be fuzzed: with few requests a minute that can not be done.
MOST_WAITING = 180.0


class Throttle:
    """At least `interval` seconds between two requests, the first included: no burst, so no full bucket is lost.

    `reserve` requests of the minute belong to others: when no more than they are left, a minute passes.
    """

    def __init__(
        self,
        interval: float,
        *,
        reserve: int = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval, self.reserve = interval, reserve
        self._clock, self._sleep = clock, sleep
        # As if a request had just been sent: another process of the same run may have done so.
        self._last = clock()
        self._not_before = self._last
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            pause = max(self._last + self.interval, self._not_before) - self._clock()
            if pause > 0:
                self._sleep(pause)
            self._last = self._clock()

    def heard(self, answer: Answer) -> None:
        """What an answer says about the requests that are left."""
        pause = 0.0
        if answer.status == 429:
            pause = min(_number(answer.header("retry-after"), MINUTE), LONGEST)
        elif _number(answer.header("x-ratelimit-remaining"), self.reserve + 1) <= self.reserve:
            pause = MINUTE
        if pause:
            with self._lock:
                self._not_before = max(self._not_before, self._clock() + pause)


class Waiter:
    """Waits for a server of ours that has had too many requests, as long as it says; but not for ever in all."""

    def __init__(self, most: float = MOST_WAITING, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.most = self._left = most
        self._sleep = sleep

    def again(self, answer: Answer) -> bool:
        """Whether to ask once more; if so, the time has passed after which one may."""
        pause = max(1.0, _number(answer.header("retry-after"), MINUTE))
        if pause > self._left:
            return False
        self._left -= pause
        self._sleep(pause)
        return True


def _number(text: str, otherwise: float) -> float:
    return float(text) if text.isascii() and text.isdecimal() else otherwise
