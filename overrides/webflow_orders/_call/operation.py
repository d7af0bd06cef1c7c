"""What is known about a call before it is made and after it is answered. No waiting, no sending."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar, cast, get_args
from urllib.parse import urlencode

from webflow_orders_generated.client import models
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.errors import UnexpectedBody

from .. import errors
from .._common.secret import Secret
from .._http.attempt import Departure
from ..limits import Limiter, Reservation
from . import arguments
from .retry import RetryPolicy

T = TypeVar("T")

MIB = 2**20


class Postcondition(NamedTuple):
    """What a write makes true, and what looking cannot tell. Of a text that is sent it keeps a keyed hash.

    Attributes:
        attempted: the same in words, without a text.
        kind: whether an order is changed by it, or a webhook made or removed.
        status: the status that the order then has.
        texts: the texts that it then has, by JSON name, hashed with `salt`.
        known: which webhooks with these texts there were before, by id; None if nobody looked.
        unseen: what a look cannot tell.
    """

    attempted: str
    kind: Literal["changed", "made", "gone"] = "changed"
    status: str | None = None
    texts: Mapping[str, str] = MappingProxyType({})
    salt: str = ""
    known: Sequence[str] | None = None
    unseen: tuple[str, ...] = ("whether this call or another one made it so",)

    @classmethod
    def of_status(cls, status: str, *unseen: str) -> Self:
        made = cls(attempted=f"make its status {status}", status=status)
        return made._replace(unseen=(*made.unseen, *unseen))

    @classmethod
    def of_notes(cls, notes: Mapping[str, str]) -> Self:
        return cls(attempted=f"set {', '.join(notes)}", **_hashed(notes))

    @classmethod
    def of_a_webhook(cls, texts: Mapping[str, str]) -> Self:
        made = cls(attempted=f"make a webhook of {texts['triggerType']}", kind="made", **_hashed(texts))
        return made._replace(unseen=(*made.unseen, "its secret, which only the lost answer had"))

    def results(self, seen: Any) -> Iterator[Any]:
        """What the call may return, if a look that showed this shows that it was done; see `Operation.verify`."""
        if self.kind == "gone":
            yield from [None] if seen is None else ()
        elif self.kind == "made":
            known = [each.id for each in seen] if self.known is None else self.known
            yield from (each for each in seen if each.id not in known and self._has_the_texts_of(each))
        elif has_been(seen, self.status) and self._has_the_texts_of(seen):
            yield seen

    def after(self, seen: models.WebhookList) -> Self:
        """The same, when this was there before."""
        return self._replace(known=[each.id for each in seen if self._has_the_texts_of(each)])

    def contradicts(self, answer: Any) -> bool:
        """Whether what a 2xx answered shows that it was not done. A server may trim the notes it stores."""
        if self.kind == "made":
            return not self._has_the_texts_of(answer, "triggerType")
        return self.kind == "changed" and not has_been(answer, self.status)

    def _has_the_texts_of(self, shown: models.Order | models.Webhook, *names: str) -> bool:
        found = shown.to_dict() if self.texts else {}
        return all(
            isinstance(found.get(name), str) and _hash(found[name], self.salt) == self.texts[name]
            for name in names or self.texts
        )

    def to_json(self) -> str:
        """For the journal: what a look needs to know."""
        kept = {"status": self.status, "notes": dict(self.texts), "salt": self.salt, "unseen": self.unseen}
        return json.dumps(
            kept if self.kind == "changed" else {**kept, "kind": self.kind, "known": self.known}
        )

    @classmethod
    def from_json(cls, text: str, attempted: str) -> Self:
        kept = json.loads(text)
        # Journals that an earlier release wrote have no word of what is unseen.
        return cls(attempted, texts=kept.pop("notes"), unseen=tuple(kept.pop("unseen", ())), **kept)

    def __repr__(self) -> str:
        return f"Postcondition({self.attempted!r})"


def _hashed(texts: Mapping[str, str]) -> dict[str, Any]:
    salt = secrets.token_hex(8)
    return {"texts": {name: _hash(text, salt) for name, text in texts.items()}, "salt": salt}


def _hash(text: str, salt: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, key=salt.encode(), digest_size=16).hexdigest()


def has_been(order: models.Order, status: str | None) -> bool:
    """Whether a write that makes this its status took effect: a refunded order may be disputed later on."""
    was_refunded = order.status in ("disputed", "dispute-lost") and order.refunded_on is not None
    return status is None or order.status == status or (status == "refunded" and was_refunded)


class Operation(NamedTuple, Generic[T]):
    """A request, and how its answer is read.

    `target` is what it is about: the id of an order or a webhook; of a webhook that is still to be made, what tells
    it from others. A write has also what it would make true, and the read that looks whether it did. A read that is
    `or_gone` says None where the server says that there is no such thing; `decides`: it says what became of a write.
    """

    request: Request
    parse: Callable[[bytes], T]
    site_id: str | None = None
    target: str | None = None
    expects: Postcondition | None = None
    verify: Operation[Any] | None = None
    or_gone: bool = False
    decides: bool = False

    def __repr__(self) -> str:
        return f"Operation({self.call})"  # The body of its request may be about a customer.

    @property
    def order_id(self) -> str | None:
        """The order that it is about, if it is about one."""
        return self.target if noun_of(self.request.operation) == "order" else None

    @property
    def safe(self) -> bool:
        """Whether it can be repeated without a second effect: what is gone cannot go again."""
        return self.expects is None or self.expects.kind == "gone"

    @property
    def call(self) -> errors.Call:
        query = f"?{urlencode(self.request.params)}" if self.request.params else ""
        return errors.Call(
            operation=self.request.operation, method=self.request.method, path=self.request.path + query
        )

    def read(self, raw: errors.RawResponse, *, secret: Secret) -> T:
        """What a 2xx says. Raises `APIStatusError` for another status, and the errors of a body."""
        # Each cache may add an age of its own.
        if self.decides and re.search("[1-9]", raw.headers.get("age", "")):
            message = "a cache has answered, with what may have been so before the write"
            raise errors.ResponseDecodeError(message, call=self.call, raw=raw)
        if not 200 <= raw.status_code < 300:
            error = errors.from_response(raw, self.call, secret=secret)
            # Of somebody in between, who does not speak as the API does, it is not believed.
            if self.or_gone and isinstance(error, errors.NotFoundError) and error.code != "unknown":
                return cast(T, None)
            raise error
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
        answered = getattr(parsed, "order_id", getattr(parsed, "id", self.target))
        if self.target not in (None, answered) and not (self.expects and self.expects.kind == "made"):
            shown = errors.one_line(secret.scrub(str(answered)), 80)
            message = f"the answer is about {noun_of(self.request.operation)} {shown!r}, not {self.target!r}"
            raise errors.ResponseDecodeError(message, call=self.call, raw=raw)
        return parsed


@functools.cache
def import_models() -> None:
    """Import what any answer to a write is read by, before the write leaves: an import can fail, too."""
    for order in (models.Order, models.OrderV1):
        order.from_json(b'{"orderId":"","status":""}')
    [*models.WebhookList.from_json(b'{"webhooks":[{"id":"","triggerType":"","url":""}]}')]
    models.Error.from_json(b'{"code":"","message":""}')
    models.ErrorV1.from_json(b'{"msg":"","code":0}')


def noun_of(operation: str) -> str:
    """What an operation is about: refund-order → order."""
    return operation.removesuffix("-v1").rpartition("-")[2].removesuffix("s")


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
        if not isinstance(self.retry, RetryPolicy):
            raise TypeError(f"retry must be a RetryPolicy, not {type(self.retry).__name__}")
        self.retry.checked()
        arguments.flag(self.confirm, "confirm")
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
