"""Checks of arguments that every room makes."""

from __future__ import annotations

from typing import Any


def bounded(name: str, value: Any, least: int, most: int, kind: type[Any] = int) -> Any:
    """The value, if it is a number of this kind within these bounds. Raises ValueError."""
    is_number = isinstance(value, int | kind) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        what = "an integer" if kind is int else "a number"
        raise ValueError(f"{name} must be {what} from {least} to {most}, not {value!r:.20}")
    return value
