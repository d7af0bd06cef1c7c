"""What the handler of a signal raises, say the time limit of a job: told from what a library raises by its frame."""

from __future__ import annotations

import functools
import signal
import traceback
from typing import Any


class Interrupted(BaseException):
    """A handler raised `error`. It must pass, like any interrupt, and is no failure of whatever it interrupted."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def interruption(error: BaseException) -> Interrupted | None:
    """If a handler raised it, or what a library made it of."""
    codes = {_code(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    cause: BaseException | None = error
    seen: set[int] = set()  # Some are their own context.
    while isinstance(cause, Exception) and id(cause) not in seen:
        seen.add(id(cause))
        if any(frame.f_code in codes for frame, _ in traceback.walk_tb(cause.__traceback__)):
            return Interrupted(cause)
        cause = cause.__cause__ or cause.__context__
    return None


def raised(error: BaseException) -> BaseException:
    """What was raised: by the handler, if it was one."""
    return error.error if isinstance(error, Interrupted) else error


def _code(handler: Any) -> Any:
    while isinstance(handler, functools.partial):
        handler = handler.func
    if not callable(handler):
        return None  # The default, or none of Python's.
    return getattr(handler, "__code__", None) or getattr(type(handler).__call__, "__code__", None)
