"""What is printed, and where: results on stdout, all else on stderr. No text that somebody else wrote is obeyed."""

from __future__ import annotations

import csv
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from webflow_orders import Price
from webflow_orders.errors import one_line

LONGEST = 2000
NARROWEST = 20
WORD = 10
# What makes a cell a formula: at its beginning, or at that of a cell that another separator would make of its rest.
_FORMULA = re.compile(r'(^|[;\t\r\n])(["\s]*)(?=[=+\-@＝＋－＠])')
# What might be a token: no id is as long, and the long numbers of parcels have digits alone.
_TOKEN = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{25,}", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class UsageError(Exception):
    """The command line, or a file that it names, cannot be right. Nothing was sent."""


class NotDone(Exception):
    """What was asked for was not done, and why."""


class _Console(Console):
    """Leaves it to the command what a stdout that takes no more ends. A stderr that takes no more ends nothing."""

    def on_broken_pipe(self) -> None:
        raise

    def print(self, *objects: Any, **options: Any) -> None:
        try:
            super().print(*objects, **options)
        except OSError:
            if not self.stderr:
                raise
            silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Let what is written there go nowhere, at exit too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@cache
def _console(is_stderr: bool, is_terminal: bool) -> Console:
    # Neither markup nor emoji: `[red]` in a customer's name is a part of it. What is piped on has no width.
    console = _Console(
        stderr=is_stderr, markup=False, emoji=False, highlight=False, width=None if is_terminal else LONGEST
    )
    if console.width < NARROWEST:  # Such as 0, where the width is not known.
        console.width = NARROWEST
    return console


def err() -> Console:
    return _console(True, sys.stderr.isatty())


def _out() -> Console:
    return _console(False, sys.stdout.isatty())


def is_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def safe(text: object) -> str:
    """Somebody else's text on one line, without anything that a terminal would obey."""
    return "" if text is None else one_line(str(text), LONGEST)


def say(text: object) -> None:
    """Tell whoever sits there: on stderr. A token in the wrong place is not shown whole."""
    err().print(_TOKEN.sub(lambda found: f"{found[0][:4]}…", safe(text)), soft_wrap=True)


def ask(question: str) -> str:
    """What is typed at the terminal."""
    err().print(safe(question), end=" ", soft_wrap=True)
    try:
        return input().strip()
    except EOFError:
        err().print()
        return ""


def confirmed(question: str) -> bool:
    return ask(f"{question} [y/N]").lower() in ("y", "yes")


@contextmanager
def told(*sentences: str) -> Iterator[None]:
    """Around the printing of what was done. Where that cannot be written it is said, for it was done all the same."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        silence(sys.stdout)
        for sentence in (*sentences, f"That could not be written to the output: {error.strerror}."):
            say(sentence)


def print_json(value: Mapping[str, Any]) -> None:
    """One object a line on stdout, in ASCII: nothing in it can write to a terminal."""
    sys.stdout.write(json.dumps(value, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()


def cell(value: object) -> str:
    """A value that a spreadsheet shows and does not run."""
    text = safe(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1\2'", text)


class Csv:
    """A table for a spreadsheet, on stdout."""

    def __init__(self, *columns: str) -> None:
        self._writer = csv.writer(sys.stdout, lineterminator="\n")
        self._writer.writerow(columns)

    def row(self, *values: object) -> None:
        self._writer.writerow([cell(value) for value in values])


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    on: Console | None = None,
) -> None:
    """A table for people: numbers to the `right`, and what must be copied `whole`. Piped on, it has no width.

    Where a terminal is too narrow for it, a line for each field, and an empty one after each row.
    """
    console = on or _out()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    texts = [[*map(safe, row)] for row in rows]
    needed = 0
    for at, name in enumerate(columns):
        side: Literal["left", "right"] = "right" if name in right else "left"
        longest = max(cell_len(text) for text in (name, *(row[at] for row in texts)))
        # In a narrow terminal a column is folded, at words of the usual length.
        least = longest if name in whole else min(WORD, longest)
        table.add_column(name, justify=side, overflow="fold", no_wrap=name in whole, min_width=least)
        needed += least + 2  # rich counts a blank after the last one too.
    if needed > console.width:
        for row in texts:
            print_pairs(zip(columns, row, strict=True), on=console)
            console.print()
        return
    for row in texts:
        table.add_row(*row)
    console.print(table)


def print_pairs(pairs: Iterable[tuple[str, object]], *, on: Console | None = None) -> None:
    """What there is to say about one thing, a line each; what it does not have is left out."""
    table = Table.grid(padding=(0, 2))
    for _ in range(2):
        table.add_column(overflow="fold")
    for name, value in pairs:
        if (text := safe(value)) != "":
            table.add_row(safe(name), text)
    (on or _out()).print(table)


def money(price: Price | None) -> str:
    """An amount; with a question mark where its point may be in the wrong place."""
    if price is None:
        return ""
    return f"{price}{'' if price.is_scale_certain or price.amount is None else ' ?'}"


def explain_money(prices: Iterable[Price | None]) -> None:
    """What the question marks of `money` mean."""
    doubtful = {
        price.unit for price in prices if price is not None and price.unit and not price.is_scale_certain
    }
    for unit in sorted(doubtful):
        say(
            f"? Nobody has shown how Webflow counts {unit}: the digits are exact, the place of the point is assumed."
        )


def moment(value: datetime | None) -> str:
    """A time as the clock on the wall has it; at the ends of the calendar, as it was sent."""
    if value is None:
        return ""
    try:
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    except (OverflowError, OSError):  # OSError on Windows.
        return value.isoformat(" ", "minutes")


class Teller(logging.Handler):
    """Tells what the client logs: that it waits, that it looks."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())
