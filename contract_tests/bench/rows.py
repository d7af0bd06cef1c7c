"""Who is measured, at what, and what ours should cost."""

from __future__ import annotations

from dataclasses import dataclass

BASE = "plain"


@dataclass(frozen=True)
class Peer:
    """A client in an environment of its own; `module` is the one in workers/ that speaks to it."""

    name: str
    module: str
    title: str
    dialects: tuple[str, ...] = ("documented", "observed")
    only: str | None = None
    """The one group that it is in; None for all."""

    def joins(self, group: Group) -> bool:
        return self.only in (None, group.name)


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
    target: float | None = None
    with_extra: float | None = None
    """The target for ours with its accelerators, if it is another."""
    dialect: str = "documented"
    is_ratio: bool = True
    plotted: bool = False


PEERS = (
    Peer(BASE, "plain", "httpx + json.loads"),
    Peer("ours", "ours", "ours"),
    Peer("ours-aiohttp", "ours", "ours on aiohttp", only="async"),
    # The SDK raises on an integer price, so it meets no order as Webflow really sends it.
    Peer("sdk", "sdk", "official SDK 2.0.0", dialects=("documented",)),
    Peer("generated", "generated", "openapi-python-client 0.29.1, default"),
    Peer("structs", "structs", "httpx + msgspec Structs"),
    Peer("aiohttp", "aiohttp_dicts", "aiohttp + json.loads", only="async"),
)

BOTH = ("documented", "observed")

GROUPS = (
    Group("decode", BOTH),
    Group("get", BOTH),
    Group("list", BOTH),
    Group("start", repeats=3),
    Group("memory", rounds=1),
    Group("memory every", rounds=1),
    Group("async"),
    Group("threads"),
)

FIVE, EVERY = "five fields of each read", "every field at every depth read"
_PAGE, _ORDER = "page of 100 orders, bytes to typed objects", "one order, bytes to typed object"
_LIST, _MEMORY = "list pages of 100, end to end", "20,000 orders kept in memory"

TABLE = (
    Row("page", "decode", "cpu", _PAGE, 2.0, 1.0, plotted=True),
    Row("page five", "decode", "cpu", f"{_PAGE}, {FIVE}", 1.0),
    Row("page every", "decode", "cpu", f"{_PAGE}, {EVERY}", 1.0, plotted=True),
    Row("order", "decode", "cpu", _ORDER, 1.0),
    Row("order five", "decode", "cpu", f"{_ORDER}, {FIVE}", 1.0),
    Row("order every", "decode", "cpu", f"{_ORDER}, {EVERY}", 1.0, plotted=True),
    Row("encode", "decode", "cpu", "order back to JSON bytes", 0.6, plotted=True),
    Row("get", "get", "wall", "GET one order, end to end, sequential", 1.15, plotted=True),
    Row("get", "get", "cpu", "GET one order, end to end, sequential, CPU"),
    Row("list", "list", "wall", _LIST, 0.7, plotted=True),
    Row("list", "list", "cpu", f"{_LIST}, CPU"),
    Row("list every", "list", "wall", f"{_LIST}, {EVERY}", 0.7),
    Row("ready", "start", "wall", "import and construct, wall", 1.15, plotted=True),
    Row("ready", "start", "cpu", "import and construct, CPU"),
    Row("first", "start", "wall", "first order in a fresh process, wall", 1.15, plotted=True),
    Row("ready", "start", "modules", "modules loaded after import and construct", 230, is_ratio=False),
    Row("memory", "memory", "growth", f"{_MEMORY}, growth of RSS for each", 1.0, plotted=True),
    Row("memory", "memory", "peak", f"{_MEMORY}, peak RSS"),
    Row("memory every", "memory every", "growth", f"{_MEMORY}, growth of RSS for each, {EVERY}", 1.0),
    Row("async", "async", "cpu", "50 at once, async, CPU per call", 0.85, 0.2, plotted=True),
    Row("async", "async", "wall", "50 at once, async, wall per call"),
    Row("threads", "threads", "cpu", "50 threads, CPU per call"),
    Row("threads", "threads", "wall", "50 threads, wall per call"),
    Row("page", "decode", "cpu", _PAGE, 2.0, 1.0, dialect="observed"),
    Row("page every", "decode", "cpu", f"{_PAGE}, {EVERY}", 1.0, dialect="observed"),
    Row("order every", "decode", "cpu", f"{_ORDER}, {EVERY}", 1.0, dialect="observed"),
    Row("encode", "decode", "cpu", "order back to JSON bytes", 0.6, dialect="observed"),
    Row("get", "get", "wall", "GET one order, end to end, sequential", 1.15, dialect="observed"),
    Row("list", "list", "wall", _LIST, 0.7, dialect="observed"),
)


def group_of(row: str) -> str:
    """The group that measures a row. KeyError if none does."""
    return {each.name: each.group for each in TABLE}[row]
