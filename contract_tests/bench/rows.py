"""Who is measured, at what, and what ours may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BASE = "plain"


@dataclass(frozen=True)
class Peer:
    """A client in an environment of its own.

    `module` is the one in workers/ that speaks to it; after a colon, the transport that it is told to take.
    """

    name: str
    module: str
    title: str
    dialects: tuple[str, ...] = ("documented", "observed")
    groups: tuple[str, ...] = ("decode", "get", "list", "start", "memory", "memory every", "async")


@dataclass(frozen=True)
class Group:
    """Rows that one process measures together."""

    name: str
    dialects: tuple[str, ...] = ("documented",)
    repeats: int = 1
    """Processes in a round, for what a process shows once only."""
    rounds: int | None = None
    """At the most, for what hardly varies and takes long."""


@dataclass(frozen=True)
class Row:
    """A line of the table: one metric of what `group` reports as `name`, as a ratio to httpx + json.loads."""

    name: str
    group: str
    metric: str
    work: str
    bars: Mapping[str, float] = field(default_factory=dict)
    """The most that a peer of ours may cost."""
    dialect: str = "documented"
    plotted: bool = False


PEERS = (
    Peer(BASE, "plain", "httpx + json.loads", groups=(*Peer.groups, "write")),
    Peer("ours", "ours", "ours", groups=(*Peer.groups, "write")),
    Peer("ours-httpx2", "ours:httpx2", "ours on httpx2", groups=("get", "list", "start", "async")),
    Peer("ours-aiohttp", "ours:aiohttp", "ours on aiohttp", groups=("async",)),
    # The SDK raises on an integer price, so it meets no order as Webflow really sends it.
    Peer("sdk", "sdk", "official SDK 2.0.0", dialects=("documented",)),
    Peer("generated", "generated", "openapi-python-client 0.29.1, default"),
    Peer("structs", "structs", "httpx + msgspec Structs"),
)

GROUPS = (
    Group("decode", ("documented", "observed")),
    Group("get"),
    Group("list"),
    Group("write"),
    Group("start", repeats=3),
    Group("memory", rounds=1),
    Group("memory every", rounds=1),
    Group("async"),
)

ONE, FIVE, EVERY = "one field of each read", "five fields of each read", "every field at every depth read"
_PAGE, _ORDER = "page of 100 orders, bytes to typed objects", "one order, bytes to typed object"
_GET, _LIST = "GET one order, end to end, sequential", "list pages of 100, end to end"
_WRITE, _KEPT = "one write, end to end", "orders kept in memory, growth of RSS for each"


def _at_most(bar: float) -> dict[str, float]:
    return {"ours": bar}


TABLE = (
    Row("page", "decode", "cpu", _PAGE, _at_most(0.15), plotted=True),
    Row("page one", "decode", "cpu", f"{_PAGE}, {ONE}", _at_most(0.8)),
    Row("page five", "decode", "cpu", f"{_PAGE}, {FIVE}", _at_most(0.8), plotted=True),
    Row("page every", "decode", "cpu", f"{_PAGE}, {EVERY}", _at_most(0.8), plotted=True),
    Row("page kept", "decode", "cpu", f"{_PAGE}, each kept in a list"),
    Row("order", "decode", "cpu", _ORDER, _at_most(0.8), plotted=True),
    Row("encode", "decode", "cpu", "order back to JSON bytes", _at_most(0.1), plotted=True),
    Row("get", "get", "wall", _GET, _at_most(1.0), plotted=True),
    Row("get", "get", "cpu", f"{_GET}, CPU"),
    Row("get observed", "get", "wall", f"{_GET}, ours telling OpenTelemetry"),
    Row("list", "list", "wall", _LIST, _at_most(0.5), plotted=True),
    Row("list five", "list", "wall", f"{_LIST}, {FIVE}", _at_most(1.0), plotted=True),
    Row("list five", "list", "cpu", f"{_LIST}, {FIVE}, CPU"),
    Row("write", "write", "wall", _WRITE),
    Row("write journal", "write", "wall", f"{_WRITE}, ours with its journal in a file"),
    Row("ready", "start", "cpu", "import and construct, CPU", _at_most(1.1), plotted=True),
    Row("first", "start", "cpu", "first order in a fresh process, CPU", _at_most(1.15), plotted=True),
    Row("memory", "memory", "growth", f"{_KEPT}, unread", _at_most(0.3), plotted=True),
    Row("memory every", "memory every", "growth", f"{_KEPT}, {EVERY}", _at_most(0.8), plotted=True),
    Row("async", "async", "cpu", "50 at once, async, CPU per call",
        {"ours-httpx2": 0.4, "ours-aiohttp": 0.2}, plotted=True),
    Row("page five", "decode", "cpu", f"{_PAGE}, {FIVE}", _at_most(0.8), dialect="observed"),
    Row("page every", "decode", "cpu", f"{_PAGE}, {EVERY}", _at_most(0.8), dialect="observed"),
)  # fmt: skip
