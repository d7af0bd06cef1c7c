"""What goes in and what comes out: two tiny types that no door owns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Request:
    """One request as a server sees it.

    `path` is raw (percent-encoded, without the query), `query` is what follows the question mark,
    `headers` has lower-case names; what was sent twice is joined by `, `, as RFC 9110 has it.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """One answer. `delay`, in seconds, is slept by the door, so that one slow answer holds up no other."""

    status: int
    headers: dict[str, str]
    body: bytes
    delay: float = 0.0


Handler = Callable[[Request], Response]


class InvalidAnswer(AssertionError):
    """The mock was about to send something that openapi.yaml does not allow: a bug of the mock."""
