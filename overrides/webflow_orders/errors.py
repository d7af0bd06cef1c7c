"""Everything this package raises about a call.

    WebflowOrdersError
    ├── OutcomeUnknownError         a write may have taken effect, or may yet; look at the order
    ├── UnsettledWriteError         an earlier write to this order is unsettled; nothing was sent
    ├── JournalUnavailableError     the write journal cannot be used; nothing was sent
    ├── QueueTimeoutError           no place in the rate limiter's queue; nothing was sent
    ├── LimiterUnavailableError     the rate limiter failed: its Redis or file is gone; nothing was sent
    ├── ClientClosedError           the client was closed; nothing was sent
    ├── EventLoopError              an async client with connections in another event loop; nothing was sent
    ├── APIConnectionError          no whole answer came back
    │   └── APITimeoutError         … within the time allowed
    ├── APIStatusError              the answer's status is not 2xx
    │   ├── RedirectError           3xx; never followed
    │   ├── BadRequestError         400
    │   ├── AuthenticationError     401
    │   ├── PermissionDeniedError   403
    │   ├── NotFoundError           404
    │   ├── ConflictError           409
    │   ├── RateLimitError          429
    │   └── ServerError             5xx
    └── ResponseDecodeError         2xx, but the body is not what openapi.yaml promises

A write that raises OutcomeUnknownError may have been done; one that raises anything else of this tree was not done,
and can be tried again. What is not of this tree and must pass, such as a cancellation or KeyboardInterrupt, carries a
note if the write may have been sent, and `unsettled()` lists it. An argument that cannot be right raises ValueError
or TypeError before anything is sent.
`str()` of each is one line without the token and without a body; `raw` has the answer itself, and is not shown.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from webflow_orders_generated.client import models
from webflow_orders_generated.client.errors import UnexpectedBody

if TYPE_CHECKING:
    from ._common.secret import Secret

Incomplete = Literal["cut off", "too late", "too large", "miscoded"]


class RawResponse(NamedTuple):
    """An answer as it came: `headers` by lower-case name, `content` decompressed."""

    status_code: int
    headers: Mapping[str, str] = MappingProxyType({})
    content: bytes = b""
    incomplete: Incomplete | None = None
    """Why the content is not all of it; None when it is."""
    detail: str = ""

    @property
    def request_id(self) -> str | None:
        """The server's own name for the exchange, if it sent one. (Assumption: under one of these headers.)"""
        return one_line(self.headers.get("x-request-id") or self.headers.get("cf-ray") or "") or None

    def __repr__(self) -> str:
        # The headers and the content are a customer's, or a secret's.
        return f"RawResponse(status_code={self.status_code}, incomplete={self.incomplete!r}, detail={self.detail!r})"


class Call(NamedTuple):
    """What was asked: the operation's id, the method, and the path with ids and query."""

    operation: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class WebflowOrdersError(Exception):
    """Base class: catch this to catch all of the above."""

    def __init__(self, message: str, *, call: Call, raw: RawResponse | None = None) -> None:
        self.message = message
        self.call = call
        self.raw = raw
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message} ({self.call})"

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.args, self.__dict__)

    @property
    def method(self) -> str:
        return self.call.method

    @property
    def path(self) -> str:
        return self.call.path

    @property
    def status_code(self) -> int | None:
        return self.raw.status_code if self.raw else None

    @property
    def request_id(self) -> str | None:
        """The server's own name for the exchange, if it sent one."""
        return self.raw.request_id if self.raw else None


def _restore(
    cls: type[WebflowOrdersError], args: tuple[object, ...], state: dict[str, object]
) -> WebflowOrdersError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class APIConnectionError(WebflowOrdersError):
    """No whole answer came back. `sent` is False if the request certainly never left."""

    def __init__(
        self, message: str, *, call: Call, raw: RawResponse | None = None, sent: bool = True
    ) -> None:
        super().__init__(message, call=call, raw=raw)
        self.sent = sent


class APITimeoutError(APIConnectionError): ...


class ResponseDecodeError(WebflowOrdersError):
    """A successful answer to a read that cannot be read."""

    contradicts = False
    """Whether it can be read, but says of the order something else than its status does."""


class QueueTimeoutError(WebflowOrdersError):
    """The rate limiter had no place within the time allowed; `retry_after` seconds later it would have one."""

    def __init__(self, message: str, *, call: Call, retry_after: float) -> None:
        super().__init__(message, call=call)
        self.retry_after = retry_after


class LimiterUnavailableError(WebflowOrdersError):
    """A shared limiter could not reach its Redis or its file, or one of your own failed; the cause is chained."""


class UnsettledWriteError(WebflowOrdersError):
    """An earlier write to this order has an unknown outcome. Look at the order, or `settle()`, before this one."""


class JournalUnavailableError(WebflowOrdersError):
    """The write journal cannot be read or written, and a write that cannot be noted is not sent."""


class ClientClosedError(WebflowOrdersError): ...


class EventLoopError(WebflowOrdersError):
    """The client has connections in another event loop. Make a client in each, and close it there."""


class OutcomeUnknownError(WebflowOrdersError):
    """A write may have taken effect, or may yet: a proxy can still be passing it on. It was sent once.

    Look at the order before doing anything else; sending the write again may do it twice.

    Attributes:
        order_id: the order; empty if it was a write of a webhook.
        attempted: what the write would have made true.
        last_seen: the order as the last re-read showed it, or None if none succeeded, or if it was a webhook's.
        last_seen_at: when that was, an aware datetime.
        cause: what became of the write itself; also chained. Of another library, too, if that is what ended the call.
    """

    def __init__(
        self,
        message: str,
        *,
        call: Call,
        raw: RawResponse | None,
        order_id: str,
        attempted: str,
        cause: Exception,
        last_seen: models.Order | None = None,
        last_seen_at: datetime | None = None,
    ) -> None:
        super().__init__(message, call=call, raw=raw)
        self.order_id = order_id
        self.attempted = attempted
        self.cause = cause
        self.last_seen = last_seen
        self.last_seen_at = last_seen_at


class APIStatusError(WebflowOrdersError):
    """The answer was not a success. `code` is Webflow's word for it ("unknown" without one), `status_code` HTTP's."""

    raw: RawResponse

    def __init__(self, message: str, *, call: Call, raw: RawResponse, code: str = "unknown") -> None:
        super().__init__(message, call=call, raw=raw)
        self.code = code

    def __str__(self) -> str:
        return f"{self.status_code} {self.code}: {self.message} ({self.call})"

    @property
    def status_code(self) -> int:
        return self.raw.status_code

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asked to wait, counted from its answer; None when it did not say."""
        return retry_after(self.raw.headers)


class RedirectError(APIStatusError):
    """The answer points elsewhere. It is not followed: a write must not become a read, nor a token travel."""

    @property
    def location(self) -> str | None:
        return one_line(self.raw.headers.get("location", ""), 2000) or None


class BadRequestError(APIStatusError): ...


class AuthenticationError(APIStatusError): ...


class PermissionDeniedError(APIStatusError): ...


class NotFoundError(APIStatusError): ...


class ConflictError(APIStatusError): ...


class RateLimitError(APIStatusError): ...


class ServerError(APIStatusError): ...


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}
_BY_CLASS: dict[int, type[APIStatusError]] = {3: RedirectError, 5: ServerError}


def from_response(raw: RawResponse, call: Call, *, secret: Secret | None = None) -> APIStatusError:
    """The error for an answer that is not 2xx. The class follows the status alone, whatever the body.

    Should the server quote the `secret`, it is taken out of the message.
    """
    kind = _BY_STATUS.get(raw.status_code) or _BY_CLASS.get(raw.status_code // 100, APIStatusError)
    code, message = _described(raw.content)
    if kind is RedirectError and (target := raw.headers.get("location")):
        message = f"redirected to {target}"
    if secret is not None:  # Before anything is shortened, which might leave half of it.
        code, message = secret.scrub(code), secret.scrub(message)
    return kind(one_line(message), call=call, raw=raw, code=one_line(code, 60))


def _described(content: bytes) -> tuple[str, str]:
    """Code and message of an error body of v2 or v1; a proxy in front of the API answers in neither."""
    # Like the models: not needed until there is an answer.
    from webflow_orders_generated.client.types import parse_json

    try:
        body = parse_json(content)
    except UnexpectedBody:
        body = None
    if not isinstance(body, dict):
        return "unknown", "no readable error body"
    v2, v1 = models.Error.from_dict(body), models.ErrorV1.from_dict(body)
    # In v1, `code` is the status again, and `name` the word for it.
    code = v1.name if v1.name or v1.msg else v2.code
    return code or "unknown", v2.message or v1.msg or "no message"


def one_line(text: str, longest: int = 200) -> str:
    """Fit for a log: printable, on one line, of bounded length."""
    # Soft hyphens, line separators and marks that turn the direction of writing are not printable either.
    flat = " ".join("".join(each if each.isprintable() else " " for each in text[: 20 * longest]).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


# The longest wait that a whole number can ask for (RFC 9111, 1.2.2).
_LONGEST_WAIT = 2.0**31
_TIME = r"\d\d:\d\d:\d\d"
_HTTP_DATE = re.compile(
    rf"[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4}} {_TIME} GMT"
    rf"|[A-Z][a-z]{{5,8}}, \d\d-[A-Z][a-z]{{2}}-\d\d {_TIME} GMT"
    rf"|[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {_TIME} \d{{4}}",
    re.ASCII,
)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds; None where it is not what RFC 9110 allows: whole seconds, or one of its three dates.

    A date is held against the answer's own. Decimals, signs, time zones and `Retry-After-Ms` are not of that grammar:
    what they are meant to say is a guess, and a wait that was not understood is better a minute than a guess.
    """
    value = headers.get("retry-after", "").strip(" \t")
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT)
    then = _http_date(value)
    if then is None:
        return None
    now = _http_date(headers.get("date", "").strip(" \t")) or datetime.now(UTC)
    return min(max(0.0, (then - now).total_seconds()), _LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    if not _HTTP_DATE.fullmatch(text):
        return None
    try:
        return email.utils.parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:
        return None
