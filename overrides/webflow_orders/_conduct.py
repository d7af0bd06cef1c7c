"""How a call is conducted: queue, send, wait, send again or look. Written once, as a generator that does no I/O.

It yields what it wants done (`Send`, `Sleep`) and is told how that went; an engine does the doing, with threads
or with tasks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any, TypeVar

from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Listing, Model

from . import errors
from ._call import Operation, Options, Send, Sleep, log
from .limits import Limiter, Ticket
from .outcomes import Event, Next, Outcome, event_of, what_next

T = TypeVar("T")

# Seconds before each look at an order whose write went missing: a late one is often only just late.
LOOKS = (0.0, 1.0, 2.0, 4.0)


Effects = Generator[Sleep | Send, Any, T]


class Conductor:
    """Conducts one call. `clock` is monotonic, in seconds."""

    def __init__(
        self, options: Options, clock: Callable[[], float], limiter: Limiter | None, secret: str
    ) -> None:
        self.options = options
        self.clock = clock
        self.limiter = limiter
        self.secret = secret
        self.until = 0.0
        self.looking = False

    def conduct(self, operation: Operation[T]) -> Effects[T]:
        self.until = self.clock() + self.options.deadline
        try:
            result, outcome = yield from self._exchange(operation)
        except errors.WebflowOrdersError as error:
            if what_next(event_of(error), safe=operation.safe) is not Next.LOOK or _certain(error):
                raise
            result, outcome = yield from self._look(operation, error)
        if isinstance(result, Model | Listing):
            object.__setattr__(result, "_origin", outcome)
        return result

    def _exchange(self, operation: Operation[T]) -> Effects[tuple[T, Outcome]]:
        """Send until there is an answer that can be used, or a reason to stop."""
        retries = 0
        while True:
            try:
                raw = yield from self._attempt(operation, retries + 1)
                result = operation.read(raw, secret=self.secret)
                self._doubt(operation, result, raw)
                return result, Outcome(call=operation.call, raw=raw, attempts=retries + 1)
            except errors.WebflowOrdersError as error:
                delay = self.options.retry.delay(error, retries=retries, safe=operation.safe)
                if delay is None or self.clock() + delay >= self.until:
                    raise
                log.info("%s; trying again in %.1f s", error, delay)
            yield Sleep(delay)
            retries += 1

    def _attempt(self, operation: Operation[T], number: int) -> Effects[errors.RawResponse]:
        yield from self._queue(operation)
        within = min(self.options.timeout, self.until - self.clock())
        if within <= 0:
            raise errors.APITimeoutError("the deadline has passed", call=operation.call, sent=False)
        started = self.clock()
        raw: errors.RawResponse = yield Send(operation, within)
        now = self.clock()
        if log.isEnabledFor(logging.DEBUG):
            log.debug(
                "%s %d in %d ms, attempt %d, request id %s",
                operation.call, raw.status_code, (now - started) * 1000, number, raw.request_id,
            )  # fmt: skip
        if self.limiter is not None:
            self.limiter.learn(raw.headers, now)
            if raw.status_code == 429:
                self.limiter.pause(errors.retry_after(raw.headers) or 0.0, now)
        return raw

    def _queue(self, operation: Operation[T]) -> Effects[None]:
        """Wait for a place. That is no part of the call's deadline, and has a bound of its own."""
        if self.limiter is None:
            return
        ticket, began = Ticket(), self.clock()
        # A look is within the deadline, queue and all.
        bound = self.until - began if self.looking else self.options.queue_timeout
        try:
            while wait := self.limiter.ask(ticket, self.clock()):
                if self.clock() + wait - began > bound:
                    message = f"no place in the queue within {bound:.0f} s"
                    raise errors.QueueTimeoutError(message, call=operation.call, retry_after=wait)
                yield Sleep(wait)
        except BaseException:
            self.limiter.leave(ticket)
            raise
        if not self.looking:
            self.until += self.clock() - began

    def _doubt(self, operation: Operation[T], result: T, raw: errors.RawResponse) -> None:
        expects = operation.expects
        if (
            expects is None
            or not expects.contradicts
            or not isinstance(result, models.Order)
            or expects.holds(result)
        ):
            return
        message = f"the answer says {raw.status_code}, but its order is {str(result.status)[:40]!r}"
        error = errors.ResponseDecodeError(message, call=operation.call, raw=raw)
        error.contradicts = True
        raise error

    def _look(
        self, operation: Operation[T], cause: errors.WebflowOrdersError
    ) -> Effects[tuple[Any, Outcome]]:
        """Re-read the order until what the write was for is true, or time or patience end."""
        assert operation.expects is not None
        assert operation.look is not None
        self.looking = True
        last: models.Order | None = None
        at: datetime | None = None
        for pause in LOOKS if self.options.confirm else ():
            if self.clock() + pause >= self.until:
                break
            if pause:
                yield Sleep(pause)
            try:
                last, outcome = yield from self._exchange(operation.look)
            except errors.WebflowOrdersError as error:
                log.info("%s; while looking what became of %s", error, operation.call)
                if isinstance(error, errors.ClientClosedError):
                    break
                continue
            at = datetime.now(UTC)
            if operation.expects.holds(last):
                log.warning("%s went missing (%s), but took effect", operation.call, cause.message)
                return last, outcome._replace(
                    call=operation.call, confirmed_by_rereading=True, unseen=operation.expects.unseen
                )
        raise self._unknown(operation, cause, last, at) from cause

    def _unknown(
        self,
        operation: Operation[Any],
        cause: errors.WebflowOrdersError,
        last: models.Order | None,
        at: datetime | None,
    ) -> errors.OutcomeUnknownError:
        assert operation.expects is not None
        event = event_of(cause)
        accepted = (
            ", though the server said it was done" if event in (Event.UNREADABLE, Event.CONTRADICTED) else ""
        )
        seen = f"last seen {str(last.status)[:40]!r}" if last is not None else "not seen since"
        return errors.OutcomeUnknownError(
            f"may or may not have taken effect{accepted} ({cause.message}); {seen}",
            call=operation.call,
            raw=cause.raw,
            order_id=operation.order_id or "",
            attempted=operation.expects.attempted,
            cause=cause,
            last_seen=last,
            last_seen_at=at,
        )


def _certain(error: errors.WebflowOrdersError) -> bool:
    """Errors of our own about a request that was not sent."""
    return isinstance(error, errors.QueueTimeoutError | errors.ClientClosedError | errors.EventLoopError)
