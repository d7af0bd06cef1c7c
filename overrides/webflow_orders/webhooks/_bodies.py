"""A request's body under WSGI and ASGI, bounded in size and in time; and the answer as both have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal, NamedTuple

import anyio

Scope = MutableMapping[str, Any]

STATUS = {200: "200 OK", 400: "400 Bad Request", 500: "500 Internal Server Error"}
# What is read at once of a WSGI server whose input cannot say what there is: a slow sender is noticed in between.
_SIP = 64


class Answer(NamedTuple):
    """What to answer: `status` 200, 400 or 500, and a line of `text` for people."""

    status: Literal[200, 400, 500]
    text: str


class Bounds(NamedTuple):
    """How large a body may be, in bytes, and how long it may take, in seconds."""

    most: int
    timeout: float

    @property
    def too_slow(self) -> Answer:
        return Answer(400, f"the body took longer than {self.timeout:g} s")


_NOT_POST = Answer(400, "a delivery is a POST")


def headers_of(content: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode())]


def wsgi_body(environ: dict[str, Any], bounds: Bounds, now: Callable[[], float]) -> bytes | Answer:
    """The body, or a byte more of it than is allowed."""
    if environ["REQUEST_METHOD"] != "POST":
        return _NOT_POST
    is_ended = bool(environ.get("wsgi.input_terminated"))
    if "HTTP_TRANSFER_ENCODING" in environ and not (is_ended or environ.get("CONTENT_LENGTH")):
        return Answer(400, "this server hands on no body without a Content-Length")
    length = environ.get("CONTENT_LENGTH") or ("" if is_ended else "0")
    if length and not (length.isascii() and length.isdigit() and len(length) < 20):
        return Answer(400, "Content-Length is no number")
    wanted = min(int(length or bounds.most + 1), bounds.most + 1)
    stream, end = environ["wsgi.input"], now() + bounds.timeout
    # `read1` gives what there is; `read` waits until it has all that it was asked for.
    read, sip = (stream.read1, wanted) if hasattr(stream, "read1") else (stream.read, _SIP)
    body = bytearray()
    while (missing := wanted - len(body)) and (piece := read(min(missing, sip))):
        body += piece
        if now() > end:
            return bounds.too_slow
    return bytes(body)


async def asgi_body(
    scope: Scope, receive: Callable[[], Awaitable[Scope]], bounds: Bounds
) -> bytes | Answer | None:
    """The body, or a part that is larger than is allowed; None if whoever sent it is gone."""
    if scope["method"] != "POST":
        return _NOT_POST
    body, more = bytearray(), True
    with anyio.move_on_after(bounds.timeout) as waiting:
        while more and len(body) <= bounds.most:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
    return bounds.too_slow if waiting.cancelled_caught else bytes(body)
