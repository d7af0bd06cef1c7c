"""Limiters that processes and machines share; the second needs `pip install 'webflow-orders[shared]'`.

    from webflow_orders import OrdersClient, shared_limits

    limiter = shared_limits.sqlite("/var/lib/shop/webflow.sqlite", limit=60)   # the processes of one machine
    limiter = shared_limits.redis("redis://10.0.0.5", limit=60)                 # a fleet
    with limiter, OrdersClient(rate_limit=limiter) as orders:
        ...

They can be made before a fork. In one process `limits.RateLimiter` is used instead: it hands out places in the order
of arrival and learns from the server. Between processes nobody knows who came first: whoever asks next when a place
gets free has it. A 429 stops the callers of its own process; the others meet their own.

When the file or the Redis is gone, or does not answer for two seconds, `on_failure` says what happens. "refuse" ends
the call as `LimiterUnavailableError`, with nothing sent. "local" goes on with a `RateLimiter` of this process, and
tries the shared one again ten seconds later; several processes that do so may exceed the limit together.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from ._common.extras import needed_by
from ._common.log import log
from .limits import LONGEST_BACKOFF, PERIOD, STARTER, RateLimiter, Reservation, checked_limit

if TYPE_CHECKING:
    from redis import Redis

OnFailure = Literal["refuse", "local"]

# Seconds that a healthy file or Redis never takes to answer, and until one that failed is asked again.
PATIENCE = 2.0
RETRY_AFTER = 10.0


class Bucket(Protocol):
    """Places in a period, counted somewhere that others see too."""

    def take(self, within: float) -> float:
        """Take a place and return 0.0, or the seconds until there may be one. Raises after so many seconds."""

    def close(self) -> None: ...


class SharedRateLimiter:
    """Asks a bucket for a place. Implements `limits.Limiter`.

    Args:
        bucket: where places are counted; `sqlite` and `redis` make one.
        limit: requests a minute, for what goes on locally.
        on_failure: "refuse" or "local", see above.
    """

    blocking: bool = True

    def __init__(self, bucket: Bucket, *, limit: int = STARTER, on_failure: OnFailure = "refuse") -> None:
        if on_failure not in ("refuse", "local"):
            raise ValueError('on_failure must be "refuse" or "local"')
        self._bucket = bucket
        self._local = RateLimiter(limit)
        self._refuses = on_failure == "refuse"
        self._not_before = float("-inf")
        self._ask_again_at = float("-inf")

    def acquire(self, reservation: Reservation, now: float) -> float:
        if now < self._not_before:
            return self._not_before - now
        # Whoever has a place in the local queue keeps to it.
        if reservation.at is not None or now < self._ask_again_at:
            return self._local.acquire(reservation, now)
        try:
            wait = self._bucket.take(min(PATIENCE, reservation.until - now))
        except Exception as error:
            if self._refuses:
                raise
            log.warning(
                "the shared rate limiter failed (%s); going on with one of this process", type(error).__name__
            )
            self._ask_again_at = now + RETRY_AFTER
            return self._local.acquire(reservation, now)
        # Not all at the same instant: they would only meet at the lock.
        return wait and wait + random.uniform(0.0, 0.05)

    def update(self, headers: Mapping[str, str], now: float) -> None:
        """The limit was given; what others use beside this bucket shows in 429s, which stop everybody here."""

    def backoff(self, seconds: float, now: float) -> None:
        self._not_before = max(self._not_before, now + min(seconds, LONGEST_BACKOFF))

    def cancel(self, reservation: Reservation) -> None:
        """A place that was taken stays taken: it may have been seen by others already."""
        self._local.cancel(reservation)

    def close(self) -> None:
        """Close the connections. Can be called again; a later `acquire` opens new ones."""
        self._bucket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _File:
    """A log of places in an SQLite file. The clock is the machine's.

    It is opened for each place, twice a second at the most: so nothing is inherited by a fork, shared by threads, or
    left to close, and a file that was taken away is made again.
    """

    def __init__(self, path: Path, limit: int, period: float) -> None:
        if not path.parent.is_dir():
            raise FileNotFoundError(f"no such folder: {path.parent}")
        if path.exists() and not path.is_file():  # In a device, nothing would be counted.
            raise FileExistsError(f"no regular file: {path}")
        self._path, self._limit, self._period = path, limit, period

    def take(self, within: float) -> float:
        with closing(sqlite3.connect(self._path, timeout=max(0.0, within), isolation_level=None)) as file:
            # The count need not outlive the power.
            file.execute("PRAGMA synchronous = OFF")
            file.execute("BEGIN IMMEDIATE")
            file.execute("CREATE TABLE IF NOT EXISTS places (at REAL)")
            # Not before the lock is ours: who held it may have taken a place since. One in the future is of a clock
            # that has been set back.
            now = time.time()
            file.execute("DELETE FROM places WHERE at <= ? OR at > ?", (now - self._period, now))
            taken, oldest = file.execute("SELECT count(*), min(at) FROM places").fetchone()
            if taken < self._limit:
                file.execute("INSERT INTO places VALUES (?)", (now,))
            file.execute("COMMIT")
            return 0.0 if taken < self._limit else max(oldest + self._period - now, 0.001)

    def close(self) -> None:
        pass


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
        self._url, self._key = url, key
        self._arguments = [limit, int(period * 1000)]
        self._redis = self._connect(PATIENCE)
        self._script = self._redis.register_script(self.SCRIPT)

    def _connect(self, patience: float) -> Redis:
        with needed_by("shared_limits.redis", extra="shared"):
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        return Redis.from_url(
            self._url, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0)
        )

    def take(self, within: float) -> float:
        if within >= PATIENCE:
            return self._run(self._redis)
        # A hurried call has a connection of its own: a timeout is a property of connections.
        with self._connect(max(within, 0.001)) as hurried:
            return self._run(hurried)

    def _run(self, redis: Redis) -> float:
        wait: Any = self._script(keys=[self._key], args=self._arguments, client=redis)
        return int(wait) / 1000

    def close(self) -> None:
        self._redis.close()


def sqlite(
    path: str | Path, *, limit: int = STARTER, period: float = PERIOD, on_failure: OnFailure = "refuse"
) -> SharedRateLimiter:
    """For the processes of one machine. The file is made if it is not there; one per token.

    Raises ValueError; FileNotFoundError without the folder; or FileExistsError for what is no regular file.
    """
    # Absolute, for SQLite keeps what is called ":memory:" in the memory of each connection.
    bucket = _File(Path(path).absolute(), checked_limit(limit), period)
    return SharedRateLimiter(bucket, limit=limit, on_failure=on_failure)


def redis(
    url: str,
    *,
    limit: int = STARTER,
    period: float = PERIOD,
    key: str = "webflow-orders",
    on_failure: OnFailure = "refuse",
) -> SharedRateLimiter:
    """For a fleet. One key per token; the name must not give the token away.

    Raises ValueError, or ModuleNotFoundError without the extra.
    """
    bucket = _Redis(url, key, checked_limit(limit), period)
    return SharedRateLimiter(bucket, limit=limit, on_failure=on_failure)
