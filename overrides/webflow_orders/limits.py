"""A rate limiter on the caller's side, so that a 429 is never met rather than survived.

Webflow counts requests per token and minute: 60 on the Starter and Basic plans, 120 on CMS, eCommerce and
Business (docs: rate limits). Every answer says how many are allowed and how many are left.

A limiter of your own implements `Limiter`. For each request the client makes a `Reservation`, calls `acquire` with
it, waits for as long as that says, and calls it again, until it says 0. Then it sends. If the answer is a 429, it
calls `backoff`; and after every answer, `update`. `cancel` gives up a reservation that will not be used. What
`acquire` raises ends the call as `LimiterUnavailableError`, with nothing sent; what the others raise is only logged.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Protocol, runtime_checkable
from weakref import WeakSet, WeakValueDictionary

from ._common.secret import Secret

STARTER = BASIC = 60
CMS = ECOMMERCE = BUSINESS = 120

# A minute as the server counts it, and a little for requests that overtake each other on the way.
PERIOD = 60.4
# More requests a minute than any plan has: a server that says it allows more is taken to allow so many.
MOST = 10_000
# No single answer can stop a token for longer.
LONGEST_BACKOFF = 3600.0
# A sleep may end a little early, by the precision of its clock.
_PRECISION = 0.001


class Reservation:
    """A place in the queue for one request.

    Attributes:
        at: when its turn comes, in seconds of the client's clock; None until that is decided.
        until: when whoever waits gives up, by the same clock.
        count: how many requests it stands for.
    """

    __slots__ = ("at", "count", "until")

    def __init__(self, at: float | None = None, *, until: float = float("inf"), count: int = 1) -> None:
        self.at: float | None = at
        self.until: float = until
        self.count: int = count


@runtime_checkable
class Limiter(Protocol):
    """What a client asks before each request. Safe for threads and tasks; `now` is the client's clock, in seconds."""

    @property
    def blocking(self) -> bool:
        """Whether `acquire` may wait for a disk or a network; then an async client calls it in a worker thread."""

    def acquire(self, reservation: Reservation, now: float) -> float:
        """Seconds to wait before asking again with the same reservation; 0 means go."""

    def update(self, headers: Mapping[str, str], now: float) -> None:
        """Take note of what an answer says about the limit; the names are in lower case. Never blocks."""

    def backoff(self, seconds: float, now: float) -> None:
        """The server refused a request: let nobody go for so long, those who wait included. Never blocks."""

    def cancel(self, reservation: Reservation) -> None:
        """Give up a place that will not be used. Never blocks."""


class RateLimiter:
    """Shares `limit` requests a minute among all who ask, first come, first served.

    Each reservation has its time as soon as it is made: the earliest at which the minute before it holds fewer than
    `limit` requests. So nobody waits at a lock, nobody overtakes, and a burst is let through whole. At that time this
    is decided anew: a 429, or others who use the token, may have made it later. The order stays.

    Args:
        limit: requests a minute; None starts with 60 and takes over what the server says, up to 10,000.
    """

    blocking: bool = False

    def __init__(self, limit: int | None = None) -> None:
        self._fixed = limit is not None
        self._limit = STARTER if limit is None else checked_limit(limit)
        self._waiting: list[Reservation] = []
        self._gone: deque[Reservation] = deque()  # Those of the last minute, by time.
        self._used = 0  # How many requests those are.
        self._not_before = float("-inf")
        self._lock = threading.RLock()  # Reentrant, for handlers of signals: they may make calls.
        _limiters.add(self)

    @property
    def limit(self) -> int:
        """Requests a minute, as known now."""
        return self._limit

    def acquire(self, reservation: Reservation, now: float) -> float:
        with self._lock:
            self._forget(now)
            if reservation not in self._waiting:
                self._waiting.append(reservation)
            # Also for whoever has waited: much may have been learned meanwhile, and those before may be late.
            place = self._waiting.index(reservation)
            reservation.at = at = self._turn(place, now)
            if at - now > _PRECISION:
                return at - now
            self._waiting.remove(reservation)
            self._count(reservation)
            return 0.0

    def _turn(self, place: int, now: float) -> float:
        """The earliest time for whoever has this place in the queue: when the minute before has room for one more."""
        at = max(now, self._not_before)
        if place >= self._limit:
            at = max(at, _time(self._waiting[place - self._limit]) + PERIOD)
        if place + self._used >= self._limit:
            used = self._used
            for oldest in tuple(self._gone):
                if place + used < self._limit:
                    break
                used -= oldest.count
                at = max(at, _time(oldest) + PERIOD)
        return max(at, _time(self._waiting[place - 1])) if place else at

    def _count(self, reservation: Reservation) -> None:
        self._gone.append(reservation)
        self._used += reservation.count

    def _forget(self, now: float) -> None:
        while self._gone and _time(self._gone[0]) <= now - PERIOD:
            self._used -= self._gone.popleft().count
        # Whoever is a minute late does not come any more, or queues anew.
        while self._waiting and (at := self._waiting[0].at) is not None and at <= now - PERIOD:
            del self._waiting[0]

    def update(self, headers: Mapping[str, str], now: float) -> None:
        limit, remaining = (_whole(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining"))
        with self._lock:
            if limit and not self._fixed:
                self._limit = min(limit, MOST)
            # What an answer counts that was under way when the server said stop is over when it says go.
            if remaining is None or now <= self._not_before:
                return
            self._forget(now)
            # Others use the token too: count theirs as if they had been ours, now.
            others = self._limit - remaining - self._used
            if others > 0:
                self._count(Reservation(now, count=others))

    def backoff(self, seconds: float, now: float) -> None:
        """Let nobody go for so long, an hour at the most; then the server counts from nought, and so does this."""
        with self._lock:
            self._not_before = max(self._not_before, now + min(seconds, LONGEST_BACKOFF))
            self._gone.clear()
            self._used = 0

    def cancel(self, reservation: Reservation) -> None:
        with self._lock:
            if reservation in self._waiting:
                self._waiting.remove(reservation)
            elif reservation in self._gone:
                self._gone.remove(reservation)
                self._used -= reservation.count

    def __repr__(self) -> str:
        return f"RateLimiter({self._limit})"


def checked_limit(limit: int) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError("limit must be a positive number of requests a minute")
    return limit


def _time(reservation: Reservation) -> float:
    return float("-inf") if reservation.at is None else reservation.at


class _Key(NamedTuple):
    """Who is limited together: the clients of one token at one server. Not the token itself, only its hash."""

    token: str
    origin: str
    clock: Callable[[], float]
    limit: int | None


_limiters: WeakSet[RateLimiter] = WeakSet()
_shared: WeakValueDictionary[_Key, RateLimiter] = WeakValueDictionary()
_shared_lock = threading.RLock()


RateLimit = int | Limiter | Literal["auto"] | None
"""How a client is limited: learned from the server, so many requests a minute, by a limiter, or not at all."""


def limiter_for(choice: RateLimit, token: Secret, origin: str, clock: Callable[[], float]) -> Limiter | None:
    """The limiter that a client's `rate_limit` asks for. Raises ValueError or TypeError."""
    if choice is None or isinstance(choice, Limiter):
        return choice
    if choice != "auto" and not isinstance(choice, int):
        raise TypeError(
            'rate_limit must be "auto", a number, None, or a limiter as `limits.Limiter` describes it'
        )
    limit = None if choice == "auto" else checked_limit(choice)
    key = _Key(hashlib.sha256(token.reveal().encode()).hexdigest(), origin, clock, limit)
    with _shared_lock:
        limiter = _shared.get(key)
        if limiter is None:
            limiter = _shared[key] = RateLimiter(limit)
        return limiter


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _after_fork() -> None:
    # Another thread of the parent may have held a lock at that moment; here nobody is left to open it.
    global _shared_lock
    _shared_lock = threading.RLock()
    for limiter in list(_limiters):
        limiter._lock = threading.RLock()
        limiter._waiting.clear()  # Those who wait are the parent's threads.
        limiter._used = sum(each.count for each in limiter._gone)  # It may have been about to be changed.


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
