"""What is known about a call before it is made and after it is answered. No waiting, no sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar, get_args
from urllib.parse import urlencode

from webflow_orders_generated.client import models
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.errors import UnexpectedBody

from .. import errors
from .._http.attempt import Departure
from .._secret import Secret
from ..limits import Limiter, Reservation
from ..retry import RetryPolicy
from . import arguments

T = TypeVar("T")

API_URL = "https://api.webflow.com"
MIB = 2**20


class Postcondition(NamedTuple):
    """What a write makes true of its order, and what looking at the order cannot tell.

    Attributes:
        attempted: the same in words, without the text of a note.
        status: the status that the order then has.
        notes: the notes that it then has, by JSON name.
        unseen: what a look cannot tell.
    """

    attempted: str
    status: str | None = None
    notes: Mapping[str, str] = MappingProxyType({})
    unseen: tuple[str, ...] = ()

    @classmethod
    def of_status(cls, status: str, *unseen: str) -> Self:
        return cls(attempted=f"make its status {status}", status=status, unseen=(_WHO, *unseen))

    @classmethod
    def of_notes(cls, notes: Mapping[str, str]) -> Self:
        return cls(attempted=f"set {', '.join(notes)}", notes=notes, unseen=(_WHO,))

    def holds(self, order: models.Order) -> bool:
        shown = order.to_dict() if self.notes else {}
        return has_been(order, self.status) and all(
            shown.get(name) == text for name, text in self.notes.items()
        )

    def contradicts(self, order: models.Order) -> bool:
        """Whether the order of an answer of 2xx shows that it was not done. A server may trim the notes it stores."""
        return not has_been(order, self.status)

    def __repr__(self) -> str:
        return f"Postcondition({self.attempted!r})"  # A note may be about a customer.


_WHO = "whether this call or another one made it so"


def has_been(order: models.Order, status: str | None) -> bool:
    """Whether a write that makes this its status took effect: a refunded order may be disputed later on."""
    return (
        status is None or order.status == status or (status == "refunded" and order.refunded_on is not None)
    )


class Operation(NamedTuple, Generic[T]):
    """A request, and how its answer is read.

    A write of an order has its id, what it would make true, and the read that looks whether it did.
    """

    request: Request
    parse: Callable[[bytes], T]
    site_id: str | None = None
    order_id: str | None = None
    expects: Postcondition | None = None
    verify: Operation[models.Order] | None = None

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
            shown = errors.one_line(secret.scrub(str(answered)), 80)
            message = f"the answer is about order {shown!r}, not {self.order_id!r}"
            raise errors.ResponseDecodeError(message, call=self.call, raw=raw)
        return parsed


OnUnsettled = Literal["look", "refuse", "ignore"]
"""What a write does that finds another one unsettled on its order: look at the order first, refuse, or go on."""


class Options(NamedTuple):
    """How long, how often and how far a call may go; see `OrdersClient`."""

    timeout: float = 30.0
    deadline: float = 150.0
    retry: RetryPolicy = RetryPolicy()
    confirm: bool = True
    queue_timeout: float | None = None
    max_body: int = 32 * MIB
    unsettled: OnUnsettled = "look"

    def checked(self) -> Options:
        """These options. Raises ValueError or TypeError for one that cannot be right."""
        for name in ("timeout", "deadline"):
            arguments.seconds(getattr(self, name), name)
        if self.queue_timeout is not None:
            arguments.seconds(self.queue_timeout, "queue_timeout")
        arguments.integer(self.max_body, "max_body", 1, 2**40)
        if self.unsettled not in get_args(OnUnsettled):
            raise ValueError(f"unsettled must be one of {', '.join(get_args(OnUnsettled))}")
        return self


class Sleep(NamedTuple):
    seconds: float
    reason: Literal["limiter", "retry", "look"]


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
    departure: Departure


class Write(NamedTuple):
    """Write something into the journal, or read it."""

    do: Callable[[], Any]
    is_file: bool
