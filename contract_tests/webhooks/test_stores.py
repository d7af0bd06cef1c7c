"""Is each change handled once and none after a newer one, whatever happens to its deliveries and to the receiver?"""

from __future__ import annotations

import json
import logging
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from webflow_orders import webhooks
from webflow_orders.webhooks import Change, MemoryStore, SQLiteStore

from contract_tests.webhooks.deliveries import MOMENT, SECRET, Clock, clock, envelope, order


@pytest.fixture(params=["memory", "SQLite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    def make(**options: Any) -> Any:
        return (
            MemoryStore(**options) if request.param == "memory" else SQLiteStore(tmp_path / "db", **options)
        )

    return make


def change(sent: int = 0, comment: str = "", placed: bool = False, order_id: str = "dfa-3f1") -> Change:
    trigger = "ecomm_new_order" if placed else "ecomm_order_changed"
    body = envelope(order(order_id, comment=comment), trigger)
    headers = webhooks.sign(body, SECRET, now=lambda: MOMENT + sent)
    event = webhooks.unwrap(body, headers, SECRET, now=lambda: MOMENT + sent)
    assert isinstance(event, webhooks.OrderEvent)
    return Change.of(event)


def test_a_change_says_nothing_about_a_customer() -> None:
    one, other = change(1, "Wilhelmina Quandt"), change(2, "Wilhelmina Quandt")
    assert "Quandt" not in repr(one)
    assert one.digest == other.digest != change(1).digest
    assert one.delivery != other.delivery
    assert other.sent_at - one.sent_at == 1000
    assert one.sent_at == 1_722_370_036_277


def test_who_begins_keeps_others_from_the_order_until_the_end(store: Any) -> None:
    kept = store(now=clock)
    first, second, elsewhere = change(1, "a"), change(2, "b"), change(1, order_id="aaa-111")
    assert [kept.begin(each) for each in (first, first, second, elsewhere)] == ["new", "busy", "busy", "new"]
    kept.end(first, False)
    assert kept.begin(first) == "new"
    kept.end(first, True)
    assert [kept.begin(each) for each in (first, second)] == ["repeat", "new"]


def test_who_never_ends_holds_an_order_for_a_while_only(store: Any) -> None:
    now = Clock()
    kept = store(now=now, hold=60)
    first, second, third = change(1, "a"), change(2, "b"), change(3, "c")
    assert kept.begin(first) == "new"
    now.now += 59
    assert kept.begin(second) == "busy"
    now.now += 1
    assert kept.begin(second) == "new"
    # The first lives after all: it does not let others in, nor take back what came later.
    kept.end(first, True)
    assert kept.begin(third) == "busy"
    kept.end(second, True)
    kept.end(first, True)
    assert [kept.begin(each) for each in (second, first, third)] == ["repeat", "older", "new"]


def test_a_placing_is_handled_once_whatever_came_before(store: Any) -> None:
    kept = store(now=clock)
    for sent, text, placed, expected in [
        (5, "x", False, "new"), (9, "", True, "late"), (10, "y", True, "repeat"), (5, "x", False, "repeat"),
        (6, "y", False, "new"), (4, "x", False, "older"),
    ]:  # fmt: skip
        this = change(sent, text, placed)
        assert kept.begin(this) == expected
        if expected in ("new", "late"):
            kept.end(this, True)


def test_a_placing_that_failed_is_new_again(store: Any) -> None:
    kept = store(now=clock)
    this = change(1, placed=True)
    assert kept.begin(this) == "new"
    kept.end(this, False)
    assert kept.begin(this) == "new"
    kept.end(this, True)
    assert kept.begin(this) == "repeat"


def test_a_store_in_memory_forgets_the_oldest() -> None:
    kept = MemoryStore(most=2, now=clock)
    for order_id in ("a", "b", "a", "c"):
        this = change(order_id=order_id)
        if kept.begin(this) == "new":
            kept.end(this, True)
    assert [kept.begin(change(order_id=each)) for each in ("a", "c", "b")] == ["repeat", "repeat", "new"]


@pytest.mark.parametrize("order_id", ["\ud800", "\udfff\ud83d", "dfa\ud83d\ude00", "\0", "\N{GRINNING FACE}"])
def test_whatever_text_json_can_carry_is_an_order(store: Any, order_id: str) -> None:
    kept = store(now=clock)
    first, other = change(1, "a")._replace(order_id=order_id), change(1, "a", order_id="?")
    assert [kept.begin(each) for each in (first, first, other)] == ["new", "busy", "new"]
    kept.end(first, True)
    assert kept.begin(first) == "repeat"
    assert sorted(kept.open_orders()) == sorted([order_id, "?"])


def test_half_a_pair_of_surrogates_is_handled(store: Any) -> None:
    events: list[Any] = []
    receiver = webhooks.Receiver(SECRET, events.append, store=store(now=clock), now=clock)
    body = json.dumps({"triggerType": "ecomm_order_changed", "payload": order("\ud800")}).encode()
    headers = webhooks.sign(body, SECRET, now=clock)
    assert [receiver.handle(body, headers).text for _ in range(2)] == ["handled", "ignored: repeat"]
    assert [event.order.order_id for event in events] == ["\ud800"]


TRY = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_one_more_store_of_a_file_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.sqlite"
    SQLiteStore(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        SQLiteStore(path)
        done = subprocess.run(
            [sys.executable, "-c", TRY, str(path)], capture_output=True, text=True, check=True
        )
    assert done.stdout == "database is locked\n"


def test_a_database_whose_orders_are_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as shop:
        shop.execute("CREATE TABLE orders (id INTEGER)")
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        SQLiteStore(path)


def test_a_file_that_was_taken_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.sqlite"
    kept = SQLiteStore(path, now=clock)
    path.unlink()
    assert kept.begin(change(1, "a")) == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_outlives_the_store_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.sqlite"
    first = SQLiteStore(path, now=clock)
    first.begin(this := change(1, "a"))
    first.end(this, True)
    assert SQLiteStore(path, now=clock).begin(change(2, "a")) == "repeat"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "text").write_text("not a database, and long enough to be taken for none " * 10)
    with pytest.raises(sqlite3.DatabaseError):
        SQLiteStore(tmp_path / "text")


KILLED = """
import os, sys
from webflow_orders import webhooks
body, secret, moment, path = sys.stdin.buffer.read(), sys.argv[1], float(sys.argv[2]), sys.argv[3]
now = lambda: moment
store = webhooks.SQLiteStore(path, now=now)
receiver = webhooks.Receiver(secret, lambda event: os._exit(7), store=store, now=now)
receiver.handle(body, webhooks.sign(body, secret, now=now))
"""


def test_what_a_killed_process_was_at_is_handled_when_it_comes_again(tmp_path: Path) -> None:
    path, body, now = tmp_path / "deliveries.sqlite", envelope(order()), Clock()
    command = [sys.executable, "-c", KILLED, SECRET, str(MOMENT), str(path)]
    assert subprocess.run(command, input=body, timeout=60, check=False).returncode == 7
    events: list[Any] = []
    receiver = webhooks.Receiver(SECRET, events.append, store=SQLiteStore(path, now=now), now=now)
    texts = []
    for minutes in (1, 10, 20):
        now.now = MOMENT + 60 * minutes
        texts.append(receiver.handle(body, webhooks.sign(body, SECRET, now=now)).text)
    assert texts == ["the order is being handled", "handled", "ignored: repeat"]
    assert len(events) == 1


def test_nobody_else_decides_while_a_file_is_decided_upon(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.sqlite"
    asked: list[str] = []

    def look() -> float:
        """The clock: it is read between what is known and what is written."""
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            asked.append("locked")
        return MOMENT

    assert SQLiteStore(path, now=look).begin(change(1)) == "new"
    assert asked == ["locked"]


def test_many_threads_over_one_file_handle_each_change_once(tmp_path: Path) -> None:
    counts: dict[str, int] = {}
    lock = threading.Lock()
    path = tmp_path / "deliveries.sqlite"
    changes = [change(sent, f"{sent}", order_id=f"{number:03x}") for sent in range(3) for number in range(4)]

    def work(seed: int) -> None:
        kept, mine = SQLiteStore(path, now=clock), changes[:]
        random.Random(seed).shuffle(mine)
        for each in mine:
            this = each._replace(delivery=f"{seed} {each.delivery}")
            while (verdict := kept.begin(this)) == "busy":
                pass
            if verdict == "new":
                with lock:
                    counts[each.delivery] = counts.get(each.delivery, 0) + 1
                kept.end(this, True)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(counts.values()) == {1}
    newest = {each.order_id: each.delivery for each in changes}
    assert set(newest.values()) <= counts.keys()


def test_a_state_that_came_back_makes_what_was_between_older(store: Any) -> None:
    kept = store(now=clock)
    for this, expected in [
        (change(1, "a"), "new"),
        (change(5, "a"), "repeat"),
        (change(3, "b"), "older"),
        (change(6, "b"), "new"),
    ]:
        assert kept.begin(this) == expected
        if expected == "new":
            kept.end(this, True)


def test_what_failed_may_have_had_its_effect_so_the_state_before_it_is_handed_again(store: Any) -> None:
    kept = store(now=clock)
    before, failed = change(1, "a"), change(2, "b")
    assert kept.begin(before) == "new"
    kept.end(before, True)
    assert kept.begin(failed) == "new"
    kept.end(failed, False)
    back = change(3, "a")
    assert kept.begin(back) == "new"
    kept.end(back, True)
    assert kept.begin(change(4, "a")) == "repeat"
    # A late placing says nothing of the state.
    late = change(0, placed=True)
    assert kept.begin(late) == "late"
    kept.end(late, False)
    assert kept.begin(change(5, "a")) == "repeat"


def test_an_order_whose_placing_was_not_handled_is_open(store: Any) -> None:
    kept = store(now=clock)
    body = envelope({**order(), "status": "fulfilled"})
    event = webhooks.unwrap(body, webhooks.sign(body, SECRET, now=clock), SECRET, now=clock)
    assert isinstance(event, webhooks.OrderEvent)
    fulfilled = Change.of(event)
    for expected in ("new", "repeat"):
        assert kept.begin(fulfilled) == expected
        kept.end(fulfilled, expected == "new")
        assert list(kept.open_orders()) == ["dfa-3f1"]
    placed = change(-9, placed=True)
    assert kept.begin(placed) == "late"
    kept.end(placed, True)
    assert kept.begin(fulfilled) == "repeat"
    assert list(kept.open_orders()) == []


# ---------------------------------------------------------------- random histories


class Delivery(NamedTuple):
    body: bytes
    sent: int


class History:
    """A shop whose orders change; deliveries that fail, repeat, overtake and get lost; a receiver with its copy."""

    def __init__(self, seed: int, open_store: Callable[[], Any]) -> None:
        self.rng = random.Random(seed)
        self.clock = Clock()
        self.open_store = open_store
        self.receiver = self.start()
        self.orders: dict[str, dict[str, Any]] = {}
        self.under_way: list[Delivery] = []
        self.copy: dict[str, tuple[int, bytes]] = {}
        self.newest: dict[str, tuple[int, bytes]] = {}
        self.placings: list[str] = []
        self.answers: Counter[str] = Counter()

    def start(self) -> webhooks.Receiver:
        return webhooks.Receiver(SECRET, self.handle, store=self.open_store(), now=self.clock)

    def run(self) -> None:
        changes = 12
        while changes or self.under_way:
            if changes and (not self.under_way or self.rng.random() < 0.5):
                changes -= 1
                self.change()
            else:
                self.deliver(self.under_way.pop(self.rng.randrange(len(self.under_way))))

    def change(self) -> None:
        self.clock.now += self.rng.randrange(1, 20)
        order_id = f"{self.rng.randrange(3):03x}-000"
        trigger = "ecomm_order_changed" if order_id in self.orders else "ecomm_new_order"
        state = self.orders.setdefault(order_id, order(order_id))
        if trigger == "ecomm_order_changed":
            what = self.rng.choice(["comment", "fulfilled", "unfulfilled", "refunded"])
            if what == "comment" or state["status"] == "refunded":
                state["comment"] = self.rng.choice("abc")
            else:
                state["status"] = what
                state["refundedOn"] = "2025-04-02T10:00:00.000Z" if what == "refunded" else None
        delivery = Delivery(envelope(state, trigger), round(self.clock.now - MOMENT))
        self.under_way += [delivery] * self.rng.choice([0, 1, 1, 1, 2, 3])

    def deliver(self, delivery: Delivery) -> None:
        headers = webhooks.sign(delivery.body, SECRET, now=lambda: MOMENT + delivery.sent)
        answer = self.receiver.handle(delivery.body, headers)
        self.answers[answer.text] += 1
        if answer.status == 500:
            self.under_way.append(delivery)
            self.receiver = self.start()
            return
        event = webhooks.parse_unverified(delivery.body)
        assert isinstance(event, webhooks.OrderEvent)
        came = (delivery.sent, event.order.to_json())
        self.newest[event.order.order_id] = max(self.newest.get(event.order.order_id, came), came)

    def handle(self, event: webhooks.Event) -> None:
        assert isinstance(event, webhooks.OrderEvent)
        assert event.sent_at is not None
        order_id, sent = event.order.order_id, round(event.sent_at.timestamp() - MOMENT)
        if self.rng.random() < 0.2:
            # Some of its effect it has had.
            if not (isinstance(event, webhooks.NewOrder) and event.late):
                self.copy.pop(order_id, None)
            raise RuntimeError
        if isinstance(event, webhooks.NewOrder):
            assert order_id not in self.placings
            self.placings.append(order_id)
            if event.late:
                return
        before, content = self.copy.get(order_id, (-1, b""))
        assert sent > before
        assert event.order.to_json() != content
        self.copy[order_id] = sent, event.order.to_json()


@pytest.mark.parametrize(("kind", "histories"), [("memory", 1000), ("SQLite", 20)])
def test_after_the_dust_settles_the_copy_is_the_newest_that_came(
    kind: str, histories: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "webflow_orders")
    answers: Counter[str] = Counter()
    for seed in range(histories):
        memory, path = MemoryStore(now=clock), tmp_path / f"{seed}.sqlite"
        # One in memory is the process's; over a file, the receiver is started anew whenever a handler failed.
        opened = partial(SQLiteStore, path, now=clock) if kind == "SQLite" else partial(lambda it: it, memory)
        history = History(seed, opened)
        history.run()
        copy, newest = (
            {key: content for key, (_, content) in each.items()} for each in (history.copy, history.newest)
        )
        assert copy == newest, f"seed {seed}"
        answers += history.answers
    assert answers.keys() == {"handled", "ignored: repeat", "ignored: older", "the handler failed"}
    assert min(answers.values()) > histories / 10
