"""What is known about a call before it is made and after it is answered. No waiting, no sending."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from webflow_orders_generated.client import models
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.errors import UnexpectedBody

from . import _checks, errors
from ._http.connection import Secret
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

    def __repr__(self) -> str:
        return f"Operation({self.call})"  # The body of its request may be about a customer.

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

    def read(self, raw: errors.RawResponse, *, secret: Secret) -> T:
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
