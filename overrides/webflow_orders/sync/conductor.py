"""Conducts a run: what is to be read next, and what of it is a change. It sends nothing itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import attrs
from webflow_orders_generated.client import models

from .._call import arguments
from .planning import LISTED, Settings, bulk_of, reason, why_all
from .reading import (
    AskOrder,
    AskPage,
    Change,
    Kind,
    Order,
    ReadAll,
    Reader,
    Work,
    course,
    name_of,
    starts,
    time_of,
)
from .state import Direction, Known, State


def _can_be_asked_for(key: str) -> bool:
    return arguments.ORDER_ID.fullmatch(key) is not None


class Conductor(Reader):
    """One run over a shop."""

    def __init__(
        self,
        state: State,
        settings: Settings,
        events: Iterable[models.Order | models.OrderV1],
        now: Callable[[], float],
    ) -> None:
        super().__init__(settings, settings.pages(len(state.orders)))
        self._old, self._now = state, now
        self._events = {name_of(order): order for order in events}
        self._counts = Counter(known.status for known in state.orders.values())
        self._bulk = bulk_of(self._counts)
        self._new: State | None = None
        self._given: dict[str, Known | None] = {}
        self._began = now()
        # A list may still show what was before the last run, and so may not be believed where it differs.
        self._in_doubt = self._began - state.ended < settings.lag
        self._looked: dict[str, Order | None] = {}
        self._sweep_at, self._sweep_is_done = state.sweep_at, False
        self._clear()

    def _clear(self) -> None:
        self._seen: dict[str, Known] = {}
        self._fresh: dict[str, Order] = {}
        self._gone: set[str] = set()
        self._newest = self._old.watermark

    @property
    def state(self) -> State:
        """For the next run. Before the end: the old one, with what was given out so far."""
        if self._new is not None:
            return self._new
        orders = {key: known for key, known in (self._old.orders | self._given).items() if known is not None}
        if self._old.direction == "newest first":
            orders = {key: orders[key] for key in orders if key not in self._old.orders} | orders
        return attrs.evolve(self._old, orders=orders, ended=self._now())

    def conduct(self) -> Work:
        why = why_all(self._old, self._settings, self._began, self._counts)
        if why is None:
            try:
                yield from self._look_for_changes()
            except ReadAll as error:
                why = str(error)
        if why is not None:
            yield from self._read_all(why)
        else:
            yield from self._report()

    # ------------------------------------------------------------------ what has changed

    def _look_for_changes(self) -> Work:
        """Read all statuses but the longest. Whoever left that is in another; whoever is nowhere is looked for."""
        before: tuple[object, ...] = ()
        for is_again in (False, True):
            self._clear()
            total = yield from self._head()
            newest = set() if is_again else self._seen.keys() - self._looked.keys()
            for status in LISTED:
                if status != self._bulk:
                    self.step(status, reason(status))
                    yield from self._read_status(status, newest)
            bulk_total = yield from self._look_for_those_that_left()
            off = (total - self._total() - self._old.gap, bulk_total - self._total(self._bulk))
            if off[0] == 0 and 0 <= off[1] <= self._old.gap:
                break
            if before == (off, self._seen):
                raise ReadAll("the totals say that an order is deleted, or where no order was looked for")
            before = off, self._seen
        yield from self._sweep()
        self.step("single orders", "an event says that they changed")
        yield from self._look_up(
            [key for key in self._events if key not in self._seen and self._is_news(key)]
        )
        if self._in_doubt:
            self.step("single orders", "the last run is so short ago that a list may be older")
            yield from self._look_up([key for key in self._fresh if key in self._old.orders])

    def _head(self) -> Generator[AskPage | AskOrder | Change, Any, int]:
        old, size = self._old, self._settings.page_size
        edge = -math.inf if old.watermark is None else old.watermark - self._settings.lag

        def is_old(order: Order) -> bool:
            accepted = time_of(order)
            return name_of(order) in old.orders and accepted is not None and accepted < edge

        def take(orders: Sequence[Order]) -> Iterable[AskPage | AskOrder | Change]:
            rises, falls = course(orders, self._settings.lag)
            if (rises, falls)[old.direction == "oldest first"]:
                raise ReadAll(f"the list is no longer {old.direction}")
            times.extend(at for at in map(time_of, orders) if at is not None)
            return self._note_all(orders)

        times: list[float] = []
        self.step("the newest orders", f"back to the newest one known, less {self._settings.lag:g} s")
        if old.direction == "newest first":
            walked = yield from self.walk(None, take=take, enough=lambda orders: is_old(orders[-1]))
        else:
            start = max(0, len(old.orders) + old.gap - size // 4)
            walked = yield from self.walk(None, start, joins=is_old, take=take)
        if walked.total is None:
            raise ReadAll("the server does not say how many orders there are")
        self._newest = max(times, default=old.watermark)
        yield from self._look_for_those_passed_over(min(times, default=math.inf))
        return walked.total

    def _look_for_those_passed_over(self, oldest: float) -> Work:
        """Known orders that should be among the newest: deleted, or the list is in another order than it was."""
        keys = list(self._old.orders)
        if self._old.direction == "oldest first":
            keys.reverse()
        deepest = max((at for at, key in enumerate(keys) if key in self._seen), default=-1)
        missing = [key for key in keys[:deepest] if key not in self._seen]
        self.step("single orders", "they should be among the newest")
        if len(missing) > self._settings.page_size:
            raise ReadAll(f"the list is no longer {self._old.direction}")
        yield from self._look_up(missing)
        for key in missing:
            order = self._looked.get(key)
            accepted = time_of(order) if order else None
            if accepted is not None and accepted > oldest + self._settings.lag and not self._in_doubt:
                raise ReadAll(f"the list is no longer {self._old.direction}")

    def _read_status(self, status: str, newest: set[str]) -> Work:
        """All of a status, but for what the newest orders have shown of it: it is sorted as they are."""
        shown = {key for key in newest if self._seen[key].status == status}
        if self._old.direction == "newest first":
            start = max(0, len(shown) - 1)
            yield from self.walk(
                status, start, take=self._note_all, joins=lambda order: name_of(order) in shown
            )
        else:
            yield from self.walk(
                status, take=self._note_all, enough=lambda orders: name_of(orders[-1]) in shown
            )

    def _look_for_those_that_left(self) -> Generator[AskPage | AskOrder | Change, Any, int]:
        left = {
            key: known for key, known in self._old.orders.items()
            if known.status != self._bulk and key not in self._seen
        }  # fmt: skip
        for key in left.keys() & self._events.keys():
            if isinstance(event := self._events[key], Order) and self._is_current(event):
                self._note(event)
        self.step(f"parts of {self._bulk}", "where those should be that left their status; its total")
        place = {key: at for at, key in enumerate(self._bulk_list(left))}
        wanted = sorted(place[key] for key in left if key in place and key not in self._seen)
        total = None
        for start in starts(wanted, self._settings.page_size):
            page = yield from self.page(self._bulk, start)
            self._note_all(page.readable())
            total = page.total
        if total is None:
            total = (yield from self.page(self._bulk, 0, 1)).total or 0
        self.step("single orders", "those that were not where they should be")
        yield from self._look_up([key for key in left if key not in self._seen])
        return total

    def _is_current(self, order: Order) -> bool:
        """Whether an event shows an order that was not fulfilled at the last run as it has become since."""
        if order.status != self._bulk or order.status != "fulfilled" or order.fulfilled_on is None:
            return False
        return order.fulfilled_on.timestamp() >= self._old.ended + self._settings.lag

    def _look_up(self, keys: Sequence[str]) -> Work:
        count = sum(key not in self._looked for key in keys)
        if count > self.all_pages:
            raise ReadAll(f"that takes fewer calls than to look for {count} orders one by one")
        for key in filter(_can_be_asked_for, keys):
            order = yield from self._ask(key)
            if order is not None:
                self._note(order)
            elif key not in self._seen:
                self._gone.add(key)
            else:  # A list still showed it, as it may have been before the last run.
                self._fresh.pop(key, None)
                self._seen[key] = self._old.orders[key]

    def _ask(self, key: str) -> Generator[AskPage | AskOrder | Change, Any, Order | None]:
        if key not in self._looked:
            self._looked[key] = yield AskOrder(key)
            self.steps[-1].calls += 1
        return self._looked[key]

    def _sweep(self) -> Work:
        """The longest status, bit by bit."""
        due = self._settings.due(self._old, self._began)
        places = list(self._bulk_list())
        rank = {key: at for at, key in enumerate(places)}
        done, last = self._swept_to(rank), math.ceil(due * len(places))
        if done >= last:
            return
        self.step(f"a slice of {self._bulk}", f"each of it is read every {self._settings.sweep_days} days")
        start, shown = max(0, done - 1), [0]

        def take(orders: Sequence[Order]) -> Iterable[AskPage | AskOrder | Change]:
            shown.extend(rank[key] for key in map(name_of, orders) if key in rank)
            return self._note_all(orders)

        walked = yield from self.walk(
            self._bulk,
            start,
            take=take,
            joins=lambda order: rank.get(name_of(order), math.inf) <= start,
            enough=lambda orders: max(shown) + 1 >= last,
        )
        end = len(places) if walked.ended else max(shown) + 1
        yield from self._look_up([key for key in places[start:end] if key not in self._seen])
        self._sweep_at, self._sweep_is_done = places[end - 1], end == len(places)

    def _swept_to(self, rank: dict[str, int]) -> int:
        """How many of the longest status come up to where the sweep is."""
        done = 0
        for key in self._old.orders if self._old.sweep_at in self._old.orders else ():
            done = rank[key] + 1 if key in rank else done
            if key == self._old.sweep_at:
                break
        return done

    def _is_news(self, key: str) -> bool:
        return key not in self._gone and Known.of(self._events[key]) != self._old.orders.get(key)

    def _report(self) -> Work:
        began, old = self._began, self._old
        for key, order in self._fresh.items():
            yield self._change(key, order, self._seen[key])
        for key in self._gone & old.orders.keys():
            yield self._change(key)
        orders = {key: self._seen.get(key) or old.orders[key] for key in self._list()}
        at = self._sweep_at
        if at and at not in orders:  # Deleted: the one before it stands for it.
            ahead = list(old.orders)[: list(old.orders).index(at)]
            at = next((key for key in reversed(ahead) if key in orders), "")
        done = self._sweep_is_done
        self._new = attrs.evolve(
            old,
            orders=orders,
            watermark=None if self._newest is None else min(self._newest, began),
            began=began,
            ended=self._now(),
            swept=old.sweep_began if done else old.swept,
            sweep_began=began if done else old.sweep_began,
            sweep_at="" if done else at,
        )

    # ------------------------------------------------------------------ every order

    def _read_all(self, why: str) -> Work:
        old, read, times = self._old, dict[str, Known](), list[float]()
        courses = {(False, False)}
        self.step("every order", why)

        def take(orders: Sequence[Order]) -> Work:
            courses.add(course(orders, self._settings.lag))
            for order in orders:
                if (key := name_of(order)) in read:
                    continue
                known, now = Known.of(order), order
                if self._in_doubt and old.orders.get(key, known) != known and _can_be_asked_for(key):
                    found = yield from self._ask(key)
                    known, now = (old.orders[key], order) if found is None else (Known.of(found), found)
                read[key] = known
                times.extend(at for at in [time_of(order)] if at is not None)
                if known != old.orders.get(key):
                    yield self._change(key, now, known)

        walked = yield from self.walk(None, take=take)
        missing = [key for key in old.orders if key not in read]
        self.step("single orders", "the list did not show them")
        is_whole = walked.total == len(read) and not walked.went_back
        for key in missing:
            known = old.orders[key]
            if not _can_be_asked_for(key):
                gone = is_whole
            elif self.steps[-1].calls >= 100 + walked.pages:
                gone = False  # Neither asked for nor deleted: that is for the next run.
            else:
                order = yield from self._ask(key)
                gone = order is None
                if order is not None and (now := Known.of(order)) != known:
                    known = now
                    yield self._change(key, order, now)
            if gone:
                yield self._change(key)
            else:
                read[key] = known
        rises, falls = (any(each) for each in zip(*courses, strict=True))
        direction: Direction = "none"
        if rises != falls:
            direction = "oldest first" if rises else "newest first"
        self._new = State(
            site_id=old.site_id,
            direction=direction,
            watermark=min(max(times), self._began) if times else None,
            began=self._began,
            ended=self._now(),
            swept=self._began,
            sweep_began=self._began,
            gap=max(0, walked.least - len(read)),
            orders=read,
        )

    # ------------------------------------------------------------------ what is known

    def _note(self, order: Order) -> None:
        key, known = name_of(order), Known.of(order)
        self._seen[key] = known
        self._gone.discard(key)
        if self._old.orders.get(key) == known:
            self._fresh.pop(key, None)
        else:
            self._fresh[key] = order

    def _note_all(self, orders: Iterable[Order]) -> tuple[()]:
        for order in orders:
            self._note(order)
        return ()

    def _change(self, key: str, order: Order | None = None, now: Known | None = None) -> Change:
        known = self._old.orders.get(key)
        self._given[key] = now
        kind: Kind = "deleted" if order is None else "changed" if known else "new"
        return Change(kind, key, order, known.status if known else None)

    def _list(self) -> Iterator[str]:
        """The orders that there are, in the order of the list."""
        old = self._old.orders
        new = [key for key in self._seen if key not in old]
        halves = (new, old) if self._old.direction == "newest first" else (old, new)
        return (key for half in halves for key in half if key not in self._gone)

    def _bulk_list(self, coming: Iterable[str] = ()) -> Iterator[str]:
        """The list of the longest status, if that is where those went who are nowhere else."""
        for key in self._list():
            known = self._seen.get(key) or self._old.orders[key]
            if known.status == self._bulk or (
                key in coming and key not in self._seen and known.status in LISTED
            ):
                yield key

    def _total(self, status: str | None = None) -> int:
        if status is None:
            return sum(1 for _ in self._list())
        return sum((self._seen.get(key) or self._old.orders[key]).status == status for key in self._list())
