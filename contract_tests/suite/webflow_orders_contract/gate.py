"""What a run may send to a server that is not ours: reads of its target, and the writes that were asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

# Why somebody would answer this, and what can be done about it.
REFUSED = {
    401: "it does not accept the token in WEBFLOW_TOKEN",
    403: "the token may not do this: it lacks a scope, or the site is not its own",
}


class Refused(Exception):
    """A request that this run must not send, stopped before it left."""


@dataclass(frozen=True)
class Gate:
    """`writes` are the ends of the paths that may be written to, each with its method."""

    origin: str
    writes: Collection[tuple[str, str]] = ()

    def refusal(self, method: str | None, url: str | None) -> str | None:
        """Why a request must not be sent, or None when it may."""
        if origin_of(url or "") != origin_of(self.origin):
            return "this run speaks to its target only"
        path = urlsplit(url or "").path
        if method == "GET" or any(method == allowed and path.endswith(end) for allowed, end in self.writes):
            return None
        return f"this run only reads, so {method} {path} is not sent"

    def check(self, method: str, url: str) -> None:
        reason = self.refusal(method, url)
        if reason:
            raise Refused(f"Not sent: {reason}.")


class Halt:
    """Closes for good at the first 401 or 403: whoever is told no does not go on asking."""

    def __init__(self) -> None:
        self.reason = ""

    def heard(self, method: str | None, url: str | None, status: int) -> None:
        if status in REFUSED and not self.reason:
            parts = urlsplit(url or "")
            where = f"{method} {parts.path}"
            self.reason = (
                f"{parts.netloc} answered {status} to {where}: {REFUSED[status]}. Nothing more was sent."
            )

    def check(self) -> None:
        if self.reason:
            raise Refused(f"Not sent: {self.reason}")


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"
