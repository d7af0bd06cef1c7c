"""What a run may send to a server that is not ours: reads, and the writes that were asked for."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from .exchange import Answer, Request

# Why somebody would answer this, and what can be done about it.
REFUSED = {
    401: "it does not accept the token in WEBFLOW_TOKEN",
    403: "the token may not do this: it lacks a scope, or the site is not its own",
}
# So often a server is waited for in vain: three minutes in all, as one that is busy.
MOST_SILENCES = 6
# Schemathesis marks its probes, which carry bytes that are no question for somebody's shop.
PROBE = "x-schemathesis-probe"


class Refused(Exception):
    """A request that this run must not send, stopped before it left."""


@dataclass(frozen=True)
class AllowList:
    """`writes` are the ends of the paths that may be written to, each with its method."""

    writes: Collection[tuple[str, str]] = ()

    def check(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if any(name.lower() == PROBE for name, _ in request.headers):
            raise Refused("Not sent: it is a probe.")
        if request.method != "GET" and not any(
            request.method == method and path.endswith(end) for method, end in self.writes
        ):
            raise Refused(f"Not sent: this run only reads, so {request.method} {path} is not sent.")


def allowed(write: str | None, refund: str | None) -> AllowList:
    """Writes to these orders alone: the first is changed and put back, the second refunded."""
    ends = [("PATCH", f"/orders/{write}")] if write else []
    ends += [("POST", f"/orders/{write}/{action}") for action in ("fulfill", "unfulfill") if write]
    return AllowList([*ends, *([("POST", f"/orders/{refund}/refund")] if refund else [])])


class CircuitBreaker:
    """Opens for good, once: at the first 401 or 403, for whoever is told no does not go on asking; or at the last of
    some requests that had no answer in time."""

    def __init__(self) -> None:
        self.reason = ""
        self.silences = 0
        self._open = threading.Event()

    def heard(self, request: Request, answer: Answer) -> None:
        if answer.status in REFUSED:
            parts = urlsplit(request.url)
            why = f"{REFUSED[answer.status]}. Nothing more was sent."
            self.open(f"{parts.netloc} answered {answer.status} to {request.method} {parts.path}: {why}")

    def unheard(self, host: str) -> None:
        self.silences += 1
        if self.silences >= MOST_SILENCES:
            self.open(f"{host} was waited for {self.silences} times in vain: it is not asked any more.")

    def open(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._open.set()

    def wait(self, seconds: float) -> bool:
        """Whether it has opened, within so many seconds."""
        return self._open.wait(seconds)

    def check(self) -> None:
        if self.reason:
            raise Refused(f"Not sent: {self.reason}")
