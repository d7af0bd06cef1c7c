"""A receiver of the run's own, on this machine: writes down what is delivered, and answers what it is told to."""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import Any

from ..gateway.proxy import AnyMethod, LocalServer
from .cases import SIGNATURE, TIMESTAMP, signature
from .senders import Delivery, Hook

# Where those who follow redirects would come.
ELSEWHERE = "/elsewhere"


class Listener:
    """Listens for as long as the block lasts. `now` is the server's clock; `look` reads an order by the API."""

    def __init__(self, now: Callable[[], float], look: Callable[[str], Any]) -> None:
        self.deliveries: list[Delivery] = []
        self._now, self._look = now, look
        self._hooks: dict[str, list[Hook]] = defaultdict(list)
        self._forgotten: set[str] = set()
        self._answers: dict[str, deque[int]] = defaultdict(deque)
        # Of each webhook: the deliveries that are told of only when the order was looked at.
        self._coming: Counter[str] = Counter()
        self._came = threading.Condition()
        self._server = _Server(_handler(self))
        self.origin = self._server.origin

    def __enter__(self) -> Listener:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def address(self) -> str:
        """A URL that nobody knows before it is registered; what is unusual about it must not get lost."""
        return f"{self.origin}/Hook/a%20b%2Fc?key={secrets.token_hex(8)}&flag&of=a+b%20%C3%A9%26"

    def expect(self, url: str, hook: Hook) -> None:
        """What comes to this URL is for that webhook; if it is for several, for the one whose secret signed it."""
        self._hooks[url.removeprefix(self.origin)].append(hook)

    def forget(self, hook: str) -> None:
        """From now on nothing is for it."""
        self._forgotten.add(hook)

    def answer(self, hook: str, *statuses: int) -> None:
        """The next deliveries of a webhook are answered so, and then with 200 again."""
        self._answers[hook].extend(statuses)

    def wait_for(self, hook: str, count: int, seconds: float) -> bool:
        """Whether so many deliveries of the webhook have come, within a time."""
        with self._came:
            return self._came.wait_for(lambda: self.count(hook) >= count, seconds)

    def count(self, hook: str) -> int:
        """How many came, without those that came once more after they were taken: they tell of nothing new."""
        mine = [each for each in self.deliveries if each.hook == hook]
        again = sum(one.answer == 200 and one.body == two.body for one, two in pairwise(mine))
        return len(mine) - again

    def take(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> int:
        with self._came:
            at, hook = self._now(), self._whose(path, headers, body)
            self._coming[hook] += 1
        shown = self._look(_order_id(body)) if hook else None
        with self._came:
            answer = self._answers[hook].popleft() if self._answers[hook] else 200
            came = Delivery(
                hook=hook, at=at, answer=answer, followed=path == ELSEWHERE, method=method, headers=headers,
                body=body, shown=shown,
            )  # fmt: skip
            self.deliveries.append(came)
            self._coming[hook] -= 1
            self._came.notify_all()
        return answer

    def _whose(self, path: str, headers: list[tuple[str, str]], body: bytes) -> str:
        """Of several, where none has signed it, the one that is told of least."""
        known = self._hooks.get(path, [])
        sent = {key.lower(): value for key, value in headers}
        for each in known if len(known) > 1 else ():
            if signature(body, sent.get(TIMESTAMP, ""), each.secret or "") == sent.get(SIGNATURE):
                return "" if each.id in self._forgotten else each.id
        left = [each.id for each in known if each.id not in self._forgotten]
        return min(left, key=lambda each: self.count(each) + self._coming[each], default="")


def _order_id(body: bytes) -> str:
    try:
        event = json.loads(body)
        order = event.get("payload", event)
        return str(order["orderId"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


class _Server(LocalServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever delivers may go before there is an answer."""


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(AnyMethod):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            body = b"".join(self.parts())
            status = listener.take(self.command, self.path, self.headers.items(), body)
            self.send_response_only(status)
            if 300 <= status < 400:
                self.send_header("Location", listener.origin + ELSEWHERE)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def parts(self) -> Iterator[bytes]:
            """The body, of which a sender may not have known the length."""
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                yield self.rfile.read(int(self.headers.get("Content-Length") or 0))
                return
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # A field after the body.

    return Handler
