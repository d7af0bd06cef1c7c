"""One cause is one failure, however many operations, fields and clients show it."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..gateway.exchange import Failure


@dataclass(frozen=True)
class Cause:
    """What is wrong, as the first failure that shows it tells; `where` it was seen, and how often.

    `curl` is how one comes to see it, from a fresh start if the server can make one; `about` says so.
    """

    what: str
    message: str
    where: Mapping[str, int]
    pointers: Sequence[str]
    curl: Sequence[str]
    answer: str
    about: str

    @property
    def title(self) -> str:
        return self.message.strip().split("\n")[0]

    @property
    def more(self) -> str:
        """The message without its first line."""
        return self.message.strip().partition("\n")[2]

    @property
    def places(self) -> str:
        """Every operation or part where it was seen, the most often first."""
        often = sorted(self.where.items(), key=lambda each: -each[1])
        shown = ", ".join(f"{name} ({times} times)" if times > 1 else name for name, times in often)
        at = f"; at {', '.join(self.pointers)}" if len(self.pointers) > 1 else ""
        return f"{shown}{at}"


def causes(failures: Iterable[Failure], reset: str | None) -> list[Cause]:
    groups: dict[tuple[str, ...], list[Failure]] = {}
    for each in failures:
        groups.setdefault(each.cause, []).append(each)
    return [_cause(group, reset) for group in groups.values()]


def _cause(group: Sequence[Failure], reset: str | None) -> Cause:
    where: Counter[str] = Counter()
    for each in group:
        where[each.where] += each.times
    # The fewer requests, the sooner it is understood.
    shown = min(group, key=lambda each: (not each.curl, len(each.curl)))
    writes = any(re.search(r" -X |--data", line) for line in shown.curl)
    curl, about = list(shown.curl), "The request"
    if len(curl) > 1:
        about = "The request, after those that led to it"
    if writes and reset is not None:
        curl.insert(0, f"curl -sS -X POST {shlex.quote(reset)}")
        about += "; the first has the server start over"
    pointers = list(dict.fromkeys(each.pointer for each in group if each.pointer))
    return Cause(shown.what, shown.message, dict(where), pointers, curl, shown.answer, about)
