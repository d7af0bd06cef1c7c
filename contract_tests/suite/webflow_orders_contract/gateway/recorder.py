"""Keeps what answers look like, and nothing that they say: one line of JSON for each exchange.

    >>> recorder = Recorder("orders.ndjson")
    >>> OrdersClient(site_id=..., transport=recorder.transport())

or `httpx.Client(transport=recorder.transport())`. A line has the operation, the status, the names of the
headers, and for each JSON pointer how often which type was there: `string:date-time` 3, `null` 1. A value is never
written; only where openapi.yaml has an enum, the words that were seen, or `?` for one that could be a name. No id, no
query, no token, no customer.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from ..description import Description, Place, escape, kind, read
from .exchange import Answer, Request
from .proxy import Gateway, Watcher
from .redact import field
from .words import Words

Seen = dict[str, dict[str, Any]]
HEADER = re.compile("[0-9A-Za-z-]{1,60}")
# More than any page of orders has.
MOST_BYTES = 32 * 2**20


def observed(description: Description, value: Any, places: list[Place]) -> Seen:
    """What a body looks like: by JSON pointer, `*` for every item, the types, and the words of an enum."""
    seen: Seen = {}
    _look(description, value, places, "", seen, Words(value))
    return seen


def _look(
    description: Description, value: Any, places: list[Place], pointer: str, seen: Seen, words: Words
) -> None:
    here = seen.setdefault(pointer, {"types": {}})
    _count(here["types"], kind(value))
    places = description.flat(places)
    if isinstance(value, str) and (found := words.shown(value, places)):
        _count(here.setdefault("words", {}), found)
    if places and not description.fits(places, value):
        here["unfit"] = here.get("unfit", 0) + 1
    if isinstance(value, dict):
        for key, child in value.items():
            below = description.child(places, key)
            name = key if below else field(key)
            _look(description, child, below, f"{pointer}/{escape(name)}", seen, words)
    elif isinstance(value, list):
        for child in value:
            _look(description, child, description.items(places), f"{pointer}/*", seen, words)


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def line_of(
    description: Description,
    method: str,
    url: str,
    status: int,
    headers: Sequence[str],
    media: str,
    content: bytes,
) -> dict[str, Any] | None:
    """One exchange as a recording has it; None when it belongs to no operation of the description."""
    known = description.operation(method, url)
    if known is None:
        return None
    line = {
        "operation": known.id,
        "status": status,
        "query": sorted({field(name) for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}),
        "headers": sorted({name.lower() for name in headers if HEADER.fullmatch(name)}),
        "media": media.split(";")[0].strip().lower()[:60],
    }
    try:
        body = json.loads(content) if content else None
    except (ValueError, RecursionError):
        return line
    return (
        line | {"seen": observed(description, body, description.body(known.id, status))} if content else line
    )


class Recorder(Watcher):
    """Appends to a file that only its owner can read. A failure to record never disturbs the traffic: see `lost`."""

    def __init__(self, path: str | Path, *, description: Description | None = None) -> None:
        self.path = Path(path)
        self.lost = 0
        self._description = description or read()
        self._lock = threading.Lock()

    def record(self, method: str, url: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        try:
            media = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
            line = line_of(self._description, method, url, status, list(headers), media, content)
            if line is not None:
                self._write(json.dumps(line) + "\n")
        except Exception:  # Whatever is wrong with the disk or the body, the caller's call has succeeded.
            self.lost += 1

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        self.record(request.method, request.url, raw.status, dict(raw.headers), raw.decoded)

    def _write(self, line: str) -> None:
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line)

    def transport(self, inner: httpx.BaseTransport | None = None) -> httpx.BaseTransport:
        """For `OrdersClient(transport=...)` and `httpx.Client`; `inner` does the sending."""
        return RecordingTransport(self._answer, inner or httpx.HTTPTransport())

    def async_transport(self, inner: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncBaseTransport:
        return RecordingTransport(self._answer, inner or httpx.AsyncHTTPTransport())

    def _answer(self, request: httpx.Request, response: httpx.Response, raw: bytes) -> None:
        try:
            # Again as httpx would, for the body that passed by may be compressed.
            content = httpx.Response(response.status_code, headers=response.headers, content=raw).content
        except httpx.DecodingError:
            content = b""
        headers = dict(response.headers)
        self.record(request.method, str(request.url), response.status_code, headers, content)


Note = Callable[[httpx.Request, httpx.Response, bytes], None]


class _Passing(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Lets a body pass, piece by piece as it comes, and keeps a copy until it is closed."""

    def __init__(self, inner: Any, done: Callable[[bytes], None]) -> None:
        self._inner, self._done = inner, done
        self._kept = bytearray()

    def _keep(self, piece: bytes) -> bytes:
        if len(self._kept) + len(piece) <= MOST_BYTES:
            self._kept += piece
        return piece

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            yield self._keep(piece)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            yield self._keep(piece)

    def close(self) -> None:
        self._inner.close()
        self._finish()

    async def aclose(self) -> None:
        await self._inner.aclose()
        self._finish()

    def _finish(self) -> None:
        done, self._done = self._done, lambda content: None
        done(bytes(self._kept))


def noted(request: httpx.Request, response: httpx.Response, note: Note) -> httpx.Response:
    """The response as it came; `note` is given a copy of its body, as it was sent, when it has been read."""
    if response.is_stream_consumed:  # A transport in this process may give the whole of it, decoded.
        response.headers.pop("content-encoding", None)
        note(request, response, response.content)
    else:
        response.stream = _Passing(response.stream, lambda raw: note(request, response, raw))
    return response


class RecordingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends by another transport, and notes each answer as it is read."""

    def __init__(self, note: Note, inner: Any) -> None:
        self._note, self._inner = note, inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return noted(request, self._inner.handle_request(request), self._note)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return noted(request, await self._inner.handle_async_request(request), self._note)

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()
