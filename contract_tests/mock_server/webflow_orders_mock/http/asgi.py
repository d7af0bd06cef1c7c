"""The door for any ASGI server, and what the doors have in common."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from urllib.parse import quote

from .. import control
from ..account import Account
from ..api.validation import MAX_BODY
from ..messages import Handler, Request, Response
from ..page import events, owns as is_for_the_page
from ..page.events import Message, Receive, Send

log = logging.getLogger("webflow_orders_mock")

Sleep = Callable[[float], object]


def joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers, names in lower case, as a Request has them."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def wait(seconds: float, sleep: Sleep | None) -> None:
    if sleep is not None:
        sleep(seconds)
        return
    import anyio

    await anyio.sleep(seconds)


async def serve(handle: Handler, account: Account, scope: Message, receive: Receive, send: Send) -> None:
    """One HTTP request of an ASGI server."""
    if scope["type"] != "http":
        raise NotImplementedError(f"the mock speaks HTTP, not {scope['type']}")
    body = await _body(receive)
    if body is None:
        return
    request = _from_asgi(scope, body)
    if (request.method, request.path) == ("GET", events.PATH) and control.refused(request) is None:
        await events.stream(account, receive, send)
        return
    answer = _answer(handle, request)
    if answer.delay:
        await wait(answer.delay, account.sleep)
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()
    ]
    if answer.status != 204:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _answer(handle: Handler, request: Request) -> Response:
    """What the mock says to somebody who may be anybody. A bug is logged and answered with 500."""
    is_ours = control.owns(request.path) or is_for_the_page(request)
    if is_ours and (refusal := control.refused(request)) is not None:
        return refusal
    try:
        return handle(request)
    except Exception:
        log.exception("the mock failed on %s %s", request.method, request.path)
        body = {"code": "internal_error", "message": "the mock itself failed; its log says how"}
        sent = json.dumps({**body, "externalReference": None, "details": []}).encode()
        return Response(500, {"Content-Type": "application/json"}, sent)


def _from_asgi(scope: Message, body: bytes) -> Request:
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw is not None else quote(scope["path"])
    return Request(
        scope["method"], path, scope["query_string"].decode("latin-1"), joined(scope["headers"]), body
    )


async def _body(receive: Receive) -> bytes | None:
    """The body; of one that is too large, as much as shows that it is. None if the client left halfway."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= MAX_BODY:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return body
