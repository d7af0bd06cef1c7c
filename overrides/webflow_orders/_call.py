"""What is known about a call before it is made and after it is answered. No waiting, no sending."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

import httpx
from webflow_orders_generated.client import models
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.errors import UnexpectedBody

from . import _checks, errors
from ._body import ACCEPTED_CODING
from ._version import __version__
from .limits import Limiter, Reservation
from .retry import RetryPolicy

T = TypeVar("T")

API_URL = "https://api.webflow.com"
MIB = 2**20

log = logging.getLogger("webflow_orders")
log.addHandler(logging.NullHandler())


class Expectation(NamedTuple):
    """What a write would have made true of its order, and what looking at the order cannot tell."""

    attempted: str
    holds: Callable[[models.Order], bool]
    unseen: tuple[str, ...]
    contradicts: bool = True
    """Whether an answer of 2xx for which `holds` is false is to be doubted."""


class Operation(NamedTuple, Generic[T]):
    """A request, and how its answer is read.

    A write of an order has its id, what it would make true, and the read that looks whether it did.
    """

    request: Request
    parse: Callable[[bytes], T]
    order_id: str | None = None
    expects: Expectation | None = None
    look: Operation[models.Order] | None = None

    @property
    def safe(self) -> bool:
        """Whether it can be repeated without a second effect."""
        return self.expects is None

    @property
    def call(self) -> errors.Call:
        query = f"?{urlencode(self.request.params)}" if self.request.params else ""
        return errors.Call(
            operation=self.request.operation, method=self.request.method, path=self.request.path + query
        )

    def read(self, raw: errors.RawResponse, *, secret: str) -> T:
        """What a 2xx says. Raises `APIStatusError` for another status, and the errors of a body."""
        if not 200 <= raw.status_code < 300:
            raise errors.from_response(raw, self.call, secret=secret)
        if raw.incomplete is not None:
            lost = (
                {"cut off": errors.APIConnectionError, "too late": errors.APITimeoutError}
                if self.safe
                else {}
            )
            kind = lost.get(raw.incomplete, errors.ResponseDecodeError)
            raise kind(raw.detail, call=self.call, raw=raw)
        try:
            parsed = self.parse(raw.content)
        except UnexpectedBody as error:
            # Not chained: among its frames are some that hold the body.
            raise errors.ResponseDecodeError(
                f"the body cannot be read: {error}", call=self.call, raw=raw
            ) from None
        answered = parsed.order_id if isinstance(parsed, models.Order | models.OrderV1) else self.order_id
        if self.order_id is not None and answered != self.order_id:
            message = f"the answer is about order {str(answered)[:80]!r}, not {self.order_id!r}"
            raise errors.ResponseDecodeError(message, call=self.call, raw=raw)
        return parsed


class Connection:
    """Where to and as whom. Its repr has no token."""

    def __init__(self, *, token: str | None, base_url: str, allow_http: bool) -> None:
        self.base_url = _checks.base_url(base_url, allow_http=allow_http)
        self.token = _checks.token(token)
        self.headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": ACCEPTED_CODING,
                "Connection": "keep-alive",
                "User-Agent": f"webflow-orders/{__version__}",
                "Authorization": f"Bearer {self.token}",
            }
        )

    def __repr__(self) -> str:
        return f"Connection(base_url={self.base_url!r})"

    def client_arguments(self, concurrency: int) -> dict[str, Any]:
        """For httpx.Client and httpx.AsyncClient alike."""
        return {
            # As many idle connections as busy ones: fewer, and threads beyond them reconnect for every call.
            "limits": httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
            "follow_redirects": False,
        }

    def http_request(self, request: Request, timeout: float) -> httpx.Request:
        """Not by `build_request`, which merges for each what is the same for all, and adds cookies."""
        made = httpx.Request(
            request.method,
            self.base_url + request.path,
            params=request.params or None,
            headers=self.headers,
            json=request.json or None,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)},
        )
        if request.headers:
            made.headers.update(request.headers)
        return made


class Options(NamedTuple):
    """How long, how often and how far a call may go; see `OrdersClient`."""

    timeout: float = 30.0
    deadline: float = 150.0
    retry: RetryPolicy = RetryPolicy()
    confirm: bool = True
    queue_timeout: float | None = None
    max_body: int = 32 * MIB

    def checked(self) -> Options:
        """These options. Raises ValueError or TypeError for one that cannot be right."""
        for name in ("timeout", "deadline"):
            _checks.seconds(getattr(self, name), name)
        if self.queue_timeout is not None:
            _checks.seconds(self.queue_timeout, "queue_timeout")
        _checks.integer(self.max_body, "max_body", 1, 2**40)
        return self


class Sleep(NamedTuple):
    seconds: float


class Acquire(NamedTuple):
    """Ask the limiter for a place, and say how long to wait for it."""

    limiter: Limiter
    reservation: Reservation
    now: float

    def ask(self) -> float:
        return self.limiter.acquire(self.reservation, self.now)


class Send(NamedTuple):
    """Make the request and read the whole answer, within so many seconds."""

    operation: Operation[Any]
    within: float


def lost(error: httpx.RequestError, call: errors.Call) -> errors.APIConnectionError:
    """The error for an exchange that httpx could not finish."""
    unquoted(error)
    sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    kind = errors.APITimeoutError if isinstance(error, httpx.TimeoutException) else errors.APIConnectionError
    reason = errors.one_line(str(error)) or "no reason given"
    return kind(f"{type(error).__name__}: {reason}", call=call, sent=sent)


def unquoted(error: httpx.RequestError) -> None:
    """Take out of an error what h11 quotes of the bytes that it did not expect: they may be a customer's."""
    said, quote, _ = str(error).partition("bytearray(")
    if quote:
        error.args = (said.rstrip(": "),)
        error.__cause__ = error.__context__ = None
