"""Limiters that processes and machines share: `pip install 'webflow-orders[shared]'`.

    from webflow_orders import OrdersClient, shared_limits

    limiter = shared_limits.sqlite("/var/lib/shop/webflow.sqlite", limit=60)   # the processes of one machine
    limiter = shared_limits.redis("redis://10.0.0.5", limit=60)                 # a fleet
    orders = OrdersClient(rate_limit=limiter)

In one process `limits.RateLimiter` is used instead: it hands out places in the order of arrival to threads and tasks
alike, takes its clock as an argument and learns from the server. Between processes nobody knows who came first:
whoever asks next when a place gets free has it.

The file is counted by pyrate-limiter. Redis is not: that library's bucket counts up to the asker's own clock, so that
one who was held up does not see the places given since, and takes one too many; seen with twenty processes.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from pathlib import Path
from time import time_ns
from typing import Any, Protocol

from pyrate_limiter import Rate, RateItem
from pyrate_limiter.buckets import SQLiteBucket

from .limits import PERIOD, STARTER, Ticket


class Bucket(Protocol):
    """Places in a period, counted somewhere that others see too."""

    def take(self) -> float:
        """Take a place and return 0.0, or the seconds until there may be one. Blocks for as long as that takes."""


class SharedRateLimiter:
    """Asks a bucket for a place. Implements `limits.Limiter`."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._not_before = float("-inf")
        self._lock = threading.Lock()

    def ask(self, ticket: Ticket, now: float) -> float:
        if now < self._not_before:
            return self._not_before - now
        with self._lock:
            wait = self._bucket.take()
        if not wait:
            ticket.at = now
            return 0.0
        # Not all at the same instant: they would only meet at the lock.
        return wait + random.uniform(0.0, 0.05)

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """The limit was given; what others use beside this bucket shows in 429s, which pause everybody here."""

    def pause(self, seconds: float, now: float) -> None:
        self._not_before = max(self._not_before, now + seconds)

    def leave(self, ticket: Ticket) -> None:
        """A place that was taken stays taken: it may have been seen by others already."""


class _File:
    """A log of places in an SQLite file; pyrate-limiter's."""

    def __init__(self, path: str, limit: int, period: float) -> None:
        rate = Rate(limit, int(period * 1000))
        self._bucket = SQLiteBucket.init_from_file([rate], db_path=path, use_file_lock=True)
        self._taken = 0

    def take(self) -> float:
        moment = time_ns() // 1_000_000
        item = RateItem("request", moment)
        if self._bucket.put(item):
            self._taken += 1
            if self._taken % 50 == 1:
                self._bucket.leak(moment)
            return 0.0
        waiting: Any = self._bucket.waiting(item)
        return max(int(waiting), 1) / 1000


class _Redis:
    """A log of places in a sorted set. The clock is the server's, so those of the machines need not agree."""

    SCRIPT = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local limit, period = tonumber(ARGV[1]), tonumber(ARGV[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - period)
    if redis.call('ZCARD', KEYS[1]) < limit then
        redis.call('ZADD', KEYS[1], now, now .. '-' .. redis.call('INCR', KEYS[1] .. ':count'))
        redis.call('PEXPIRE', KEYS[1], period)
        redis.call('PEXPIRE', KEYS[1] .. ':count', period * 2)
        return 0
    end
    return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + period - now + 1
    """

    def __init__(self, url: str, key: str, limit: int, period: float) -> None:
        from redis import Redis

        self._script = Redis.from_url(url).register_script(self.SCRIPT)
        self._key, self._arguments = key, [limit, int(period * 1000)]

    def take(self) -> float:
        wait: Any = self._script(keys=[self._key], args=self._arguments)
        return int(wait) / 1000


def sqlite(path: str | Path, *, limit: int = STARTER, period: float = PERIOD) -> SharedRateLimiter:
    """For the processes of one machine. The file is made if it is not there, and a lock beside it."""
    return SharedRateLimiter(_File(str(path), _checked(limit), period))


def redis(
    url: str, *, limit: int = STARTER, period: float = PERIOD, key: str = "webflow-orders"
) -> SharedRateLimiter:
    """For a fleet. One key per token; the name must not give the token away."""
    return SharedRateLimiter(_Redis(url, key, _checked(limit), period))


def _checked(limit: int) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError("limit must be a positive number of requests")
    return limit
