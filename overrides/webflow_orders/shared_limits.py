"""Limiters that processes and machines share: `pip install 'webflow-orders[shared]'`.

    from webflow_orders import OrdersClient, shared_limits

    limiter = shared_limits.sqlite("/var/lib/shop/webflow.sqlite", limit=60)   # the processes of one machine
    limiter = shared_limits.redis("redis://10.0.0.5", limit=60)                 # a fleet
    orders = OrdersClient(rate_limit=limiter)

The counting is pyrate-limiter's. In one process `limits.RateLimiter` is used instead: it hands out places in the
order of arrival to threads and tasks alike, takes its clock as an argument and learns from the server, which that
library's own limiter does not. Between processes nobody knows who came first: whoever asks next when a place gets
free has it.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from pathlib import Path
from time import time_ns
from typing import Any

from pyrate_limiter import Rate, RateItem
from pyrate_limiter.buckets import RedisBucket, SQLiteBucket

from .limits import PERIOD, STARTER, Ticket


class SharedRateLimiter:
    """`limit` requests in any `period` seconds, among all who share the bucket. Implements `limits.Limiter`.

    The clocks of the machines must agree; a second apart is a second in which too many may go.
    """

    def __init__(self, bucket: SQLiteBucket | RedisBucket) -> None:
        self._bucket: Any = bucket
        self._not_before = float("-inf")
        self._lock = threading.Lock()
        self._asked = 0

    def ask(self, ticket: Ticket, now: float) -> float:
        """Takes a place if there is one; else says when to ask again. Blocks for as long as the bucket takes."""
        if now < self._not_before:
            return self._not_before - now
        with self._lock:
            moment = time_ns() // 1_000_000
            item = RateItem("request", moment)
            if self._bucket.put(item):
                ticket.at = now
                self._asked += 1
                if self._asked % 50 == 1:
                    self._bucket.leak(moment)
                return 0.0
            wait = max(int(self._bucket.waiting(item)), 1) / 1000
        # Not all at the same instant: they would only meet at the lock.
        return wait + random.uniform(0.0, 0.05)

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """The limit was given; what others use beside this bucket shows in 429s, which pause everybody here."""

    def pause(self, seconds: float, now: float) -> None:
        self._not_before = max(self._not_before, now + seconds)

    def leave(self, ticket: Ticket) -> None:
        """A place that was taken stays taken: it may have been seen by others already."""


def sqlite(path: str | Path, *, limit: int = STARTER, period: float = PERIOD) -> SharedRateLimiter:
    """For the processes of one machine. The file is made if it is not there, and a lock beside it."""
    rate = [_rate(limit, period)]
    return SharedRateLimiter(SQLiteBucket.init_from_file(rate, db_path=str(path), use_file_lock=True))


def redis(
    url: str, *, limit: int = STARTER, period: float = PERIOD, key: str = "webflow-orders"
) -> SharedRateLimiter:
    """For a fleet. One key per token; the name must not give the token away."""
    from redis import Redis

    bucket = RedisBucket.init([_rate(limit, period)], Redis.from_url(url), key)
    return SharedRateLimiter(bucket)


def _rate(limit: int, period: float) -> Rate:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError("limit must be a positive number of requests")
    return Rate(limit, int(period * 1000))
