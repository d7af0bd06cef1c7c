"""Receivers: deliveries in, handlers called, and the answer that Webflow wants."""

from __future__ import annotations

import functools
import inspect
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from typing import Any, Literal, NamedTuple, TypeVar

import anyio
import anyio.to_thread
import attrs

from .._log import log
from .._secret import Secret
from ._events import Event, NewOrder, OrderEvent, WebhookError
from ._signature import Headers, checked_secrets, unwrap
from ._store import Change, MemoryStore, Store

E = TypeVar("E", bound=Event)
Scope = MutableMapping[str, Any]

MIB = 2**20
# Deliveries about one order take their turns; those about different orders seldom share one of so many.
_LANES = 64


class Answer(NamedTuple):
    """What to answer: `status` 200, 400 or 500, and a line of `text` for people."""

    status: Literal[200, 400, 500]
    text: str


class _Step(NamedTuple):
    """Something to be called. What belongs to the store must not be cancelled on its way."""

    call: Callable[[], Any]
    is_store: bool


class _Receiver:
    def __init__(
        self,
        secret: str | Iterable[str],
        fallback: Callable[[Event], object],
        *,
        store: Store | None = None,
        tolerance: float = 300,
        max_body: int = MIB,
        on_error: Callable[[Event, Exception], object] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        secrets = checked_secrets(secret)
        if isinstance(secrets, Exception):
            raise secrets
        self._secrets = [Secret(each) for each in secrets]
        self._handlers: dict[type[Event], Callable[[Any], object]] = {}
        self._store = MemoryStore() if store is None else store
        self._tolerance, self._max_body, self._on_error, self._now = tolerance, max_body, on_error, now
        if inspect.iscoroutinefunction(on_error):
            raise TypeError("on_error is not awaited")
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

    def _admit(self, body: bytes, headers: Headers) -> Event | Answer:
        """The event of a delivery that is to be handled, or the answer to one that is not."""
        if len(body) > self._max_body:
            return Answer(400, f"the body is larger than {self._max_body} bytes")
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

    def _steps(self, event: Event) -> Generator[_Step, Any, Answer]:
        change = Change.of(event) if isinstance(event, OrderEvent) else None
        if change is not None:
            verdict = yield _Step(functools.partial(self._store.begin, change), True)
            if verdict == "busy":
                return Answer(500, "the order is being handled")
            if verdict not in ("new", "late"):
                return Answer(200, f"ignored: {verdict}")
            if verdict == "late" and isinstance(event, NewOrder):
                event = attrs.evolve(event, late=True)
        # The fallback is Event's.
        handler = next(self._handlers[kind] for kind in type(event).__mro__ if kind in self._handlers)
        handled = False
        try:
            yield _Step(functools.partial(handler, event), False)
            handled = True
        finally:
            if change is not None:
                yield _Step(functools.partial(self._store.end, change, handled), True)
        return Answer(200, "handled")

    def _failed(self, event: Event, error: Exception) -> Answer:
        # Not the message: a handler's may be about a customer. `on_error` has all of it.
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error("handling %r failed: %s at %s:%s", event, type(error).__name__, last.filename, last.lineno)
        if self._on_error is not None:
            self._on_error(event, error)
        return Answer(500, "the handler failed")


class Receiver(_Receiver):
    """Verifies deliveries, calls the handler of each event once, and answers as Webflow wants it.

        receiver = Receiver(secret, fallback=lambda event: print("not for us:", event))

        @receiver.on(NewOrder)
        def placed(event: NewOrder) -> None:
            print(event.order.order_id)

    It is a WSGI application: serve it, or mount it. In another framework, call `handle`. It answers 200 when an
    event was handled, or is a repeat or older than one that was; 400 to what is no delivery; 500 when a handler or
    the store failed, so that Webflow sends it again, three times, ten minutes apart. A handler is called again for an
    event only if it failed, or if its process died before the store had noted that it did not.

    Args:
        secret: the app's client secret, or the webhook's `secretKey`; several while one replaces another.
        fallback: what is called with the events that have no handler.
        store: what remembers what was handled: by default, a `MemoryStore`.
        tolerance: how many seconds a delivery's timestamp may be from now.
        max_body: the largest body, in bytes.
        on_error: what is called with the event and the exception when handling failed; the log has its type alone.
        now: the time, in seconds since the epoch.
    """

    def _check(self, handler: Callable[..., object]) -> None:
        super()._check(handler)
        if inspect.iscoroutinefunction(handler):
            raise TypeError("a handler that awaits needs an AsyncReceiver")

    @functools.cached_property
    def _lanes(self) -> list[threading.Lock]:
        return [threading.Lock() for _ in range(_LANES)]

    def handle(self, body: bytes, headers: Headers) -> Answer:
        """Take a delivery, by its raw body and its headers, and say what to answer."""
        event = self._admit(body, headers)
        if isinstance(event, Answer):
            return event
        try:
            with self._lanes[_lane(event)]:
                return self._drive(self._steps(event))
        except Exception as error:
            return self._failed(event, error)

    def _drive(self, steps: Generator[_Step, Any, Answer]) -> Answer:
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
        body = _wsgi_body(environ, self._max_body)
        answer = body if isinstance(body, Answer) else self.handle(body, environ)
        content = answer.text.encode()
        start_response(
            _STATUS[answer.status], [(name.decode(), value.decode()) for name, value in _headers(content)]
        )
        return [content]


class AsyncReceiver(_Receiver):
    """`Receiver` for those who await: an ASGI application, and `handle` to await.

    Handlers may be coroutine functions; others, and the store, are called in worker threads.
    """

    @functools.cached_property
    def _lanes(self) -> list[anyio.Lock]:
        return [anyio.Lock() for _ in range(_LANES)]

    async def handle(self, body: bytes, headers: Headers) -> Answer:
        """Take a delivery, by its raw body and its headers, and say what to answer."""
        event = self._admit(body, headers)
        if isinstance(event, Answer):
            return event
        try:
            async with self._lanes[_lane(event)]:
                return await self._drive(self._steps(event))
        except Exception as error:
            return self._failed(event, error)

    async def _drive(self, steps: Generator[_Step, Any, Answer]) -> Answer:
        try:
            step = next(steps)
            while True:
                try:
                    with anyio.CancelScope(shield=step.is_store):
                        result = await _called(step.call)
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
        body = await _asgi_body(scope, receive, self._max_body)
        if body is None:
            return
        answer = body if isinstance(body, Answer) else await self.handle(body, scope["headers"])
        content = answer.text.encode()
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(content)})
        await send({"type": "http.response.body", "body": content})


def _lane(event: Event) -> int:
    return hash(event.order.order_id if isinstance(event, OrderEvent) else event.raw) % _LANES


async def _called(call: Callable[[], Any]) -> Any:
    if inspect.iscoroutinefunction(call):
        return await call()
    result = await anyio.to_thread.run_sync(call)
    return await result if inspect.isawaitable(result) else result


# ---------------------------------------------------------------- HTTP

_STATUS = {200: "200 OK", 400: "400 Bad Request", 500: "500 Internal Server Error"}
_NOT_POST = Answer(400, "a delivery is a POST")


def _headers(content: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode())]


def _wsgi_body(environ: dict[str, Any], most: int) -> bytes | Answer:
    """The body, or a byte more than `most` of it."""
    if environ["REQUEST_METHOD"] != "POST":
        return _NOT_POST
    length = environ.get("CONTENT_LENGTH") or ("" if environ.get("wsgi.input_terminated") else "0")
    if length and not (length.isascii() and length.isdigit() and len(length) < 20):
        return Answer(400, "Content-Length is no number")
    return bytes(environ["wsgi.input"].read(min(int(length or most + 1), most + 1)))


async def _asgi_body(
    scope: Scope, receive: Callable[[], Awaitable[Scope]], most: int
) -> bytes | Answer | None:
    """The body, or a part that is larger than `most`; None if whoever sent it is gone."""
    if scope["method"] != "POST":
        return _NOT_POST
    body, more = bytearray(), True
    while more and len(body) <= most:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
