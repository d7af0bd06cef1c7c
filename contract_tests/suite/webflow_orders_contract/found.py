"""What came of holding a server against the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

# Something that was done to the server, and with what.
Step = tuple[Callable[[Any], object], Any]


class Disagreement(AssertionError):
    """The server's answer is not the model's."""


@dataclass(frozen=True)
class Failed:
    """A sequence whose last step was answered otherwise than was due, and what was sent and came."""

    steps: list[Step]
    complaint: str
    requests: list[httpx.Request]
    answer: str


@dataclass(frozen=True, kw_only=True)
class ModelResult:
    """`complaint` is empty if every answer was the model's; otherwise `curl` is the shortest way to the other one.

    `steps` is how many of them the sequences had, in all; `compared` how many answers of which operation were held
    against the model's. `seed` is the one that was used, also where none was given.
    """

    sequences: int
    requests: int
    seconds: float
    steps: int = 0
    compared: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    complaint: str = ""
    curl: list[str] = field(default_factory=list)
    answer: str = ""

    @property
    def ok(self) -> bool:
        return not self.complaint
