"""Does what a `Conductor` wants done: once with threads in mind, once with tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import errors
from ._call import Acquire, Operation, Options, Send, Sleep
from ._http.engine import AsyncEngine, Engine
from ._http.failures import ClosedError, Failure, OtherLoopError
from .limits import Limiter

if TYPE_CHECKING:
    from ._conduct import Conductor
    from ._http.connection import Connection

T = TypeVar("T")
E = TypeVar("E", bound=Engine | AsyncEngine)


async def sleep(seconds: float) -> None:
    """Sleep under whichever of asyncio and trio is running."""
    import anyio

    await anyio.sleep(seconds)


class AnyDriver(Generic[E]):
    """What both share: the way of a conductor, and of an engine's failures."""

    def __init__(
        self,
        engine: E,
        limiter: Limiter | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Any],
    ) -> None:
        self.engine = engine
        self.limiter = limiter
        self._clock = clock
        self._sleep = sleep

    @property
    def connection(self) -> Connection:
        return self.engine.connection

    def conductor(self, options: Options) -> Conductor:
        from ._conduct import Conductor  # Not before the first call.

        return Conductor(options, self._clock, self.limiter, self.connection.token)


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
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: BaseException | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            answer = failure = None
            try:
                if isinstance(effect, Sleep):
                    self._sleep(effect.seconds)
                elif isinstance(effect, Acquire):
                    answer = effect.ask()
                else:
                    answer = self.engine.exchange(effect.operation.request, effect.within, options.max_body)
            except (Failure, ClosedError, OtherLoopError) as error:
                failure = _error(error, effect)
            except BaseException as error:
                failure = error

    def close(self) -> None:
        self.engine.close()


async def _acquire(effect: Acquire) -> float:
    if not effect.limiter.blocking:
        return effect.ask()
    import anyio.to_thread  # Not before it is needed, which is before anything is sent.

    # In a thread, so that the loop goes on; and no longer than the caller waits, whatever the thread does.
    with anyio.fail_after(max(0.0, effect.reservation.until - effect.now)):
        return await anyio.to_thread.run_sync(effect.ask, abandon_on_cancel=True)


class AsyncDriver(AnyDriver[AsyncEngine]):
    async def send(self, operation: Operation[T], options: Options) -> T:
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: BaseException | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            answer = failure = None
            try:
                if isinstance(effect, Sleep):
                    await self._sleep(effect.seconds)
                elif isinstance(effect, Acquire):
                    answer = await _acquire(effect)
                else:
                    answer = await self.engine.exchange(
                        effect.operation.request, effect.within, options.max_body
                    )
            except (Failure, ClosedError, OtherLoopError) as error:
                failure = _error(error, effect)
            except BaseException as error:
                failure = error

    async def close(self) -> None:
        await self.engine.close()
