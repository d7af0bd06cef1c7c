"""How a call is conducted: queue, send, wait, send again or look. Written once, as a generator that does no I/O.

It yields what it wants done (`Acquire`, `Send`, `Sleep`) and is told how that went; an engine does the doing, with
threads or with tasks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any, TypeVar

from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Listing, Model

from . import errors
from ._call import Acquire, Operation, Options, Send, Sleep, log
from ._http.connection import Secret
from .limits import Limiter, Reservation
from .outcomes import Event, Next, Outcome, event_of, what_next
from .retry import MINUTE

T = TypeVar("T")

# Seconds before each look at an order whose write went missing: a late one is often only just late.
LOOKS = (0.0, 1.0, 2.0, 4.0)


Effects = Generator[Acquire | Sleep | Send, Any, T]


class Conductor:
    """Conducts one call. `clock` is monotonic, in seconds."""

    def __init__(
        self, options: Options, clock: Callable[[], float], limiter: Limiter | None, secret: Secret
    ) -> None:
        self.options = options
        self.clock = clock
        self.limiter = limiter
        self.secret = secret
        self.until = 0.0
        self.queue_left = options.queue_timeout
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
            if raw.status_code == 429:
                asked = errors.retry_after(raw.headers)
                self._tell(self.limiter.backoff, MINUTE if asked is None else asked, now)
            self._tell(self.limiter.update, raw.headers, now)
        return raw

    def _queue(self, operation: Operation[T]) -> Effects[None]:
        """Wait for a place: within the deadline, unless that wait has a bound of its own; a look always within it."""
        if self.limiter is None:
            return
        began = now = self.clock()
        apart = None if self.looking else self.queue_left
        until = self.until if apart is None else began + apart
        reservation = Reservation(until=until)
        try:
            while wait := (yield from self._acquire(operation, reservation, now)):
                if now + wait > until:
                    message = f"no place in the queue within {until - began:.0f} s"
                    raise errors.QueueTimeoutError(message, call=operation.call, retry_after=wait)
                yield self._sleep(wait, operation, "until its turn at the rate limiter")
                # A sleep that has ended has lasted as long as it should, whatever the clock says.
                now = max(self.clock(), now + wait)
        except BaseException:
            self._tell(self.limiter.cancel, reservation)
            raise
        if apart is not None:
            waited = self.clock() - began
            self.queue_left = max(0.0, apart - waited)
            self.until += waited

    def _acquire(self, operation: Operation[T], reservation: Reservation, now: float) -> Effects[float]:
        assert self.limiter is not None
        try:
            wait: float = yield Acquire(self.limiter, reservation, now)
        except Exception as error:
            message = f"the rate limiter failed ({type(error).__name__})"
            raise errors.LimiterUnavailableError(message, call=operation.call) from error
        return wait

    def _tell(self, tell: Callable[..., None], *arguments: object) -> None:
        """Tell the limiter. What that raises decides nothing about a call."""
        try:
            tell(*arguments)
        except Exception as error:
            log.warning("the rate limiter failed (%s)", type(error).__name__)

    def _sleep(self, seconds: float, operation: Operation[Any], why: str) -> Sleep:
        if seconds > 1:
            log.info("%s waits %.1f s %s", operation.call, seconds, why)
        return Sleep(seconds)

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
                yield self._sleep(pause, operation, "before it is looked for again")
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
    kinds = (
        errors.QueueTimeoutError,
        errors.LimiterUnavailableError,
        errors.ClientClosedError,
        errors.EventLoopError,
    )
    return isinstance(error, kinds)
