"""Not too many requests in a minute, evenly spread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """At least `interval` seconds between two requests, the first included: no burst, so no full bucket is lost."""

    def __init__(
        self,
        interval: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = interval
        self._clock, self._sleep = clock, sleep
        # As if a request had just been sent: another process of the same run may have done so.
        self._last = clock()
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            pause = self._last + self.interval - self._clock()
            if pause > 0:
                self._sleep(pause)
            self._last = self._clock()
