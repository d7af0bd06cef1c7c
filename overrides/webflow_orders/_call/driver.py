"""Does what a `CallExecutor` wants done: once with threads in mind, once with tasks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .. import errors
from .._common import threads
from .._common.signals import Interrupted, interruption
from .._http.engine import AsyncEngine, Engine
from .._http.failures import ClosedError, Failure, OtherLoopError
from ..limits import Limiter
from .journal import Journal
from .operation import Acquire, Operation, Options, Send, Write

if TYPE_CHECKING:
    from .._http.connection import Connection
    from .executor import CallExecutor, Effects

T = TypeVar("T")
E = TypeVar("E", bound=Engine | AsyncEngine)


sleep = time.sleep


async def sleep_async(seconds: float) -> None:
    """Sleep under whichever of asyncio and trio is running."""
    import anyio

    await anyio.sleep(seconds)


class Telemetry(Protocol):
    """Sees what a call wants done and how that went, and hands both on."""

    def observe(self, effects: Effects[T], operation: Operation[T], executor: CallExecutor) -> Effects[T]: ...


class AnyDriver(Generic[E]):
    """What both share: the way of a conductor, and of an engine's failures."""

    def __init__(
        self,
        engine: E,
        limiter: Limiter | None,
        journal: Journal,
        clock: Callable[[], float],
        sleep: Callable[[float], Any],
        telemetry: Telemetry | None = None,
    ) -> None:
        self.engine = engine
        self.limiter = limiter
        self.journal = journal
        self._clock = clock
        self._sleep = sleep
        self._telemetry = telemetry

    @property
    def connection(self) -> Connection:
        return self.engine.connection

    def executor(self, options: Options) -> CallExecutor:
        from .executor import CallExecutor  # Not before the first call.

        connection = self.connection
        return CallExecutor(
            options, self._clock, self.limiter, connection.token, self.journal, connection.base_url
        )

    def observed(self, work: Effects[T], operation: Operation[T], executor: CallExecutor) -> Effects[T]:
        return work if self._telemetry is None else self._telemetry.observe(work, operation, executor)


def _error(failure: Exception, effect: object) -> errors.WebflowOrdersError:
    """What a caller is told of an engine's failure."""
    assert isinstance(effect, Send)
    call = effect.operation.call
    error: errors.WebflowOrdersError
    if isinstance(failure, Failure):
        kind = errors.APITimeoutError if failure.timed_out else errors.APIConnectionError
        error = kind(str(failure), call=call, sent=failure.sent)
        error.__cause__ = failure.cause
    elif isinstance(failure, OtherLoopError):
        error = errors.EventLoopError(str(failure), call=call)
    else:
        error = errors.ClientClosedError("the client was closed", call=call)
    return error


class Driver(AnyDriver[Engine]):
    def send(self, operation: Operation[T], options: Options) -> T:
        try:
            return self._send(operation, options)
        except Interrupted as passing:
            ended = passing.error
        raise ended

    def _send(self, operation: Operation[T], options: Options) -> T:
        executor = self.executor(options)
        work = executor.execute(operation)
        observed = self.observed(work, operation, executor)
        try:
            try:
                return self._drive(observed, options)
            except BaseException as error:
                observed.close()
                work.close()  # An interrupt may have come between two of its steps.
                executor.account(operation, error)
                raise
        except BaseException as error:
            # Of another one, if a second interrupt came before that was done.
            executor.account(operation, error)
            raise

    def _drive(self, work: Effects[T], options: Options) -> T:
        answer: Any = None
        failure: BaseException | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]  # What a generator returns has no type here.
            answer = failure = None
            try:
                if isinstance(effect, Send):
                    answer = self.engine.exchange(
                        effect.operation.request, effect.within, options.max_body, effect.departure
                    )
                elif isinstance(effect, Acquire):
                    answer = effect.ask()
                elif isinstance(effect, Write):
                    answer = effect.do()
                else:
                    self._sleep(effect.seconds)
            except (Failure, ClosedError, OtherLoopError) as error:
                failure = _error(error, effect)
            except BaseException as error:
                failure = interruption(error) or error

    def close(self) -> None:
        self.engine.close()
        self.journal.close()


async def _acquire(effect: Acquire) -> float:
    if not effect.limiter.blocking:
        return effect.ask()
    import anyio.to_thread  # Not before it is needed, which is before anything is sent.

    # In a thread, so that the loop goes on; and no longer than the caller waits, whatever the thread does.
    with anyio.fail_after(max(0.0, effect.reservation.until - effect.now)):
        return await anyio.to_thread.run_sync(
            effect.ask, abandon_on_cancel=True, limiter=threads.places("limiter")
        )


class AsyncDriver(AnyDriver[AsyncEngine]):
    async def send(self, operation: Operation[T], options: Options) -> T:
        try:
            return await self._send(operation, options)
        except Interrupted as passing:
            ended = passing.error
        raise ended

    async def _send(self, operation: Operation[T], options: Options) -> T:
        executor = self.executor(options)
        work = executor.execute(operation)
        observed = self.observed(work, operation, executor)
        try:
            try:
                return await self._drive(observed, options)
            except BaseException as error:
                observed.close()
                work.close()
                executor.account(operation, error)
                raise
        except BaseException as error:
            executor.account(operation, error)  # As above.
            raise

    async def _drive(self, work: Effects[T], options: Options) -> T:
        answer: Any = None
        failure: BaseException | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]  # As above.
            answer = failure = None
            try:
                if isinstance(effect, Send):
                    answer = await self.engine.exchange(
                        effect.operation.request, effect.within, options.max_body, effect.departure
                    )
                elif isinstance(effect, Acquire):
                    answer = await _acquire(effect)
                elif isinstance(effect, Write):
                    answer = await _in_thread(effect.do) if effect.is_file else effect.do()
                else:
                    await self._sleep(effect.seconds)
            except (Failure, ClosedError, OtherLoopError) as error:
                failure = _error(error, effect)
            except BaseException as error:
                failure = interruption(error) or error

    async def close(self) -> None:
        await self.engine.close()
        self.journal.close()


async def _in_thread(do: Callable[[], Any]) -> Any:
    """Whoever is cancelled meanwhile waits for its end, so that it is known how it ended."""
    import anyio.to_thread

    lock, given_up = threading.Lock(), False

    def work() -> Any:
        with lock:
            return None if given_up else do()

    def wait() -> None:
        with lock:
            pass

    try:
        return await anyio.to_thread.run_sync(work, limiter=threads.places("journal"))
    except BaseException as error:
        # A cancellation by asyncio does not wait for a thread. If that has not begun, it never will.
        given_up = True
        try:
            if lock.locked() and not isinstance(error, GeneratorExit):  # After which nothing can be awaited.
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(wait, limiter=anyio.CapacityLimiter(1))
        finally:
            wait()  # Whoever is cancelled twice holds the loop up.
        raise
