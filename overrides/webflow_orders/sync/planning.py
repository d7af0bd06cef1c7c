"""What a run will read, and why: worked out before it begins, from the state alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Self

import attrs
from webflow_orders_generated.client import models

from .._call import arguments
from .._call.resources import LARGEST_PAGE
from .state import State

DAY: float = 86_400.0
OPEN: tuple[str, ...] = ("pending", "unfulfilled", "disputed")
LISTED: tuple[str, ...] = tuple(str(status) for status in models.OrderStatus)


@attrs.frozen(kw_only=True)
class Settings:
    """How a run reads; checked."""

    sweep_days: float | None = 30.0
    sliced: bool = True
    lag: float = 600.0
    page_size: int = LARGEST_PAGE

    def checked(self) -> Self:
        if self.sweep_days is not None:
            arguments.seconds(self.sweep_days, "sweep_days", "days")
        arguments.flag(self.sliced, "sliced")
        if self.lag != 0:
            arguments.seconds(self.lag, "lag")
        arguments.integer(self.page_size, "page_size", 2, LARGEST_PAGE)
        return self

    def pages(self, orders: int) -> int:
        """How many pages hold so many orders, where each shows the last of the one before again."""
        return max(1, math.ceil((orders - 1) / (self.page_size - 1)))

    def due(self, state: State, now: float) -> float:
        """How much of the sweep that is under way should be done by now, 0 to 1."""
        if not self.sliced or self.sweep_days is None:
            return 0.0
        return min(1.0, max(0.0, (now - state.sweep_began) / (self.sweep_days * DAY)))


@attrs.define
class Step:
    """A part of a run: what is read, why, and in how many calls."""

    what: str
    why: str
    calls: int = 0


@attrs.frozen
class Plan:
    """What a run will do.

    Attributes:
        steps: each with its reason and its calls.
        per_minute: how many calls the token has a minute.
    """

    steps: tuple[Step, ...]
    per_minute: float

    @property
    def calls(self) -> int:
        return sum(step.calls for step in self.steps)

    @property
    def hours(self) -> float:
        return self.calls / self.per_minute / 60

    def __str__(self) -> str:
        return (
            f"{table(self.steps)}\n{self.calls} calls, {self.hours:.2f} hours at {self.per_minute:g} a minute"
        )


def table(steps: tuple[Step, ...]) -> str:
    width = max(len(step.what) for step in steps)
    return "\n".join(f"{step.what:{width}}  {step.calls:6}  {step.why}" for step in steps)


def bulk_of(counts: Mapping[str, int]) -> str:
    """The status that has the most orders: the one that is not read."""
    return max(LISTED, key=lambda status: counts.get(status, 0))


def reason(status: str) -> str:
    if status in OPEN:
        return "open: any of it may change"
    return "closed, and not the longest: whoever came to it is found there"


def why_all(state: State, settings: Settings, now: float, counts: Mapping[str, int]) -> str | None:
    """Why every order has to be read, if it has to."""
    if not state.swept:
        return "no full read has come to its end yet"
    if state.direction == "none":
        return "the list was in no order by which new orders could be found"
    days = settings.sweep_days
    if days is not None and not settings.sliced and now - state.swept >= days * DAY:
        return f"the last time is {days:g} days ago"
    if sum(step.calls for step in parts(state, settings, now, counts)) >= settings.pages(
        sum(counts.values())
    ):
        return "it takes no more calls than to look for what has changed"
    return None


def parts(state: State, settings: Settings, now: float, counts: Mapping[str, int]) -> list[Step]:
    """The steps of a run that does not read every order, as far as they can be foreseen."""
    bulk = bulk_of(counts)
    # As many as are open: about so many are placed between two runs, and so many leave what they were.
    moving = settings.pages(sum(counts.get(status, 0) for status in OPEN if status != bulk))
    steps = [Step("the newest orders", f"back to the newest one known, less {settings.lag:g} s", moving)]
    for status in LISTED:
        if status != bulk:
            steps.append(Step(status, reason(status), settings.pages(counts.get(status, 0))))
    steps.append(Step(f"parts of {bulk}", "where those should be that left their status; its total", moving))
    ahead = settings.due(state, now) - sweep_done(state, bulk)
    if ahead > 0:
        pages = math.ceil(ahead * settings.pages(counts.get(bulk, 0)))
        steps.append(
            Step(f"a slice of {bulk}", f"each of it is read every {settings.sweep_days:g} days", pages)
        )
    return steps


def sweep_done(state: State, bulk: str) -> float:
    """How much of the longest status the sweep has come to, 0 to 1."""
    if not state.sweep_at:
        return 0.0
    done = whole = 0
    for key, known in state.orders.items():
        whole += known.status == bulk
        if key == state.sweep_at:
            done = whole
    return done / whole if whole else 0.0


def planned(
    state: State, settings: Settings, now: float, counts: Mapping[str, int] | None, per_minute: float
) -> Plan:
    counts = Counter(known.status for known in state.orders.values()) if counts is None else counts
    if (why := why_all(state, settings, now, counts)) is not None:
        return Plan((Step("every order", why, settings.pages(sum(counts.values()))),), per_minute)
    return Plan(tuple(parts(state, settings, now, counts)), per_minute)
