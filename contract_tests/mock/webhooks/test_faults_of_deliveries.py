"""Faults to order: what becomes of a delivery."""

from __future__ import annotations

from typing import Any

import pytest
from webflow_orders import webhooks
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.webhooks.faults import KINDS
from webflow_orders_mock.webhooks.registry import NEW_ORDER, ORDER_CHANGED

from ..conftest import NOON
from .inbox import SECRET, Inbox


def _statuses(inbox: Inbox) -> list[str]:
    return [letter.order["status"] for letter in inbox.letters]


def _refused(inbox: Inbox, mock: MockWebflow, number: int) -> str:
    letter = inbox.letters[number]
    with pytest.raises(webhooks.WebhookError) as caught:
        webhooks.unwrap(letter.body, letter.headers, SECRET, now=mock.now)
    return caught.value.reason


def test_late_comes_after_what_changed_later(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("late", seconds=90)
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    assert _statuses(inbox) == ["refunded"]
    mock.forward(90)
    assert _statuses(inbox) == ["refunded", "fulfilled"]
    assert inbox.letters[1].timestamp == (NOON + 90) * 1000
    assert inbox.letters[1].is_signed_rightly


def test_twice_is_the_very_same_bytes(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("twice")
    mock.act("fulfill", "dfa-3f1")
    first, second = inbox.letters
    assert first == second
    assert len(mock.deliveries[0].attempts) == 2
    mock.act("refund", "dfa-3f1")
    assert len(inbox.letters) == 3


def test_twice_is_no_retry(mock: MockWebflow) -> None:
    inbox = Inbox([500, 500])
    mock.webhooks.deliver_to(inbox, secret=SECRET)
    mock.webhooks.fault("twice")
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].retries_left == 2
    mock.forward(600)
    assert [attempt.is_retry for attempt in mock.deliveries[0].attempts] == [False, False, True]


def test_swapped_comes_right_after_the_next_to_its_webhook(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("swapped")
    mock.act("fulfill", "dfa-3f1")
    mock.place(order("abc-def"))
    assert _statuses(inbox) == ["unfulfilled"], "that was to the other webhook"
    mock.act("refund", "dfa-3f1")
    assert _statuses(inbox)[1:] == ["refunded", "fulfilled"]
    mock.forward(3600)
    assert len(inbox.letters) == 3


def test_swapped_comes_ten_minutes_later_if_there_is_no_next(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("swapped")
    mock.act("fulfill", "dfa-3f1")
    mock.forward(599)
    assert inbox.letters == []
    mock.forward(1)
    mock.act("refund", "dfa-3f1")
    assert _statuses(inbox) == ["fulfilled", "refunded"]


def test_two_that_are_swapped_both_come_after_the_third(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("swapped", times=2)
    for action in ("fulfill", "unfulfill", "refund"):
        mock.act(action, "dfa-3f1")
    assert _statuses(inbox) == ["refunded", "fulfilled", "unfulfilled"]


def test_swapped_with_one_that_is_late_comes_after_that(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("swapped")
    mock.webhooks.fault("late", seconds=90)
    for action in ("fulfill", "unfulfill", "refund"):
        mock.act(action, "dfa-3f1")
    assert _statuses(inbox) == ["refunded"]
    mock.forward(90)
    assert _statuses(inbox) == ["refunded", "unfulfilled", "fulfilled"]


def test_lost_never_comes_and_webflow_does_not_know(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("lost")
    mock.act("fulfill", "dfa-3f1")
    mock.forward(3600)
    (delivery,) = mock.deliveries
    assert (inbox.letters, delivery.state, delivery.attempts, delivery.due) == ([], "lost", (), None)


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("wrong_secret", {}, "wrong signature"),
        ("old_timestamp", {}, "too old"),
        ("old_timestamp", {"seconds": 301}, "too old"),
        ("future_timestamp", {}, "too far ahead"),
        ("truncated", {}, "not JSON"),
    ],
)
def test_a_receiver_refuses_it_and_takes_the_retry(
    kind: str, options: dict[str, Any], reason: str, mock: MockWebflow
) -> None:
    inbox = Inbox([400])
    mock.webhooks.deliver_to(inbox, secret=SECRET)
    mock.webhooks.fault(kind, **options)
    mock.act("fulfill", "dfa-3f1")
    assert _refused(inbox, mock, 0) == reason
    assert inbox.letters[0].is_signed_rightly == (kind != "wrong_secret")
    mock.forward(600)
    assert webhooks.unwrap(inbox.letters[1].body, inbox.letters[1].headers, SECRET, now=mock.now)
    assert [attempt.fault for attempt in mock.deliveries[0].attempts] == [kind, None]


def test_the_seconds_are_those_that_were_asked_for(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("old_timestamp", seconds=300)
    mock.webhooks.fault("future_timestamp", seconds=12.5)
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    assert [letter.timestamp / 1000 - NOON for letter in inbox.letters] == [-300, 12.5]


def test_as_many_attempts_are_struck_as_was_said(mock: MockWebflow) -> None:
    inbox = Inbox([400, 400, 400, 200])
    mock.webhooks.deliver_to(inbox, secret=SECRET)
    mock.webhooks.fault("wrong_secret", attempts=3)
    mock.act("fulfill", "dfa-3f1")
    mock.forward(3600)
    assert [letter.is_signed_rightly for letter in inbox.letters] == [False, False, False, True]


def test_bare_is_the_order_alone(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("bare")
    mock.act("fulfill", "dfa-3f1")
    (letter,) = inbox.letters
    assert (letter.content["orderId"], letter.is_signed_rightly) == ("dfa-3f1", True)
    event = webhooks.unwrap(letter.body, letter.headers, SECRET, now=mock.now)
    assert isinstance(event, webhooks.BareOrder)


def test_another_trigger_is_named(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("other_trigger")
    mock.act("fulfill", "dfa-3f1")
    (letter,) = inbox.letters
    event = webhooks.unwrap(letter.body, letter.headers, SECRET, now=mock.now)
    assert isinstance(event, webhooks.OtherEvent)
    assert event.trigger == "ecomm_inventory_changed"


def test_faults_strike_in_order_what_they_are_aimed_at(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("lost", trigger=ORDER_CHANGED, order_id="7c1-9fd")
    mock.webhooks.fault("bare", trigger=NEW_ORDER)
    mock.webhooks.fault("twice", times=2)
    for change in (
        lambda: mock.act("fulfill", "dfa-3f1"),
        lambda: mock.act("refund", "7c1-9fd"),
        lambda: mock.place(order("abc-def")),
        lambda: mock.act("fulfill", "abc-def"),
        lambda: mock.act("refund", "abc-def"),
    ):
        change()
    kinds = [delivery.fault.kind if delivery.fault else None for delivery in mock.deliveries]
    assert kinds == ["twice", "lost", "bare", "twice", None]
    assert len(mock.webhooks.faults) == 0


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("explode", {}, "kind must be one of late, twice, swapped, lost, wrong_secret"),
        ("late", {"seconds": -1}, "seconds must be a number from 0 to 86400"),
        ("late", {"seconds": True}, "seconds must be a number"),
        ("late", {"seconds": float("nan")}, "seconds must be a number"),
        ("twice", {"seconds": 1}, "seconds go with late, swapped, old_timestamp, future_timestamp alone"),
        ("late", {"attempts": 2}, "attempts go with wrong_secret"),
        ("bare", {"attempts": 5}, "attempts must be an integer from 1 to 4"),
        ("bare", {"times": 0}, "times must be an integer from 1"),
        ("bare", {"times": 1.5}, "times must be an integer"),
        (
            "bare",
            {"trigger": "form_submission"},
            "trigger must be one of ecomm_new_order, ecomm_order_changed",
        ),
        ("bare", {"order_id": 1}, "order_id must be a text"),
    ],
)
def test_what_makes_no_sense_is_refused(
    kind: str, options: dict[str, Any], said: str, mock: MockWebflow
) -> None:
    with pytest.raises(ValueError, match=said):
        mock.webhooks.fault(kind, **options)
    assert len(mock.webhooks.faults) == 0


def test_these_are_the_faults() -> None:
    assert KINDS == (
        "late", "twice", "swapped", "lost", "wrong_secret", "old_timestamp", "future_timestamp", "truncated", "bare",
        "other_trigger",
    )  # fmt: skip
