"""What became of a call: done, not done, or unknown.

Webflow has no idempotency keys. Whether a write took effect can be known from its answer, or by looking at the
order afterwards; it can never be known by sending it again. `CASES` is the whole of the judgement. (Only the removal
of a webhook can be repeated, for what is gone cannot go again: it is sent again as a read is, and then looked for.)
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from . import errors


class Event(StrEnum):
    """How one attempt ended."""

    NOT_CONNECTED = "no connection was made"
    CUT_OFF = "no whole answer came back"
    RATE_LIMITED = "429"
    REQUEST_TIMEOUT = "408 or 499"
    REFUSED = "another 4xx"
    REDIRECTED = "3xx"
    SERVER_ERROR = "5xx"
    UNREADABLE = "2xx, but not the order asked for"
    CONTRADICTED = "2xx, but the order is not in the status asked for"


class Next(StrEnum):
    """What follows from it."""

    AGAIN = "send it again, while retries and the deadline allow; then not done"
    LOOK = "re-read the order; never send it again"
    STOP = "not done: raise"


class Case(NamedTuple):
    event: Event
    after_read: Next
    after_write: Next
    evidence: str


# fmt: off
CASES: tuple[Case, ...] = (
    #    the attempt ended       a read       a write      because
    Case(Event.NOT_CONNECTED,   Next.AGAIN,  Next.AGAIN,  "not one byte of the request left"),
    Case(Event.RATE_LIMITED,    Next.AGAIN,  Next.AGAIN,  "the server says that it refused the request"),
    Case(Event.REFUSED,         Next.STOP,   Next.STOP,   "the server says that it refused the request, and why"),
    Case(Event.CUT_OFF,         Next.AGAIN,  Next.LOOK,   "the server may have read the request, and may still act"),
    Case(Event.REQUEST_TIMEOUT, Next.AGAIN,  Next.LOOK,   "a proxy says these too, of a server that goes on"),
    Case(Event.SERVER_ERROR,    Next.AGAIN,  Next.LOOK,   "the failure may have come after the change"),
    Case(Event.REDIRECTED,      Next.STOP,   Next.LOOK,   "a redirect can follow a change that was made (303)"),
    Case(Event.UNREADABLE,      Next.STOP,   Next.LOOK,   "the server says that it was done, but not what"),
    Case(Event.CONTRADICTED,    Next.STOP,   Next.LOOK,   "the server says two things"),
)
# fmt: on

_BY_EVENT = {case.event: case for case in CASES}


def event_of(error: errors.WebflowOrdersError) -> Event:
    """How the attempt ended that raised this error."""
    if isinstance(error, errors.APIConnectionError):
        return Event.CUT_OFF if error.sent else Event.NOT_CONNECTED
    if isinstance(error, errors.RateLimitError):
        return Event.RATE_LIMITED
    if isinstance(error, errors.RedirectError):
        return Event.REDIRECTED
    if isinstance(error, errors.ServerError):
        return Event.SERVER_ERROR
    if isinstance(error, errors.APIStatusError):
        return _by_status(error.status_code)
    if isinstance(error, errors.ResponseDecodeError) and error.contradicts:
        return Event.CONTRADICTED
    return Event.UNREADABLE


def _by_status(status: int) -> Event:
    if status in (408, 499):  # Of HTTP, and of gateways whose call to the server was cancelled.
        return Event.REQUEST_TIMEOUT
    # A status that HTTP does not know (1xx as an answer, 600) refuses nothing.
    return Event.REFUSED if 400 <= status < 500 else Event.SERVER_ERROR


def what_next(event: Event, *, safe: bool) -> Next:
    case = _BY_EVENT[event]
    return case.after_read if safe else case.after_write


def is_doubtful(error: errors.WebflowOrdersError) -> bool:
    """Whether a write that ended so may have been done. Errors of our own are about a request that was not sent."""
    kinds = (
        errors.QueueTimeoutError,
        errors.LimiterUnavailableError,
        errors.JournalUnavailableError,
        errors.UnsettledWriteError,
        errors.ClientClosedError,
        errors.EventLoopError,
    )
    return not isinstance(error, kinds) and what_next(event_of(error), safe=False) is Next.LOOK


class Outcome(NamedTuple):
    """How a result was come by; `outcome_of(result)` gives it.

    Attributes:
        call: what was asked.
        raw: the answer that the result was read from. After a re-read, that of the re-read.
        attempts: how often the call itself was sent.
        confirmed_by_rereading: the answer to the write was lost; that it took effect was seen by re-reading.
        unseen: what the re-read could not tell.
    """

    call: errors.Call
    raw: errors.RawResponse
    attempts: int = 1
    confirmed_by_rereading: bool = False
    unseen: tuple[str, ...] = ()


def outcome_of(result: object) -> Outcome:
    """How a method of a client came by what it returned: an order, or a page of `list`.

    Raises LookupError for anything else, such as an order that was taken out of a page.
    """
    outcome = getattr(result, "_origin", None)
    if not isinstance(outcome, Outcome):
        raise LookupError("not the result of a call")
    return outcome
