"""`ship`: one order, or a file of parcels, each once, whatever ends the run; it can be run again after anything."""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from webflow_orders import Order, OrdersClient, errors, outcome_of
from webflow_orders.journal import UnsettledWrite

from . import parcels
from .orders import JsonFlag, customer_of
from .parcels import Parcel, Step
from .report import ASKED, IN_DOUBT, Entry, Report
from .shop import Shop
from .terminal import NotDone, UsageError, confirmed, err, is_terminal, print_json, print_table, say, told

# So many rows of a plan are shown of those that need no thought.
SHOWN = 20
# Below this many, asking for each order is quicker than looking through a list.
FEW = 3
PER_MINUTE = 60
PAGE = 100


def ship(
    what: str,
    /,
    *,
    tracking: str | None = None,
    provider: str | None = None,
    url: str | None = None,
    email: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    skip_wrong: bool = False,
    report: Path | None = None,
    json_: JsonFlag = False,
    shop: Shop = Shop(),
) -> int:
    """Ship an order, or all parcels of a file.

    That is to note the tracking number, and to mark the order as fulfilled.

    A file has a line that names its columns: order and tracking, and provider and url if there are any; parted by
    commas, semicolons or tabs. First it shows what would be done. It can be run again after anything: no order is
    shipped twice, and none is left out.

    Args:
        what: An order, such as dfa-3f1, or a file, such as parcels.csv.
        tracking: The tracking number, of an order.
        provider: Who carries it; of a file, where a row does not say.
        url: Where the parcel can be tracked, of an order.
        email: Have Webflow tell the customers.
        dry_run: Show what would be done, and end.
        yes: Go on without asking.
        skip_wrong: Do the other rows of a file when some cannot be right.
        report: Where to note what became of each row; parcels.report.csv by default, and nowhere with --mock.
        json_: Print what became of each row as an object on a line.
    """
    is_file = "." in what or os.sep in what
    if is_file and (tracking or url):
        raise UsageError("A file has its tracking numbers and links itself.")
    if is_file:
        path = Path(what)
        is_device = path.is_relative_to("/dev") and not path.is_relative_to("/dev/shm")
        if is_device and not (report or shop.mock or dry_run):
            raise UsageError(
                f"Beside {path} no report is kept: say with --report where to note what became of each row."
            )
        steps = parcels.read(path, provider)
        if not steps:
            say(f"There are no parcels in {path}.")
            return 0
        kept = report or (None if shop.mock or dry_run else path.with_name(f"{path.stem}.report.csv"))
    else:
        steps, kept = [parcels.single(what, tracking, provider, url)], report
    if not (dry_run or yes or is_terminal()) and is_file:
        raise UsageError("Nobody is here to be asked: add --yes, or --dry-run to see what would be done.")
    if dry_run:
        kept = None
    with shop.connect() as orders, Report(kept) as notes:
        shipment = Shipment(orders, steps, notes, email=email, json_=json_, is_file=is_file)
        return shipment.run(dry_run=dry_run, ask=is_file and not yes, skip_wrong=skip_wrong)


def requests(step: Step) -> int:
    return 2 if step.ships else 1


class Shipment:
    """All parcels of a file, or the one of an order."""

    def __init__(
        self,
        orders: OrdersClient,
        steps: Sequence[Step],
        report: Report,
        *,
        email: bool,
        json_: bool,
        is_file: bool,
    ) -> None:
        self.orders = orders
        self.steps = steps
        self.report = report
        self.email = email
        self.json = json_
        self.is_file = is_file
        self.per_minute = PER_MINUTE
        self.ends: dict[str, Entry] = {}

    def run(self, *, dry_run: bool, ask: bool, skip_wrong: bool) -> int:
        """Look, show, ask, ship. Returns the status to exit with; raises NotDone."""
        if not dry_run:
            self._reconcile()
        found = self._look_up([step.parcel.order_id for step in self.steps if not step.wrong])
        steps = [parcels.planned(step, found.get(step.parcel.order_id)) for step in self.steps]
        wrong = [step for step in steps if step.wrong]
        todo = [step for step in steps if not (step.wrong or step.is_done)]
        if dry_run or self.is_file:
            self._show(steps, dry_run)
        if not dry_run:
            for step in steps:
                self._name_doubt(step)
        if wrong and not self.is_file:
            raise NotDone(f"Order {wrong[0].parcel.order_id}: {wrong[0].wrong}; nothing was sent.")
        if wrong and (dry_run or not skip_wrong):
            raise NotDone(
                f"Rows that cannot be right: {len(wrong)}. Nothing was sent; mend them, or add --skip-wrong."
            )
        if dry_run:
            say(f"Nothing was sent. It would take {self._time(sum(map(requests, todo)))}.")
            return 0
        if todo and ask and not self.report.lost and not confirmed(self._question(todo)):
            raise NotDone("Nothing was sent.")
        self._carry_out(todo)
        return self._conclude(len(wrong), sum(step.is_done for step in steps))

    # ------------------------------------------------------------ what there is

    def _reconcile(self) -> None:
        """Look at the orders that have a write of an earlier run. What a look cannot tell of one is in the report
        before the write is struck out of the journal.
        """
        ours = {step.parcel.order_id: step.parcel for step in self.steps}
        left = [
            write for write in self.orders.unsettled() if write.order_id in ours and not write.is_under_way
        ]
        for order_id in dict.fromkeys(write.order_id for write in left):
            writes = [
                write for write in left if write.order_id == order_id and write.operation == "fulfill-order"
            ]
            if writes:
                try:
                    order = self.orders.get(order_id)
                except errors.NotFoundError:
                    continue  # Its row cannot be right; what became of the write is as unknown as before.
                self._note(ours[order_id], *self._judged(writes, order))
            if not self.report.lost:
                self.orders.settle(order_id=order_id)

    def _judged(self, writes: Sequence[UnsettledWrite], order: Order) -> Iterator[Entry]:
        """What became of the fulfillments of an order that earlier runs left."""
        shown = [write for write in writes if write.holds(order)]
        has_email = any("e-mail" in text for write in writes for text in write.unseen)
        if not shown:
            yield Entry("unknown", ASKED if has_email else "", "an earlier run ended before its answer")
        elif self.report.result(order.order_id) != "shipped":
            # One whose answer was seen has nothing unseen.
            in_doubt = has_email and all(write.unseen for write in shown)
            yield Entry("shipped", IN_DOUBT if in_doubt else "", "by an earlier run")

    def _name_doubt(self, step: Step) -> None:
        """For an order that an earlier run left, and that did not show it until a moment ago."""
        last = self.report.last.get(step.parcel.order_id)
        if step.is_done and last is not None and last.result == "unknown":
            self._note(step.parcel, Entry("shipped", IN_DOUBT if last.email else "", "by an earlier run"))

    def _look_up(self, ids: Sequence[str]) -> dict[str, Order]:
        """The orders, by a list where that takes fewer requests than asking for each."""
        found: dict[str, Order] = {}
        lists: tuple[Literal["unfulfilled"] | None, ...] = ("unfulfilled", None)
        for status in lists:
            missing = {order_id for order_id in ids if order_id not in found}
            if len(missing) <= FEW:
                break
            page = self.orders.list(status=status, limit=1)
            limit = outcome_of(page).raw.headers.get("x-ratelimit-limit", "")
            self.per_minute = int(limit) if re.fullmatch("[1-9][0-9]{0,5}", limit) else self.per_minute
            if page.pagination.total / PAGE < len(missing):
                found |= {
                    order.order_id: order
                    for order in self.orders.iter(status=status)
                    if order.order_id in missing
                }
        left = [order_id for order_id in ids if order_id not in found]
        if len(left) > PAGE:
            say(f"{len(left)} orders were not listed, and are asked for one by one: {self._time(len(left))}.")
        for order_id in left:
            with contextlib.suppress(errors.NotFoundError):
                found[order_id] = self.orders.get(order_id)
        return found

    # ------------------------------------------------------------ what is done

    def _carry_out(self, todo: Sequence[Step]) -> None:
        # An order that has had trouble comes last, so that it does not keep the others waiting for ever.
        todo = sorted(todo, key=lambda step: self.report.result(step.parcel.order_id) == "unknown")
        with self._bar(todo) as done:
            for step in todo:
                if self.report.lost:
                    self.ends.setdefault(step.parcel.order_id, Entry("not begun"))
                    continue
                try:
                    self._note(step.parcel, self._ship(step))
                except (errors.BadRequestError, errors.NotFoundError, errors.ConflictError) as error:
                    self._note(step.parcel, Entry("not done", detail=str(error)))
                except errors.OutcomeUnknownError as error:
                    email = ASKED if self.email and error.call.operation == "fulfill-order" else ""
                    self._note(step.parcel, Entry("unknown", email, str(error)))
                    return  # Not one more that might be unknown.
                except errors.WebflowOrdersError as error:
                    self._note(step.parcel, Entry("not done", detail=str(error)))
                    raise
                done(step)

    def _ship(self, step: Step) -> Entry:
        order_id = step.parcel.order_id
        # Either is a fresh look, for others ship too.
        order = self.orders.update(order_id, **step.notes) if step.notes else self.orders.get(order_id)
        if not step.ships:
            return Entry("noted")
        if order.status == "fulfilled":
            return Entry("noted", detail="it was shipped by somebody else meanwhile")
        if order.status != "unfulfilled":
            return Entry("not done", detail=f"the order is {order.status} now")
        order = self.orders.fulfill(order_id, send_email=self.email)
        lost = outcome_of(order).confirmed_by_rereading
        return Entry("shipped", (IN_DOUBT if lost else ASKED) if self.email else "")

    def _note(self, parcel: Parcel, *entries: Entry) -> None:
        for entry in entries:
            self.report.add(parcel, entry)
            self.ends[parcel.order_id] = entry
            became = f"Order {parcel.order_id}: {entry.result}{f', {entry.detail}' if entry.detail else ''}."
            is_said = bool(entry.detail or self.report.lost) or not self.is_file
            if is_said:
                say(became)
            if self.json:
                shown = {"order": parcel.order_id, "tracking": parcel.tracking, "result": entry.result}
                with told(*(() if is_said else (became,))):
                    print_json({**shown, "email": entry.email, "detail": entry.detail})
            if entry.email == IN_DOUBT:
                say(
                    f"Whether the e-mail about order {parcel.order_id} went out is not known: its answer was lost."
                )
            if self.report.lost:
                say(
                    f"That could not be added to {self.report.path}: {self.report.lost}. No other order is begun."
                )

    # ------------------------------------------------------------ what is said

    def _show(self, steps: Sequence[Step], everything: bool) -> None:
        if self.json and everything:
            for step in steps:
                line, order_id, tracking, *_ = step.parcel
                shown = {"line": line, "order": order_id, "tracking": tracking, "plan": str(step)}
                print_json({**shown, "wrong": bool(step.wrong)})
            return
        plain = [step for step in steps if not step.wrong]
        few = plain if everything else plain[:SHOWN]
        rows = [
            (
                step.parcel.line,
                step.parcel.order_id,
                customer_of(step.order) if step.order else "",
                step.parcel.tracking,
                step,
            )
            for step in (*few, *(step for step in steps if step.wrong))
        ]
        columns = ("Line", "Order", "Customer", "Tracking", "To do")
        print_table(columns, rows, right=("Line",), whole=("Line", "Order"), on=None if everything else err())
        if len(few) < len(plain):
            say(f"… and {len(plain) - len(few)} more; --dry-run shows all.")

    def _question(self, todo: Sequence[Step]) -> str:
        email = " and e-mail the customers" if self.email else ""
        return f"Ship {len(todo)} parcels{email}? It takes {self._time(sum(map(requests, todo)))}."

    def _time(self, calls: int) -> str:
        """How long so many requests take at the shop's rate."""
        if calls <= self.per_minute:
            return "less than a minute"
        return f"some {calls / self.per_minute:.0f} min at {self.per_minute} requests a minute"

    @contextmanager
    def _bar(self, todo: Sequence[Step]) -> Iterator[Callable[[Step], None]]:
        columns = (TextColumn("Shipping", markup=False), BarColumn(), MofNCompleteColumn(),
                   TextColumn("{task.fields[left]}", markup=False))  # fmt: skip
        left = sum(map(requests, todo))
        with Progress(*columns, console=err(), disable=not (self.is_file and err().is_terminal)) as progress:
            task = progress.add_task("", total=len(todo), left=f"{self._time(left)} left")

            def done(step: Step) -> None:
                nonlocal left
                left -= requests(step)
                progress.update(task, advance=1, left=f"{self._time(left)} left" if left else "")

            yield done

    def _conclude(self, wrong: int, before: int) -> int:
        results = Counter(entry.result for entry in self.ends.values())
        if self.is_file:
            counts = {**results, "shipped before": before, "skipped": wrong}
            say(", ".join(f"{count} {what}" for what, count in counts.items() if count) + ".")
        elif not self.ends:
            say(f"Order {self.steps[0].parcel.order_id} was shipped before; nothing was sent.")
        if self.report.path is not None and self.ends and not self.report.lost:
            say(f"What became of each is in {self.report.path}.")
        if results["unknown"]:
            say("Run it again in a minute: it looks at the unknown one first.")
        if results["unknown"] or any(entry.email == IN_DOUBT for entry in self.ends.values()):
            return 3
        return 1 if results["not done"] or results["not begun"] or wrong else 0
