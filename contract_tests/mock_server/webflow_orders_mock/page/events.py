"""Server-sent events: the ledgers as they grow, and when the state has changed, for as long as a browser listens.

begin        the mock has begun, or was reset: what came before is no more
requests     new entries of the ledger
deliveries   those that are new or have changed
state        orders, webhooks, trouble or the clock: to be asked for
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import anyio

from ..account import Account
from ..webhooks.deliveries import Delivery

PATH = "/_mock/events"
# Seconds between two looks at the ledger, and after how many of them a proxy is told that there is still somebody.
_EVERY, _STILL_HERE = 0.2, 75
_MOST = 1_000

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def stream(account: Account, receive: Receive, send: Send) -> None:
    """Send what there is and what comes, until the browser leaves or the server stops."""
    watched = Watched(account)
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    try:
        quiet = 0
        while not account.stopping():
            said = watched.news()
            quiet = 0 if said else quiet + 1
            if quiet == _STILL_HERE:
                said, quiet = b":\n\n", 0
            if said:
                await send({"type": "http.response.body", "body": said, "more_body": True})
            with anyio.move_on_after(_EVERY):
                if (await receive())["type"] == "http.disconnect":
                    return
        await send({"type": "http.response.body", "body": b""})
    finally:
        watched.forget()


class Watched:
    """What one browser has been told of."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._resets: int | None = None
        self._seq = 0
        self._state: tuple[object, ...] = ()
        self._changed: deque[Delivery] = deque(maxlen=_MOST)
        self.forget = account.deliveries.listen(self._changed.append)

    def news(self) -> bytes:
        store, said = self._account.store, b""
        if store.resets != self._resets:
            self._resets, self._seq = store.resets, 0
            # What it was told of before is no more.
            self._changed.clear()
            self._changed.extend(self._account.deliveries)
            said += _event("begin", [])
        fresh = store.ledger.since(self._seq)[-_MOST:]
        if fresh:
            self._seq = fresh[-1].seq
            said += _event("requests", [entry.as_json() for entry in fresh])
        deliveries = [self._changed.popleft() for _ in range(len(self._changed))]
        if deliveries:
            said += _event("deliveries", [each.as_json() for each in deliveries])
        account = self._account
        state = (store.changes, account.defect, len(account.faults), len(account.webhooks), account.ahead)
        if state != self._state:
            self._state = state
            said += _event("state", [])
        return said


def _event(name: str, data: Sequence[object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
