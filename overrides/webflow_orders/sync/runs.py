"""Runs: they send what is asked for, and hand on what has changed."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from webflow_orders_generated.client import models

from .. import errors
from .._call import arguments
from .conductor import Conductor
from .planning import Plan, Settings, Step, planned, table
from .reading import AskOrder, AskPage, Change
from .state import State, read

if TYPE_CHECKING:
    from .._clients.awaiting import AsyncOrdersClient
    from .._clients.blocking import OrdersClient
    from ..models import Order, OrderV1
    from ..webhooks import OrderEvent

C = TypeVar("C")


class _Run(Generic[C]):
    """A run over a shop: iterate over it once, to its end, and keep its `state` for the next one.

    After an error of a call, such as a lost connection, it may be iterated over again: it goes on with that call.
    """

    def __init__(self, orders: C, conductor: Conductor) -> None:
        self._orders: C = orders
        self._conductor = conductor
        self._work = conductor.conduct()
        self._answer: Any = None
        self._unanswered: AskPage | AskOrder | None = None

    @property
    def state(self) -> dict[str, Any]:
        """For the next run, as JSON can hold it; before the end, one that knows of the changes up to here."""
        return self._conductor.state.to_json()

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was read so far, why, and in how many calls."""
        return tuple(step for step in self._conductor.steps if step.calls)

    @property
    def calls(self) -> int:
        """How many calls were made so far, retries not counted."""
        return self._conductor.calls

    def __str__(self) -> str:
        return f"{table(self.steps)}\n{self.calls} calls" if self.steps else "nothing was read yet"

    def _next(self) -> AskPage | AskOrder | Change | None:
        """What is to be answered, or the next change; None at the end."""
        if self._unanswered is not None:
            return self._unanswered
        answer, self._answer = self._answer, None
        try:
            step = self._work.send(answer)
        except StopIteration:
            return None
        if not isinstance(step, Change):
            self._unanswered = step
        return step

    def _take(self, answer: Any) -> None:
        """The answer has come."""
        self._answer, self._unanswered = answer, None

    def _send(self, ask: AskPage | AskOrder) -> Any:
        """The answer, or what is to be awaited for it."""
        orders: Any = self._orders
        return orders.get(ask.order_id) if isinstance(ask, AskOrder) else orders.list(**ask._asdict())


def _refusals(ask: AskPage | AskOrder) -> suppress:
    """Around a call: what says that there is no such order, or no such status, and so is an answer, None."""
    if isinstance(ask, AskOrder):
        return suppress(errors.NotFoundError)
    return suppress(*([errors.BadRequestError] if ask.status is not None else []))


class Run(_Run["OrdersClient"]):
    __doc__ = _Run.__doc__

    def __iter__(self) -> Iterator[Change]:
        while (step := self._next()) is not None:
            if isinstance(step, Change):
                yield step
            else:
                answer: Any = None
                with _refusals(step):
                    answer = self._send(step)
                self._take(answer)


class AsyncRun(_Run["AsyncOrdersClient"]):
    __doc__ = _Run.__doc__

    async def __aiter__(self) -> AsyncIterator[Change]:
        while (step := self._next()) is not None:
            if isinstance(step, Change):
                yield step
            else:
                answer: Any = None
                with _refusals(step):
                    answer = await self._send(step)
                self._take(answer)


@overload
def changes(
    orders: OrdersClient,
    state: Mapping[str, Any] | str | bytes | None = None,
    *,
    events: Iterable[OrderEvent | Order | OrderV1] = (),
    sweep_days: float | None = 30.0,
    sliced: bool = True,
    lag: float = 600.0,
    page_size: int = 100,
    now: Callable[[], float] = time.time,
) -> Run: ...
@overload
def changes(
    orders: AsyncOrdersClient,
    state: Mapping[str, Any] | str | bytes | None = None,
    *,
    events: Iterable[OrderEvent | Order | OrderV1] = (),
    sweep_days: float | None = 30.0,
    sliced: bool = True,
    lag: float = 600.0,
    page_size: int = 100,
    now: Callable[[], float] = time.time,
) -> AsyncRun: ...
def changes(
    orders: Any,
    state: Mapping[str, Any] | str | bytes | None = None,
    *,
    events: Iterable[OrderEvent | Order | OrderV1] = (),
    sweep_days: float | None = 30.0,
    sliced: bool = True,
    lag: float = 600.0,
    page_size: int = 100,
    now: Callable[[], float] = time.time,
) -> Run | AsyncRun:
    """A run over the orders of a shop: iterate over it for what is new, different or gone since `state`.

    Args:
        orders: a client of the shop, blocking or awaiting.
        state: what the last run left in its `state`, as a dict or as JSON; None reads every order.
        events: what a webhook receiver was told since the last run, in that order; or the orders of it.
        sweep_days: within how many days each order is read, changed or not; None never does.
        sliced: whether that is done a little in each run; if not, one run in so many days reads every order.
        lag: seconds that the server's lists may be behind, and that its clock and ours may differ. What was
            accepted so long before the newest known order is read again, and a run so short after the last one looks
            up by id what a list shows to differ.
        page_size: how many orders to ask for at a time, 2 to 100.
        now: the time, in seconds since the epoch.

    Raises StateError (a ValueError) for a state that cannot be used, before anything is sent; then what `list` and
    `get` raise, and the state is as it was.
    """
    site_id = arguments.site_id(orders.site_id)
    settings = Settings(sweep_days=sweep_days, sliced=sliced, lag=lag, page_size=page_size).checked()
    told: list[Any] = [getattr(event, "order", event) for event in events]
    if odd := [each for each in told if not isinstance(each, models.Order | models.OrderV1)]:
        raise TypeError(f"events must be orders, or events about one; one is of type {type(odd[0]).__name__}")
    known = State(site_id=site_id) if state is None else read(state, site_id)
    conductor = Conductor(known, settings, told, now)
    kind = AsyncRun if inspect.iscoroutinefunction(orders.list) else Run
    return kind(orders, conductor)


def plan(
    state: Mapping[str, Any] | str | bytes | None = None,
    *,
    counts: Mapping[str, int] | None = None,
    per_minute: float = 60,
    sweep_days: float | None = 30.0,
    sliced: bool = True,
    lag: float = 600.0,
    page_size: int = 100,
    now: Callable[[], float] = time.time,
) -> Plan:
    """What the next run will read, why, in how many calls and hours; nothing is sent.

    Args:
        state: what the last run left, or None before the first.
        counts: how many orders there are in each status, where that is not what the state says; with no state, of a
            shop that is read for the first time.
        per_minute: how many calls the token has a minute.
        sweep_days, sliced, lag, page_size, now: as for `changes`.

    A plan foresees no deleted order, and that between two runs about as many are placed, and move on, as are open.
    A run may take less, or more.
    """
    settings = Settings(sweep_days=sweep_days, sliced=sliced, lag=lag, page_size=page_size).checked()
    arguments.seconds(per_minute, "per_minute", "calls")
    if state is None:
        return planned(State(site_id=""), settings, now(), counts or {}, per_minute)
    return planned(read(state), settings, now(), counts, per_minute)
