"""What several rooms need: numbers that are checked, and a queue of trouble to order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar


def bounded(name: str, value: Any, least: int, most: int, kind: type[Any] = int) -> Any:
    """The value, if it is a number of this kind within these bounds. Raises ValueError."""
    is_number = isinstance(value, int | kind) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        what = "an integer" if kind is int else "a number"
        raise ValueError(f"{name} must be {what} from {least} to {most}, not {value!r:.20}")
    return value


@dataclass(slots=True, kw_only=True)
class Fault:
    """What strikes `left` times: a certain operation or trigger, or any, about a certain order, or any."""

    left: int
    what: str | None = None
    order_id: str | None = None

    def strikes(self, what: str | None, order_id: str | None) -> bool:
        return self.what in (None, what) and self.order_id in (None, order_id)


F = TypeVar("F", bound=Fault)


class FaultQueue(Generic[F]):
    """First in, first out: each fault strikes as often as it has `left`."""

    def __init__(self) -> None:
        self._queue: list[F] = []

    def __len__(self) -> int:
        """How many are still to be struck."""
        return sum(fault.left for fault in self._queue)

    def next(self, what: str | None, order_id: str | None) -> F | None:
        """What this one runs into: a request for an operation, or a delivery of a trigger."""
        fault = next((each for each in self._queue if each.strikes(what, order_id)), None)
        if fault is not None:
            fault.left -= 1
            if not fault.left:
                self._queue.remove(fault)
        return fault

    def clear(self) -> None:
        self._queue.clear()
