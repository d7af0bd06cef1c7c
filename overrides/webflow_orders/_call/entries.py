"""The entries of the write journal, as they are read: what is unsettled, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from .. import errors
from .._common.processes import birth_of, is_alive
from . import arguments
from .operation import Postcondition, noun_of

if TYPE_CHECKING:
    from webflow_orders_generated.client import models

UNDER_WAY = "under way"
ANSWERED = "answered: it was done"
# The numbers of the writes whose calls are running in this process.
running: set[int] = set()


class UnsettledWrite(NamedTuple):
    """A write whose outcome is not known.

    Attributes:
        id: its number in the journal.
        site_id, target: what it was for: the id of an order or a webhook. A webhook that was to be made has no id,
            but a trigger and a digest of the address.
        operation: such as `refund-order`.
        attempted: what it would have made true, in words; not the text of a note.
        expected: the same for a look; of a text only a keyed hash.
        since: when it was noted, just before it was sent; an aware datetime.
        ended: how the call ended, such as "KeyboardInterrupt" or "ServerError 502"; "under way" if it has not, or if
            its process died; "answered: it was done" if its process died before it surely told anyone so.
        process: the id of the process that sent it.
        born: when that process began, for its id may be another one's by now; empty where that cannot be known.
        unreadable: which row of which file cannot be read, and why; empty if it can. What it would have made true is
            not known then, nor since when (the epoch): it stays unsettled until somebody takes the row out.
    """

    id: int
    site_id: str
    target: str
    operation: str
    attempted: str
    expected: str
    since: datetime
    ended: str
    process: int
    born: str
    unreadable: str = ""

    @property
    def is_under_way(self) -> bool:
        """Whether the call that made it may still be running, in this process or in another one that lives."""
        if self.unreadable:
            return False
        if self.process == os.getpid() and self.born == birth_of(self.process):
            return self.id in running
        return self.ended == UNDER_WAY and is_alive(self.process, self.born)

    @property
    def order_id(self) -> str:
        """The order that it was for; empty if it was for none."""
        return self.target if noun_of(self.operation) == "order" else ""

    @property
    def postcondition(self) -> Postcondition:
        """Raises OSError if its row cannot be read."""
        if self.unreadable:
            raise OSError(self.unreadable)
        return Postcondition.from_json(self.expected, self.attempted)

    def holds(self, seen: Any) -> bool:
        """Whether it is known to have been done, or a look shows what it would have made true.

        Raises OSError if its row cannot be read.
        """
        postcondition = self.postcondition
        return self.ended == ANSWERED or any(True for _ in postcondition.results(seen))

    @property
    def unseen(self) -> tuple[str, ...]:
        """What a look cannot tell, such as whether an e-mail went out; nothing if it was answered."""
        if self.unreadable:
            return (self.unreadable,)
        return () if self.ended == ANSWERED else self.postcondition.unseen

    def __str__(self) -> str:
        what = f"{self.operation} of {noun_of(self.operation)} {self.target}"
        return f"{what} ({self.unreadable or f'{self.ended}, since {self.since:%Y-%m-%d %H:%M:%S} UTC'})"


class Settlement(NamedTuple):
    """What `settle` found of a write.

    Attributes:
        write: the write.
        became: "done" if a look shows it; "open" if it does not so far, or cannot be made (`error`); "given up" if
            it was open for as long as was asked. What is open stays unsettled.
        order: the order as it was seen, or None; always None if it was for a webhook.
        error: why it could not be read, or None.
    """

    write: UnsettledWrite
    became: Literal["done", "open", "given up"]
    order: models.Order | None = None
    error: errors.WebflowOrdersError | None = None


def judged(
    write: UnsettledWrite, seen: Any, error: errors.WebflowOrdersError | None, give_up_after: float | None
) -> Settlement:
    """What a look says of a write."""
    if write.unreadable:
        call = errors.Call(write.operation, "settle", write.target)
        error = errors.JournalUnavailableError(write.unreadable, call=call)
    became: Literal["done", "open", "given up"] = "open"
    if error is None and write.holds(seen):
        became = "done"
    elif error is None and give_up_after is not None:
        age = (datetime.now(UTC) - write.since).total_seconds()
        became = "given up" if age >= give_up_after else "open"
    return Settlement(write, became, seen if write.order_id else None, error)


def read(row: Sequence[Any], path: Path | None) -> UnsettledWrite:
    """A write, of its row. One that cannot be read is there, too: it must be neither forgotten nor settled."""
    try:
        return _checked(UnsettledWrite(*row))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        why = errors.one_line(f"{type(error).__name__}: {error}", 80)
        unreadable = f"row {row[0]} of the journal {path or 'in memory'} cannot be read ({why})"
        shown: Any = (each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in row)
        return UnsettledWrite(*shown)._replace(since=datetime.fromtimestamp(0, UTC), unreadable=unreadable)


def _checked(write: UnsettledWrite) -> UnsettledWrite:
    """The write, with its time, which is text so far. Raises what is wrong with it."""
    write = write._replace(since=datetime.fromisoformat(cast(str, write.since)))
    expects = Postcondition.from_json(write.expected, write.attempted)
    texts = [write.site_id, write.target, write.operation, write.attempted, write.ended, write.born]
    texts += [expects.salt, *expects.texts, *expects.texts.values(), *expects.unseen, *(expects.known or ())]
    if not all(isinstance(each, str) for each in (*texts, "" if expects.status is None else expects.status)):
        raise TypeError("what should be text is not")
    if write.since.tzinfo is None or not (isinstance(write.process, int) and 0 < write.process < 2**31):
        raise ValueError("its time or its process cannot be")
    if expects.kind not in ("changed", "made", "gone") or not isinstance(expects.known, list | None):
        raise ValueError("what a look is to show cannot be")
    arguments.site_id(write.site_id)
    if expects.kind != "made":
        (arguments.webhook_id if expects.kind == "gone" else arguments.order_id)(write.target)
    if expects.kind != "gone" and expects.status is None and not expects.texts:
        raise ValueError("it does not say what a look is to show")
    return write


def text_of(data: bytes) -> str | bytes:
    """Text of SQLite; as bytes if it is none, so that its row can be told from others."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
