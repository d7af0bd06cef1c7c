"""A rate limiter on the caller's side, so that a 429 is never met rather than survived.

Webflow counts requests per token and minute: 60 on the Starter and Basic plans, 120 on CMS, eCommerce and
Business (docs: rate limits). Every answer says how many are allowed and how many are left.
"""

from __future__ import annotations

import hashlib
import os
import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Protocol, runtime_checkable
from weakref import WeakSet, WeakValueDictionary

STARTER = BASIC = 60
CMS = ECOMMERCE = BUSINESS = 120

# A minute as the server counts it, and a little for requests that overtake each other on the way.
PERIOD = 60.4


class Ticket:
    """One request's place in the queue; `at` is when its turn comes, once that is decided."""

    __slots__ = ("at",)

    def __init__(self, at: float | None = None) -> None:
        self.at = at


@runtime_checkable
class Limiter(Protocol):
    """What a client asks before each request. Safe for threads and tasks."""

    def ask(self, ticket: Ticket, now: float) -> float:
        """Seconds to wait before asking again with the same ticket; 0 means go."""

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """Take note of what an answer says about the limit."""

    def pause(self, seconds: float, now: float) -> None:
        """The server refused a request: let nobody go for so long."""

    def leave(self, ticket: Ticket) -> None:
        """Give a place back that will not be used."""


class RateLimiter:
    """Shares `limit` requests a minute among all who ask, first come, first served.

    Each ticket is given its time when it first asks: the earliest at which the minute before it holds fewer than
    `limit` requests. So there is no lock to wait at, nobody overtakes, and a burst is let through whole.

    Args:
        limit: requests a minute; None starts with 60 and takes over what the server says.
    """

    def __init__(self, limit: int | None = None) -> None:
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ValueError("limit must be a positive number of requests a minute")
        self._fixed = limit is not None
        self._limit = limit or STARTER
        self._times: deque[float] = deque()
        self._not_before = float("-inf")
        self._lock = threading.Lock()
        _limiters.add(self)

    @property
    def limit(self) -> int:
        """Requests a minute, as known now."""
        return self._limit

    def ask(self, ticket: Ticket, now: float) -> float:
        if ticket.at is not None:
            return 0.0  # Whoever comes back has waited.
        with self._lock:
            ticket.at = self._reserve(now)
        return max(0.0, ticket.at - now)

    def _reserve(self, now: float) -> float:
        self._forget(now)
        times = self._times
        at = max(now, self._not_before, times[-1] if times else now)
        if len(times) >= self._limit:
            at = max(at, times[-self._limit] + PERIOD)
        times.append(at)
        return at

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] <= now - PERIOD:
            self._times.popleft()

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        limit, remaining = (_whole(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining"))
        with self._lock:
            if limit and not self._fixed:
                self._limit = limit
            if remaining is None:
                return
            self._forget(now)
            known = bisect_right(self._times, now)
            # Others use the token too: count theirs as if they had been ours, now.
            others = min(self._limit - remaining - known, self._limit)
            if others > 0:
                self._times = deque(sorted([*self._times, *[now] * others]))

    def pause(self, seconds: float, now: float) -> None:
        with self._lock:
            self._not_before = max(self._not_before, now + seconds)

    def leave(self, ticket: Ticket) -> None:
        with self._lock:
            if ticket.at is not None and ticket.at in self._times:
                self._times.remove(ticket.at)

    def __repr__(self) -> str:
        return f"RateLimiter({self._limit})"


class _Key(NamedTuple):
    """Who is limited together: the clients of one token at one server. Not the token itself, only its hash."""

    token: str
    origin: str
    clock: Callable[[], float]
    limit: int | None


_limiters: WeakSet[RateLimiter] = WeakSet()
_shared: WeakValueDictionary[_Key, RateLimiter] = WeakValueDictionary()
_shared_lock = threading.Lock()


def _shared_by(key: _Key) -> RateLimiter:
    """The limiter of all clients in this process that use this token."""
    with _shared_lock:
        limiter = _shared.get(key)
        if limiter is None:
            limiter = _shared[key] = RateLimiter(key.limit)
        return limiter


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


RateLimit = int | Limiter | Literal["auto"] | None
"""How a client is limited: learned from the server, so many requests a minute, by a limiter, or not at all."""


def limiter_for(choice: RateLimit, token: str, origin: str, clock: Callable[[], float]) -> Limiter | None:
    """The limiter that a client's `rate_limit` asks for. Raises ValueError."""
    if choice is None or isinstance(choice, Limiter):
        return choice
    if choice == "auto":
        return _shared_by(_Key(_hash(token), origin, clock, None))
    return _shared_by(_Key(_hash(token), origin, clock, choice))


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _after_fork() -> None:
    # Another thread of the parent may have held a lock at that moment; here nobody is left to open it.
    global _shared_lock
    _shared_lock = threading.Lock()
    for limiter in list(_limiters):
        limiter._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
