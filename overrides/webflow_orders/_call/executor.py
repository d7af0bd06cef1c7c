"""How a call is executed: queue, send, wait, send again or look. Written once, as a generator that does no I/O.

It yields what it wants done (`Acquire`, `Send`, `Sleep`, `Write`) and is told how that went; a driver does the doing,
with threads or with tasks. Whatever ends the doing is thrown into it, for doubt belongs to the bytes: from the moment
at which the first byte of a write may have left, until its outcome is known, every ending is accounted for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from webflow_orders_generated.client import models

from .. import errors
from .._common.log import log
from .._common.secret import Secret
from .._common.signals import raised
from .._http.attempt import Departure
from ..limits import Limiter, Reservation
from ..outcomes import Event, Outcome, event_of, is_doubtful
from .journal import Journal, UnsettledWrite, how
from .operation import Acquire, Operation, Options, Send, Sleep, Write, import_models, noun_of
from .retry import MINUTE

T = TypeVar("T")

# Seconds before each look at an order whose write went missing: a late one is often only just late.
LOOKS = (0.0, 1.0, 2.0, 4.0)

Effects = Generator[Acquire | Sleep | Send | Write, Any, T]


class CallExecutor:
    """Executes one call. `clock` is monotonic, in seconds; `server` is where it goes, for the journal."""

    def __init__(
        self,
        options: Options,
        clock: Callable[[], float],
        limiter: Limiter | None,
        secret: Secret,
        journal: Journal,
        server: str,
    ) -> None:
        self.options = options
        self.clock = clock
        self.limiter = limiter
        self.secret = secret
        self.journal = journal
        self.server = server
        self.until: float = 0.0
        self.queue_left = options.queue_timeout
        self.looking: bool = False
        self.in_doubt: bool = False
        """Whether a byte of the write may have left, and its outcome is not known."""
        self.was_in_doubt: bool = False
        """Whether that is so of an attempt before; only what can be repeated is sent again then."""
        self.number: int | None = None  # The write's in the journal, from before it is noted there.
        self.done: bool = False
        self.accounted: bool = False
        self.raised: Exception | None = None  # By `execute`, which has seen to it.

    def execute(self, operation: Operation[T]) -> Effects[T]:
        """Run, and say in the journal how it ended. Whatever the driver lets out goes to `account` before."""
        self.until = self.clock() + self.options.deadline
        try:
            operation = yield from self._look_before(operation)
            result, outcome = yield from self._run(operation)
            if self.number is not None:
                yield from self._note("write %d stays in the journal", self.journal.answered, self.number)
            if hasattr(type(result), "_origin"):  # A model, or a list of them.
                object.__setattr__(result, "_origin", outcome)
            self.journal.over(self.number)
            return result
        except Exception as error:
            self.raised = error
            if isinstance(error, errors.OutcomeUnknownError):
                yield from self._end(operation, error.cause)
            elif self.in_doubt:
                # Not from the transport alone: a limiter, a decoder, a clock, memory.
                self.raised = self._unknown(operation, error)
                yield from self._end(operation, error)
                raise self.raised from error
            elif self.number is not None:
                yield from self._note("write %d stays in the journal", self.journal.settle, self.number)
            raise

    def account(self, operation: Operation[Any], error: BaseException) -> None:
        """What ends a call and must pass, such as a cancellation, passes; but not without a trace of a write."""
        self.journal.over(number := self.number)
        error = raised(error)
        if error is self.raised or number is None or self.accounted:
            return
        if not (self.in_doubt or self.done):
            self._quietly(lambda: self.journal.settle(number))
            self.accounted = True
            return
        noun = noun_of(operation.request.operation)
        what = f"{operation.request.operation} of {noun} {operation.target}"
        became = "was carried out" if self.done else "was sent, and may have been carried out"
        self._quietly(lambda: self._keep(number, operation, error))
        note = f"{what} {became} when this ended the call: look at the {noun} (unsettled() lists it)"
        error.add_note(note)
        log.warning("%s (%s)", note, type(error).__name__)
        self.accounted = True

    def _run(self, operation: Operation[T]) -> Effects[tuple[T, Outcome]]:
        if operation.expects is None:
            return (yield from self._exchange(operation))
        pending = yield from self._unsettled(operation)
        if pending:
            found = yield from self._look_first(operation, pending)
            if found is not None:
                return found
        yield from self._begin(operation)
        try:
            result, outcome = yield from self._exchange(operation)
        except Exception as error:
            if isinstance(error, errors.WebflowOrdersError):
                self.in_doubt = self.was_in_doubt or is_doubtful(error)
            if not self.in_doubt:
                raise
            result, outcome = yield from self._verify(operation, error)
        self.done = True
        for write in pending:
            if isinstance(result, models.Order) and write.holds(result):
                yield from self._note("write %d stays in the journal", self.journal.settle, write.id)
        return result, outcome

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
                if operation.expects is not None:
                    self.was_in_doubt = self.was_in_doubt or is_doubtful(error)
                delay = self.options.retry.delay(error, retries=retries, safe=operation.safe)
                if delay is None or self.clock() + delay >= self.until:
                    raise
                log.info("%s; trying again in %.1f s", error, delay)
            if operation.expects is not None:
                self.in_doubt = self.was_in_doubt  # What may be sent again was not done, or can be repeated.
            yield Sleep(delay, "retry")
            retries += 1

    def _attempt(self, operation: Operation[T], number: int) -> Effects[errors.RawResponse]:
        yield from self._queue(operation)
        within = min(self.options.timeout, self.until - self.clock())
        if within <= 0:
            raise errors.APITimeoutError("the deadline has passed", call=operation.call, sent=False)
        started = self.clock()
        departure = Departure(on_its_own=operation.decides or operation.expects is not None)
        if operation.expects is not None:
            self.in_doubt = True  # Before and not after: what interrupts this interrupts the next line, too.
        try:
            raw: errors.RawResponse = yield Send(operation, within, departure)
        finally:
            if operation.expects is not None:
                self.in_doubt = self.was_in_doubt or departure.may_have_left
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
                yield self._sleep(wait, operation, "limiter")
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
            # Added to a float, an integer that is too large for one is an error here, and not later in a sleep.
            wait: float = 0.0 + (yield Acquire(self.limiter, reservation, now))
            if not wait >= 0:
                raise ValueError(f"it says to wait {wait} s")
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

    def _sleep(self, seconds: float, operation: Operation[Any], reason: Literal["limiter", "look"]) -> Sleep:
        if seconds > 1:
            why = "before the next look" if reason == "look" else "until its turn at the rate limiter"
            log.info("%s waits %.1f s %s", operation.call, seconds, why)
        return Sleep(seconds, reason)

    def _doubt(self, operation: Operation[T], result: T, raw: errors.RawResponse) -> None:
        if operation.expects is None or not operation.expects.contradicts(result):
            return
        shown = self._word(getattr(result, "status", getattr(result, "trigger_type", "")))
        noun = noun_of(operation.request.operation)
        message = f"the answer says {raw.status_code}, but its {noun} is {shown!r}"
        error = errors.ResponseDecodeError(message, call=operation.call, raw=raw)
        error.contradicts = True
        raise error

    def _verify(self, operation: Operation[T], cause: Exception) -> Effects[tuple[Any, Outcome]]:
        """Look until what the write was for is true, or time or patience end."""
        assert operation.expects is not None
        assert operation.verify is not None
        self.looking = True
        last: Any = None
        at: datetime | None = None
        for pause in LOOKS if self.options.confirm else ():
            if self.clock() + pause >= self.until:
                break
            if pause:
                yield self._sleep(pause, operation, "look")
            try:
                last, outcome = yield from self._exchange(operation.verify)
            except errors.ClientClosedError:
                break
            except Exception as error:
                log.info("%s; while looking what became of %s", self._in_words(error), operation.call)
                continue
            at = datetime.now(UTC)
            if shown := [*operation.expects.results(last)]:
                log.warning("%s went missing (%s), but took effect", operation.call, self._in_words(cause))
                return shown[0], outcome._replace(
                    call=operation.call, confirmed_by_rereading=True, unseen=operation.expects.unseen
                )
        raise self._unknown(operation, cause, last, at) from cause

    def _unknown(
        self, operation: Operation[Any], cause: Exception, last: Any = None, at: datetime | None = None
    ) -> errors.OutcomeUnknownError:
        assert operation.expects is not None
        ours = cause if isinstance(cause, errors.WebflowOrdersError) else None
        said_done = ours is not None and event_of(ours) in (Event.UNREADABLE, Event.CONTRADICTED)
        accepted = ", though the server said it was done" if said_done else ""
        seen = {"made": "not in the list so far", "gone": "still there"}.get(operation.expects.kind)
        seen = "not seen since" if at is None else seen or f"last seen {self._word(last.status)!r}"
        return errors.OutcomeUnknownError(
            f"may or may not have taken effect{accepted} ({self._in_words(cause)}); {seen}",
            call=operation.call,
            raw=ours.raw if ours else None,
            order_id=operation.order_id or "",
            attempted=operation.expects.attempted,
            cause=cause,
            last_seen=last if operation.order_id else None,
            last_seen_at=at,
        )

    def _in_words(self, error: Exception) -> str:
        if isinstance(error, errors.WebflowOrdersError):
            return error.message
        try:
            words = errors.one_line(self.secret.scrub(str(error)))
        except Exception:
            words = "its reason cannot be read"
        return f"{type(error).__name__}: {words or 'no reason given'}"

    def _word(self, text: str) -> str:
        """A server's word, fit to be shown."""
        return errors.one_line(self.secret.scrub(str(text)), 40)

    # ------------------------------------------------------------ the journal

    def _look_before(self, operation: Operation[T]) -> Effects[Operation[T]]:
        """What is made can be told from what is like it only by who knows what was there before."""
        expects = operation.expects
        if expects is None or expects.kind != "made" or not self.options.confirm:
            return operation
        assert operation.verify is not None
        seen, _ = yield from self._exchange(operation.verify)
        return operation._replace(expects=expects.after(seen))

    def _begin(self, operation: Operation[Any]) -> Effects[None]:
        """Note the write before it is sent; without that, it is not sent."""
        import_models()
        # Its number is known before it is noted: whatever interrupts that, it can be struck out.
        self.number = number = self.journal.number()
        try:
            yield Write(lambda: self._begin_as(operation, number), self.journal.is_file)
        except Exception as error:
            self.journal.over(number)
            self.number = None
            message = f"the journal cannot be written ({self._in_words(error)})"
            raise errors.JournalUnavailableError(message, call=operation.call) from error

    def _unsettled(self, operation: Operation[Any]) -> Effects[list[UnsettledWrite]]:
        """The writes of the same target whose calls have ended and whose outcome is not known."""
        journal, site_id, target = self.journal, operation.site_id, operation.target
        if self.options.unsettled == "ignore" or journal.is_empty:
            return []
        try:
            found = yield Write(lambda: journal.unsettled(self.server, site_id, target), journal.is_file)
        except Exception as error:
            message = f"the journal cannot be read ({self._in_words(error)})"
            raise errors.JournalUnavailableError(message, call=operation.call) from error
        return [write for write in found if not write.is_under_way]

    def _look_first(
        self, operation: Operation[Any], pending: list[UnsettledWrite]
    ) -> Effects[tuple[Any, Outcome] | None]:
        """Look what became of the writes before; an answer, if this one was among them and took effect."""
        assert operation.expects is not None
        assert operation.verify is not None
        words, noun = "; ".join(map(str, pending)), noun_of(operation.request.operation)
        if self.options.unsettled == "refuse":
            raise errors.UnsettledWriteError(
                f"not sent, for the {noun} has unsettled writes: {words}", call=operation.call
            )
        try:
            seen, outcome = yield from self._exchange(operation.verify)
        except errors.WebflowOrdersError as error:
            message = f"not sent, for the {noun} has unsettled writes and cannot be looked at: {words}"
            raise errors.UnsettledWriteError(message, call=operation.call, raw=error.raw) from error
        results: list[Any] = []
        for write in pending:
            if write.holds(seen):
                log.warning("%s took effect", write)
                if write.operation == operation.request.operation:
                    # What was there before the first of them.
                    known = write.postcondition.known
                    results += operation.expects._replace(known=known).results(seen)
                yield from self._note("write %d stays in the journal", self.journal.settle, write.id)
            else:
                log.warning("%s has not taken effect so far; %s is sent nevertheless", write, operation.call)
        if results:
            outcome = outcome._replace(
                call=operation.call, attempts=0, confirmed_by_rereading=True, unseen=operation.expects.unseen
            )
            return results[0], outcome
        return None

    def _note(self, otherwise: str, do: Callable[..., object], number: int, *more: object) -> Effects[None]:
        """Write something about a write into the journal. That this fails decides nothing about a call."""
        try:
            yield Write(lambda: do(number, *more), self.journal.is_file)
        except Exception as error:
            log.warning(f"{otherwise}, for that failed (%s)", number, self._in_words(error))

    def _end(self, operation: Operation[Any], cause: BaseException) -> Effects[None]:
        """The call ends without its outcome."""
        if self.number is not None:
            why = "how write %d ended is not in the journal"
            yield from self._note(why, self._keep, self.number, operation, cause)

    def _keep(self, number: int, operation: Operation[Any], error: BaseException) -> None:
        if not self.journal.end(number, how(error)):
            # It was struck out already, but nobody will hear of it.
            self._begin_as(operation, number)
            self.journal.end(number, how(error))

    def _begin_as(self, operation: Operation[Any], number: int) -> None:
        assert operation.expects is not None
        self.journal.begin(
            number, self.server, operation.site_id or "", operation.target or "", operation.request.operation,
            operation.expects, self.until - self.clock(),
        )  # fmt: skip

    def _quietly(self, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:
            log.warning("the journal failed (%s)", self._in_words(error))
