"""Random histories of changes, answers, faults and time: each change leads to just the attempts that the rules say.

The rules are written here a second time, as a calendar of what a shop would send. HISTORIES says how many are tried:

    HISTORIES=5000 python -m pytest contract_tests/mock/webhooks/test_histories.py
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.webhooks.registry import NEW_ORDER, ORDER_CHANGED

from ..conftest import NOON, Clock
from .inbox import SECRET, Inbox, Letter

HISTORIES = int(os.environ.get("HISTORIES", "200"))
TRIGGERS = (NEW_ORDER, ORDER_CHANGED)
TEN_MINUTES = 600
SPOILING = ("wrong_secret", "old_timestamp", "future_timestamp", "truncated", "bare", "other_trigger")
TIMED = {"late": 60, "swapped": 600, "old_timestamp": 600, "future_timestamp": 600}
ORDERS = ("aaa-aaa", "bbb-bbb")


class Post(NamedTuple):
    """One POST, as the rules foretell it and as an inbox sees it."""

    at: float
    hook: str
    comment: str
    form: str


@dataclass
class Told:
    """One change on its way to one webhook."""

    hook: str
    comment: str
    due: float
    place: int
    fault: dict[str, Any] | None
    failures: int = 0

    def is_(self, kind: str) -> bool:
        return self.fault is not None and self.fault["kind"] == kind


@dataclass
class Rules:
    """What a shop sends, by the documentation of Webflow and of the faults."""

    answers: list[int]
    now: float = NOON
    hooks: dict[str, str] = field(default_factory=dict)
    calendar: list[Told] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    places: int = 0

    def change(self, trigger: str, order_id: str, comment: str) -> None:
        for hook in [name for name, wanted in self.hooks.items() if wanted == trigger]:
            fault = self._fault(trigger, order_id)
            told = Told(hook, comment, self.now, 0, fault)
            if told.is_("lost"):
                continue
            self._enter(
                told, self.now + (fault["seconds"] if fault and fault["kind"] in ("late", "swapped") else 0)
            )
            if told.is_("swapped"):
                continue
            for held in sorted(self.calendar, key=lambda each: each.place):
                if (
                    held.is_("swapped")
                    and held.hook == hook
                    and not held.failures
                    and not held.fault["let go"]
                ):
                    held.fault["let go"] = True
                    self._enter(held, told.due)

    def pass_until(self, end: float) -> None:
        while self.calendar:
            told = min(self.calendar, key=lambda each: (each.due, each.place))
            if told.due > end:
                break
            self.now = max(self.now, told.due)
            self.calendar.remove(told)
            if told.hook in self.hooks:
                self._send(told)
        self.now = end

    def _send(self, told: Told) -> None:
        twice = told.is_("twice") and not told.failures
        spoilt = (
            told.fault is not None
            and told.fault["kind"] in SPOILING
            and told.failures < told.fault["attempts"]
        )
        form = _form(told.fault) if spoilt and told.fault else "right"
        answers = []
        for _ in range(2 if twice else 1):
            self.posts.append(Post(self.now, told.hook, told.comment, form))
            answers.append(self.answers.pop(0))
        if 200 in answers:
            return
        told.failures += 1
        if told.failures < 4:
            self._enter(told, told.due + TEN_MINUTES)
        else:
            del self.hooks[told.hook]

    def _enter(self, told: Told, due: float) -> None:
        self.places += 1
        told.due, told.place = due, self.places
        if told not in self.calendar:
            self.calendar.append(told)

    def _fault(self, trigger: str, order_id: str) -> dict[str, Any] | None:
        for fault in self.faults:
            if fault["trigger"] in (None, trigger) and fault["order_id"] in (None, order_id):
                fault["times"] -= 1
                if not fault["times"]:
                    self.faults.remove(fault)
                return {**fault, "let go": False}
        return None


def _form(fault: dict[str, Any]) -> str:
    by = {"old_timestamp": -fault["seconds"], "future_timestamp": fault["seconds"]}.get(fault["kind"])
    return fault["kind"] if by is None else f"{by:+g} s"


def _seen(letter: Letter, now: float) -> Post:
    """A letter, looked at without the mock's help."""
    form = "right"
    hook = letter.headers["host"].partition(".")[0]
    if not letter.is_signed_rightly:
        form = "wrong_secret"
    elif letter.timestamp != int(now * 1000):
        form = f"{letter.timestamp / 1000 - now:+g} s"
    try:
        content = letter.content
    except json.JSONDecodeError:
        # Orders are told apart by their comments, which are the first thing in them.
        return Post(
            now, hook, letter.body.decode().partition('"comment":"')[2].partition('"')[0], "truncated"
        )
    if "triggerType" not in content:
        return Post(now, hook, content["comment"], "bare")
    if content["triggerType"] != hook[1:].replace("-", "_"):
        form = "other_trigger"
    return Post(now, hook, content["payload"]["comment"], form)


def _play(seed: int) -> tuple[list[Post], list[Post], MockWebflow]:
    """One history, in the mock and by the rules."""
    chance = random.Random(seed)
    failing = chance.choice((0.1, 0.5, 0.9))
    answers = [chance.choice((500, 204, 302, 400)) if chance.random() < failing else 200 for _ in range(500)]
    mock, rules = MockWebflow(clock=Clock(), shop=False), Rules(answers[:])
    seen: list[Post] = []
    inbox = Inbox(answers, on_letter=lambda letter: seen.append(_seen(letter, mock.now())))
    ids: dict[str, str] = {}
    for step in range(chance.randint(5, 40)):
        comment, order_id = f"step {step}", chance.choice(ORDERS)
        match chance.choice(("hook", "gone", *["change"] * 6, *["fault"] * 3, *["time"] * 4)):
            case "hook" if len(ids) < 6:
                trigger = chance.choice(TRIGGERS)
                hook = f"{len(ids)}{trigger.replace('_', '-')}"
                url = f"http://{hook}.test/"
                mock.webhooks.deliver_to(inbox, url=url)
                ids[hook] = mock.webhooks.create(mock.site_id, trigger, url, secret=SECRET).webhook_id
                rules.hooks[hook] = trigger
            case "gone" if ids and chance.random() < 0.3:
                hook = chance.choice(list(ids))
                mock.webhooks.delete(ids[hook])
                rules.hooks.pop(hook, None)
            case "fault":
                kind = chance.choice(("late", "twice", "swapped", "lost", *SPOILING))
                options = {
                    "times": chance.randint(1, 3),
                    **(
                        {"seconds": chance.choice((1, 90, 700))}
                        if kind in TIMED and chance.random() < 0.7
                        else {}
                    ),
                    **({"attempts": chance.randint(1, 4)} if kind in SPOILING else {}),
                    "trigger": chance.choice((None, *TRIGGERS)),
                    "order_id": chance.choice((None, *ORDERS)),
                }
                mock.webhooks.fault(kind, **options)
                rules.faults.append({"kind": kind, "seconds": TIMED.get(kind, 0), "attempts": 0, **options})
            case "time":
                seconds = chance.choice((0, 1, 89, 600, 1300, 86_400))
                rules.pass_until(rules.now + seconds)
                mock.forward(seconds)
            case _:
                if (mock.site_id, order_id) in mock.orders:
                    mock.act("update", order_id, comment=comment)
                    trigger = ORDER_CHANGED
                else:
                    mock.place({"comment": comment, **order(order_id, comment=comment)})
                    trigger = NEW_ORDER
                rules.change(trigger, order_id, comment)
                rules.pass_until(rules.now)
    rules.pass_until(rules.now + 86_400)
    mock.forward(86_400)
    return seen, rules.posts, mock


@pytest.mark.parametrize("part", range(10))
def test_each_change_leads_to_the_attempts_that_the_rules_say(part: int) -> None:
    posts = 0
    for seed in range(part, HISTORIES, 10):
        seen, foretold, mock = _play(seed)
        assert seen == foretold, f"history {seed}"
        noted = [
            (attempt.at, delivery.order_id) for delivery in mock.deliveries for attempt in delivery.attempts
        ]
        assert len(noted) == len(seen)
        assert not [delivery for delivery in mock.deliveries if delivery.due is not None]
        posts += len(seen)
    assert posts > HISTORIES / 10, "and there was something to see"


def test_the_histories_have_everything_in_them() -> None:
    """Of every form, with every kind of end."""
    forms: set[str] = set()
    states: set[str] = set()
    kinds: set[str] = set()
    for seed in range(60):
        seen, _, mock = _play(seed)
        forms |= {post.form for post in seen}
        states |= {delivery.state for delivery in mock.deliveries}
        kinds |= {delivery.fault.kind for delivery in mock.deliveries if delivery.fault is not None}
    forms = {form if form[0] not in "+-" else form[0] for form in forms}
    assert forms == {"right", "wrong_secret", "-", "+", "truncated", "bare", "other_trigger"}
    assert states == {"delivered", "failed", "lost", "dropped"}
    assert len(kinds) == 10
