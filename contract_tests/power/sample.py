"""In which order much is measured, so that wherever one stops it is an even sample; and of which sources."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
HERE = Path(__file__).parent


def evenly(items: Sequence[T], stride: int) -> list[T]:
    """Each of them once: every `stride`th, then what makes it every second of these strides, and so on to all."""
    numbers = range(len(items))
    strides = [numbers[:: stride >> power] for power in range(stride.bit_length())]
    return [items[number] for number in dict.fromkeys(number for each in strides for number in each)]


def commit() -> str:
    """Of the sources as they are; with a + if something but what is measured differs from it."""

    def git(*words: str | Path) -> str:
        done = subprocess.run(["git", *words], cwd=HERE, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":!*.csv", ":!RESULTS.md")
    return git("describe", "--always", "--exclude=*") + ("+" if changed else "")


def told(commits: Iterable[str]) -> str:
    """How much was measured at which of them."""
    return ", ".join(f"`{each}` ({number})" for each, number in Counter(commits).items())
