"""Receivers: deliveries in, handlers called, and the answer that Webflow wants."""

from __future__ import annotations

import functools
import inspect
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sized
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import anyio
import anyio.to_thread
import attrs
from anyio.lowlevel import RunVar

from .._common import threads
from .._common.log import log
from .._common.secret import Secret
from ..errors import NotFoundError
from ._bodies import STATUS, Answer, Bounds, Scope, asgi_body, headers_of, wsgi_body
from ._events import Event, NewOrder, OrderEvent, WebhookError
from ._reconcile import AsyncReader, Reader, Reconciliation, Step, reconciling
from ._signature import Headers, checked_secrets, unwrap
from ._store import Change, MemoryStore, Store

E = TypeVar("E", bound=Event)
R = TypeVar("R", Reader, AsyncReader)
T = TypeVar("T")

MIB = 2**20
# Deliveries about one order take their turns; those about different orders seldom share one of so many.
_LANES = 64


class _Receiver(Generic[R]):
    def __init__(
        self,
        secret: str | Iterable[str],
        fallback: Callable[[Event], object],
        *,
        store: Store | None = None,
        reread: R | None = None,
        tolerance: float = 300,
        max_body: int = MIB,
        timeout: float = 10,
        on_error: Callable[[Event, Exception], object] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        secrets = checked_secrets(secret)
        if isinstance(secrets, Exception):
            raise secrets
        self._secrets = [Secret(each) for each in secrets]
        self._handlers: dict[type[Event], Callable[[Any], object]] = {}
        self._store = MemoryStore() if store is None else store
        self._bounds = Bounds(max_body, timeout)
        self._tolerance, self._on_error, self._now = tolerance, on_error, now
        if inspect.iscoroutinefunction(on_error):
            raise TypeError("on_error is not awaited")
        if reread is not None:
            self._check(reread.get)
        self._reread: R | None = reread
        self.on(Event)(fallback)

    def on(self, kind: type[E]) -> Callable[[Callable[[E], object]], Callable[[E], object]]:
        """Have a function called with the events of a class, such as `NewOrder`, and of those derived from it."""

        def register(handler: Callable[[E], object]) -> Callable[[E], object]:
            self._check(handler)
            if kind in self._handlers:
                raise ValueError(f"{kind.__name__} has a handler already")
            self._handlers[kind] = handler
            return handler

        return register

    def _check(self, handler: Callable[..., object]) -> None:
        if not callable(handler):
            raise TypeError("a handler must be callable")
        if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
            raise TypeError("a handler does not yield: called once, it would do nothing")

    def _admit(self, body: bytes, headers: Headers) -> Event | Answer:
        """The event of a delivery that is to be handled, or the answer to one that is not."""
        if isinstance(body, Sized) and len(body) > self._bounds.most:
            return Answer(400, f"the body is larger than {self._bounds.most} bytes")
        try:
            return unwrap(
                body,
                headers,
                [each.reveal() for each in self._secrets],
                tolerance=self._tolerance,
                now=self._now,
            )
        except WebhookError as error:
            log.info("a delivery was refused: %s", error)
            return Answer(400, str(error))

    def _steps(self, event: Event, reread: R | None = None) -> Generator[Step, Any, Answer]:
        if reread is not None and isinstance(event, OrderEvent):
            asked = datetime.fromtimestamp(self._now(), UTC)
            try:
                order = yield Step(functools.partial(reread.get, event.order.order_id))
            except NotFoundError as error:
                if error.code == "unknown":  # Of somebody in between, who does not speak as the API does.
                    raise
                log.warning("order %r is not there: it is handled as it was delivered", event.order.order_id)
            else:
                event = attrs.evolve(event, order=order, sent_at=asked)
        change = Change.of(event) if isinstance(event, OrderEvent) else None
        if change is not None:
            verdict = yield Step(functools.partial(self._store.begin, change), is_store=True)
            if verdict == "busy":
                return Answer(500, "the order is being handled")
            if verdict not in ("new", "late"):
                return Answer(200, f"ignored: {verdict}")
            if verdict == "late" and isinstance(event, NewOrder):
                event = attrs.evolve(event, late=True)
        # The fallback is Event's.
        handler = next(self._handlers[kind] for kind in type(event).__mro__ if kind in self._handlers)
        try:
            if inspect.iscoroutine((yield Step(functools.partial(handler, event)))):  # Nothing was done.
                raise TypeError("the handler gave a coroutine: what is awaited needs an AsyncReceiver")
        except GeneratorExit:  # Whoever took the steps is gone, in the middle of one.
            raise
        except BaseException:
            if change is not None:
                yield Step(functools.partial(self._store.end, change, False), is_store=True)
            raise
        if change is not None:
            yield Step(functools.partial(self._store.end, change, True), is_store=True)
        return Answer(200, "handled")

    def _failed(self, event: Event, error: Exception) -> Answer:
        # Not the message: a handler's may be about a customer. `on_error` has all of it.
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error("handling %r failed: %s at %s:%s", event, type(error).__name__, last.filename, last.lineno)
        if self._on_error is not None:
            self._on_error(event, error)
        return Answer(500, "the handler failed")


class Receiver(_Receiver[Reader]):
    """Verifies deliveries, calls the handler of each event once, and answers as Webflow wants it.

        receiver = Receiver(secret, fallback=lambda event: print("not for us:", event))

        @receiver.on(NewOrder)
        def placed(event: NewOrder) -> None:
            print(event.order.order_id)

    It is a WSGI application: serve it, or mount it. In another framework, call `handle`. It answers 200 when an
    event was handled, or is a repeat or older than one that was; 400 to what is no delivery; 500 when a handler or
    the store failed, so that Webflow sends it again, three times, ten minutes apart. A handler is called again for an
    event only if it, or one after it, failed, or if the process died before the store had noted that it did not.

    Args:
        secret: the app's client secret, or the webhook's `secretKey`; several while one replaces another.
        fallback: what is called with the events that have no handler.
        store: what remembers what was handled: by default, a `MemoryStore`.
        reread: a client, to read the order of a delivery through before it is handled, so that handlers get what it
            is like now, and no delivery that was overtaken can undo a newer one. A call for each delivery. An order
            that the API does not have (any more) is handled as it was delivered.
        tolerance: how many seconds a delivery's timestamp may be from now.
        max_body: the largest body, in bytes.
        timeout: how many seconds a body may take to arrive. Under WSGI, a sender who falls silent altogether is ended
            by the server's own timeout alone.
        on_error: what is called with the event and the exception when handling failed; the log has its type alone.
        now: the time, in seconds since the epoch.
    """

    def _check(self, handler: Callable[..., object]) -> None:
        super()._check(handler)
        if inspect.iscoroutinefunction(handler):
            raise TypeError("what is awaited needs an AsyncReceiver")

    @functools.cached_property
    def _lanes(self) -> list[threading.RLock]:
        # Reentrant, for a handler may call `reconcile`: then the store says whose turn it is.
        return [threading.RLock() for _ in range(_LANES)]

    def handle(self, body: bytes, headers: Headers) -> Answer:
        """Take a delivery, by its raw body and its headers, and say what to answer."""
        event = self._admit(body, headers)
        if isinstance(event, Answer):
            return event
        return self._take(event, self._reread)

    def reconcile(self, orders: Reader, *, everything: bool = False) -> Reconciliation:
        """Read what deliveries have missed, and hand it to the same handlers, through the same store.

        Every order that is pending, unfulfilled or disputed is read, and each that the store has for open but the
        list no longer shows. Of an order whose placing was not handled, a `NewOrder` is handed, and an
        `OrderChanged` if it is not as it was when it was handled last; their `sent_at` is when it was asked for. What
        was handled already is not handed again. Call it at the start, and now and then.

        Args:
            orders: the client of the shop.
            everything: read all orders, a call for each hundred: for what has changed of those that are closed.

        Raises what `orders` does. A handler's failure goes to `on_error`, and its order is left for the next time.
        """
        self._check(orders.get)
        return self._drive(reconciling(orders, self._take, self._store, everything, self._now))

    def _take(self, event: Event, reread: Reader | None = None) -> Answer:
        try:
            with self._lanes[_lane(event)]:
                return self._drive(self._steps(event, reread))
        except Exception as error:
            return self._failed(event, error)

    def _drive(self, steps: Generator[Step, Any, T]) -> T:
        try:
            step = next(steps)
            while True:
                try:
                    result = step.call()
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        """WSGI."""
        body = wsgi_body(environ, self._bounds, self._now)
        answer = body if isinstance(body, Answer) else self.handle(body, environ)
        content = answer.text.encode()
        start_response(
            STATUS[answer.status], [(name.decode(), value.decode()) for name, value in headers_of(content)]
        )
        return [content]


class AsyncReceiver(_Receiver[AsyncReader]):
    """`Receiver` for those who await: an ASGI application, and `handle` to await.

    Handlers may be coroutine functions; others, and the store, are called in worker threads. Whoever is cancelled
    meanwhile waits for the end of those, and the store is told how that was. In several event loops at once, as of
    async views under WSGI, an order that is being handled in one is 500 in another, as it is in another process.
    """

    @functools.cached_property
    def _lanes_of_loop(self) -> RunVar[list[anyio.Lock]]:
        return RunVar(f"lanes of {id(self)}")

    @property
    def _lanes(self) -> list[anyio.Lock]:
        # Nobody wakes who waits for a lock of another event loop: between those, the store says whose turn it is.
        lanes = self._lanes_of_loop.get(None)
        if lanes is None:
            lanes = [anyio.Lock() for _ in range(_LANES)]
            self._lanes_of_loop.set(lanes)
        return lanes

    async def handle(self, body: bytes, headers: Headers) -> Answer:
        """Take a delivery, by its raw body and its headers, and say what to answer."""
        event = self._admit(body, headers)
        if isinstance(event, Answer):
            return event
        return await self._take(event, self._reread)

    async def reconcile(self, orders: AsyncReader, *, everything: bool = False) -> Reconciliation:
        """Read what deliveries have missed, as `Receiver.reconcile` does."""
        with _putting_off() as cancelled:
            steps = reconciling(orders, self._take, self._store, everything, self._now)
            return await self._drive(steps, cancelled)

    async def _take(self, event: Event, reread: AsyncReader | None = None) -> Answer:
        with _putting_off() as cancelled:
            try:
                async with self._lanes[_lane(event)]:
                    return await self._drive(self._steps(event, reread), cancelled)
            except Exception as error:
                return self._failed(event, error)

    async def _drive(self, steps: Generator[Step, Any, T], cancelled: list[BaseException]) -> T:
        try:
            step = next(steps)
            while True:
                try:
                    if cancelled and not step.is_store:
                        raise cancelled[0]
                    with anyio.CancelScope(shield=step.is_store):
                        result = await _called(step, cancelled)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]
    ) -> None:
        """ASGI."""
        if scope["type"] != "http":
            raise TypeError(f"a receiver of webhooks speaks HTTP, not {scope['type']}")
        body = await asgi_body(scope, receive, self._bounds)
        if body is None:
            return
        answer = body if isinstance(body, Answer) else await self.handle(body, scope["headers"])
        content = answer.text.encode()
        await send({"type": "http.response.start", "status": answer.status, "headers": headers_of(content)})
        await send({"type": "http.response.body", "body": content})


def _lane(event: Event) -> int:
    return hash(event.order.order_id if isinstance(event, OrderEvent) else event.raw) % _LANES


@contextmanager
def _putting_off() -> Iterator[list[BaseException]]:
    """For the cancellations that must wait for something: it ends with the first of them."""
    cancelled: list[BaseException] = []
    try:
        yield cancelled
    finally:
        if cancelled:
            raise cancelled[0]


async def _called(step: Step, cancelled: list[BaseException]) -> Any:
    if inspect.iscoroutinefunction(step.call):
        return await step.call()
    result = await _in_thread(step, cancelled)
    if cancelled and inspect.iscoroutine(result):  # Nothing was done.
        result.close()
        raise cancelled[0]
    return await result if inspect.isawaitable(result) else result


async def _in_thread(step: Step, cancelled: list[BaseException]) -> Any:
    """What was begun ends, and what belongs to the store is begun, too, whoever is cancelled meanwhile."""
    import asyncio  # Not for who blocks.

    call: Future[Any] = Future()

    def work() -> None:
        if call.set_running_or_notify_cancel():
            try:
                call.set_result(step.call())
            except BaseException as error:
                call.set_exception(error)

    try:
        await anyio.to_thread.run_sync(work, limiter=threads.places("store" if step.is_store else "handler"))
    except asyncio.CancelledError as error:  # A scope's waits for a thread; asyncio's own does not.
        never = call.cancel()
        if never and not step.is_store:
            raise
        cancelled.append(error)
        with anyio.CancelScope(shield=True):
            return await _in_thread(Step(step.call if never else call.result, is_store=True), cancelled)
    return call.result()
