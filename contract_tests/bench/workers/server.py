"""What answers the clients: `server.py FOLDER`. Every order and page is bytes before it is asked for.

It prints its URL, serves on 127.0.0.1, and ends when its standard input does: with whoever started it.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from ids import order_id  # Run as a file, by a Python that has uvicorn and nothing of ours.

Send = Callable[[dict[str, Any]], Awaitable[None]]

# As many as anyone walks over. Each has an id of its own, for clients that look out for one seen twice.
TOTAL = 1_000_000


class Shop:
    """A raw ASGI application: nothing of a framework's stands in a measured answer."""

    def __init__(self, order: bytes, template_id: bytes) -> None:
        self.order = order
        self.before, self.after = order.split(template_id, 1)
        self.first = self.page(0, 100)

    async def __call__(self, scope: dict[str, Any], receive: object, send: Send) -> None:
        is_list = scope["path"].endswith("/orders")
        body = self.asked(scope["query_string"].decode()) if is_list else self.order
        await send({"type": "http.response.start", "status": 200, "headers": headers(body)})
        await send({"type": "http.response.body", "body": body})

    def asked(self, query: str) -> bytes:
        given = parse_qs(query)
        offset, limit = (
            int(given.get(name, [default])[0]) for name, default in (("offset", 0), ("limit", 100))
        )
        return self.first if (offset, limit) == (0, 100) else self.page(offset, limit)

    def page(self, offset: int, limit: int) -> bytes:
        indices = range(offset, min(offset + limit, TOTAL))
        orders = b",".join(self.before + order_id(index) + self.after for index in indices)
        pagination = b'{"limit":%d,"offset":%d,"total":%d}' % (limit, offset, TOTAL)
        return b'{"orders":[' + orders + b'],"pagination":' + pagination + b"}"


def headers(body: bytes) -> list[tuple[bytes, bytes]]:
    """With a rate limit that is never met, so that a client that keeps to it does its work and never waits."""
    return [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-ratelimit-limit", b"10000000"),
        (b"x-ratelimit-remaining", b"9999999"),
    ]


def main(folder: str) -> None:
    order = (Path(folder) / "documented.order.json").read_bytes()
    # A socket that says it is TCP: asyncio turns Nagle's delay off for no other.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    config = uvicorn.Config(
        Shop(order, b"dfa-3f1"),
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        http="httptools",
    )
    server = uvicorn.Server(config)

    def end_with_parent() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main(*sys.argv[1:])
