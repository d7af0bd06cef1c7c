"""Our way to the server: paced, gated, and remembered, so that a failed step can show its requests.

To a server that is not ours it is a filter as well: what comes back has lost a customer's data before the client
sees it. Only `raw`, for whoever must put an order back as it was, is the answer as it came.
"""

from __future__ import annotations

import asyncio

import httpx

from .curl import answered, curl
from .gate import Gate, Halt
from .pace import Pace
from .record import Recorder, noted
from .redact import Redactor


class Line:
    """What the sync and the async transport of one run share."""

    def __init__(
        self,
        *,
        token: str,
        gate: Gate | None = None,
        pace: Pace | None = None,
        redactor: Redactor | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.requests: list[httpx.Request] = []
        self.last_answer: httpx.Response | None = None
        self.halt = Halt()
        self._token, self._gate, self._pace = token, gate, pace
        self._redactor, self._recorder = redactor, recorder

    def before(self, request: httpx.Request) -> None:
        if self._gate is not None:
            self.halt.check()
            self._gate.check(request.method, str(request.url))
        if self._pace is not None:
            self._pace.wait()
        self.requests.append(request)
        self.last_answer = None

    def after(self, request: httpx.Request, answer: httpx.Response, *, raw: bool) -> httpx.Response:
        """The answer has been read. What is given back is it, or it without what may not be shown."""
        if self._pace is not None:
            self._pace.heard(answer.status_code, answer.headers)
        if self._gate is not None:
            self.halt.heard(request.method, str(request.url), answer.status_code)
        if self._recorder is not None:
            url, headers = str(request.url), dict(answer.headers)
            self._recorder.record(request.method, url, answer.status_code, headers, answer.content)
        shown = answer if self._redactor is None else _redacted(request, answer, self._redactor)
        self.last_answer = shown
        return answer if raw else shown

    def passed(self, request: httpx.Request, answer: httpx.Response, raw: bytes) -> None:
        """An answer that nothing is taken out of has gone by; `raw` is its body, as it was sent."""
        try:
            self.last_answer = httpx.Response(answer.status_code, headers=answer.headers, content=raw)
        except httpx.DecodingError:
            self.last_answer = httpx.Response(answer.status_code, content=b"")
        if self._recorder is not None:
            url, content = str(request.url), self.last_answer.content
            self._recorder.record(request.method, url, answer.status_code, dict(answer.headers), content)

    def told(self) -> str:
        """The answer to the last request, for people."""
        answer = self.last_answer
        if answer is None:
            return "No answer."
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw]
        return answered(answer.status_code, answer.reason_phrase, headers, answer.content, self._token)

    def curls(self, since: int) -> list[str]:
        """How to come where the last request was made: the writes before it, and it."""
        sent = self.requests[since:]
        return [self._curl(each) for each in [*(e for e in sent[:-1] if e.method != "GET"), *sent[-1:]]]

    def _curl(self, request: httpx.Request) -> str:
        return curl(request.method, str(request.url), dict(request.headers), request.content, self._token)

    @property
    def filters(self) -> bool:
        return self._redactor is not None

    def sync(self) -> httpx.BaseTransport:
        return _Sync(self, raw=False)

    def asynchronous(self) -> httpx.AsyncBaseTransport:
        return _Async(self)

    def raw(self) -> httpx.BaseTransport:
        return _Sync(self, raw=True)


def _redacted(request: httpx.Request, answer: httpx.Response, redactor: Redactor) -> httpx.Response:
    body = redactor.body(request.method, str(request.url), answer.status_code, answer.content)
    headers = redactor.headers(answer.headers.items())
    return httpx.Response(answer.status_code, headers=headers, content=body, request=request)


def _unquoted(error: httpx.HTTPError) -> httpx.TransportError:
    # Its words may quote what the server sent.
    kind = type(error) if isinstance(error, httpx.TransportError) else httpx.ReadError
    return kind(f"no whole answer ({type(error).__name__})")


class _Sync(httpx.BaseTransport):
    def __init__(self, line: Line, *, raw: bool) -> None:
        self._line, self._raw = line, raw
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._line.before(request)
        if not self._line.filters and not self._raw:
            return noted(request, self._inner.handle_request(request), self._line.passed)
        try:
            answer = self._inner.handle_request(request)
            answer.read()
        except httpx.HTTPError as error:
            raise _unquoted(error) from None
        return self._line.after(request, answer, raw=self._raw)

    def close(self) -> None:
        self._inner.close()


class _Async(httpx.AsyncBaseTransport):
    def __init__(self, line: Line) -> None:
        self._line = line
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        # Waiting for one's turn must not stop the loop.
        await asyncio.to_thread(self._line.before, request)
        if not self._line.filters:
            answer = await self._inner.handle_async_request(request)
            return noted(request, answer, self._line.passed)
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
        except httpx.HTTPError as error:
            raise _unquoted(error) from None
        return self._line.after(request, answer, raw=False)

    async def aclose(self) -> None:
        await self._inner.aclose()
