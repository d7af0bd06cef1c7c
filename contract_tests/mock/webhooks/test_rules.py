"""What comes of an answer: exactly 200 is success, three retries ten minutes apart, and then the webhook is off."""

from __future__ import annotations

import pytest
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.webhooks.posting import is_here
from webflow_orders_mock.webhooks.registry import NEW_ORDER, ORDER_CHANGED

from ..conftest import NOON
from .inbox import SECRET, URL, Inbox, Letter

MINUTES = 60


def _told(mock: MockWebflow, *answers: int | Exception, is_async: bool = False) -> Inbox:
    """An inbox that answers so, and is told of one change."""
    inbox = Inbox(answers)
    mock.webhooks.deliver_to(inbox.asgi if is_async else inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    return inbox


@pytest.mark.parametrize("status", [201, 202, 204, 301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("is_async", [False, True])
def test_only_200_is_success(status: int, is_async: bool, mock: MockWebflow) -> None:
    inbox = _told(mock, status, is_async=is_async)
    (delivery,) = mock.deliveries
    assert (delivery.state, delivery.due) == ("waiting", NOON + 10 * MINUTES)
    assert [(attempt.status, attempt.ok) for attempt in delivery.attempts] == [(status, False)]
    assert str(status) in delivery.attempts[0].outcome
    mock.forward(10 * MINUTES - 1)
    assert len(inbox.letters) == 1
    mock.forward(1)
    assert len(inbox.letters) == 2, "and a redirect was not followed"
    assert mock.deliveries[0].ok
    mock.close()


@pytest.mark.parametrize("is_async", [False, True])
def test_an_application_that_raises_has_failed(is_async: bool, mock: MockWebflow) -> None:
    _told(mock, RuntimeError("about a customer"), TimeoutError("of its own"), is_async=is_async)
    mock.forward(10 * MINUTES)
    attempts = mock.deliveries[0].attempts
    assert [attempt.status for attempt in attempts] == [500, 500]
    assert [attempt.outcome for attempt in attempts] == ["it raised RuntimeError", "it raised TimeoutError"]
    mock.close()


def test_a_retry_is_the_same_body_signed_anew(mock: MockWebflow) -> None:
    inbox = _told(mock, 500)
    mock.act("refund", "dfa-3f1")
    mock.forward(10 * MINUTES)
    first, _, again = inbox.letters
    assert again.body == first.body, "the order as it was then"
    assert again.timestamp - first.timestamp == 10 * MINUTES * 1000
    assert again.is_signed_rightly
    assert [attempt.is_retry for attempt in mock.deliveries[0].attempts] == [False, True]


def test_three_retries_ten_minutes_apart_and_then_the_webhook_is_off(mock: MockWebflow) -> None:
    inbox = _told(mock, *[500] * 9)
    mock.forward(3600)
    (delivery,) = mock.deliveries
    times = [NOON + minutes * MINUTES for minutes in (0, 10, 20, 30)]
    assert [attempt.at for attempt in delivery.attempts] == times
    assert [letter.timestamp for letter in inbox.letters] == [time * 1000 for time in times]
    assert (delivery.state, delivery.due, mock.now()) == ("failed", None, NOON + 3600)
    new, changed = mock.webhooks.of_site(mock.site_id)
    assert (new.active, changed.active, changed.last_triggered) == (True, False, times[-1])
    mock.act("refund", "dfa-3f1")
    assert len(mock.deliveries) == 1, "nobody is told of changes now"
    mock.place(order("abc-def"))
    assert len(inbox.letters) == 5, "but of new orders, by the other webhook"


def test_what_waits_when_its_webhook_goes_off_is_dropped(mock: MockWebflow) -> None:
    inbox = _told(mock, *[500] * 9)
    mock.forward(5 * MINUTES)
    mock.act("refund", "dfa-3f1")
    mock.forward(3600)
    assert [delivery.state for delivery in mock.deliveries] == ["failed", "dropped"]
    assert [len(delivery.attempts) for delivery in mock.deliveries] == [4, 3]
    assert len(inbox.letters) == 7


def test_what_waits_when_its_webhook_is_deleted_is_dropped(mock: MockWebflow) -> None:
    inbox = _told(mock, 500)
    mock.webhooks.delete(mock.deliveries[0].webhook_id)
    mock.forward(3600)
    assert (mock.deliveries[0].state, len(inbox.letters)) == ("dropped", 1)


def test_a_receiver_has_ten_seconds_by_the_clock_of_the_mock(mock: MockWebflow) -> None:
    assert MockWebflow().webhooks.time_limit == 10
    mock.webhooks.time_limit = 10
    inbox = Inbox(on_letter=lambda letter: mock.forward(next(takes)))
    takes = iter([11, 10])
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    (delivery,) = mock.deliveries
    assert delivery.attempts[0].status is None
    assert delivery.attempts[0].outcome == "answered 200 after 11 s, and had 10 s"
    mock.forward(10 * MINUTES)
    assert mock.deliveries[0].ok


def test_a_receiver_may_put_the_clock_beyond_what_is_due(mock: MockWebflow) -> None:
    """That is sent when the receiver has answered."""
    inbox = Inbox(on_letter=lambda letter: mock.forward(700) if len(inbox.letters) == 1 else None)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.webhooks.time_limit = 1000
    mock.webhooks.fault("late", seconds=60)
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    assert [letter.order["status"] for letter in inbox.letters] == ["refunded", "fulfilled"]
    assert [delivery.attempts[0].at - NOON for delivery in mock.deliveries] == [700, 0]


def test_an_asynchronous_receiver_that_never_answers_is_given_up(mock: MockWebflow) -> None:
    import asyncio

    async def silent(scope: object, receive: object, send: object) -> None:
        await asyncio.Event().wait()

    mock.webhooks.deliver_to(silent, secret=SECRET)
    mock.webhooks.time_limit = 0.01
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].attempts[0].outcome == "no answer within 0.01 s"
    mock.close()


def test_several_retries_come_in_the_order_of_their_times(mock: MockWebflow) -> None:
    inbox = _told(mock, 500, 500, 500, 500)
    for minutes, action in ((1, "unfulfill"), (2, "refund")):
        mock.forward(minutes * MINUTES)
        mock.act(action, "dfa-3f1")
    mock.forward(3600)
    statuses = [letter.order["status"] for letter in inbox.letters]
    assert statuses == ["fulfilled", "unfulfilled", "refunded"] * 2 + ["fulfilled"]
    at = [(letter.timestamp / 1000 - NOON) / MINUTES for letter in inbox.letters]
    assert at == [0, 1, 3, 10, 11, 13, 20]


def test_what_a_receiver_does_while_time_passes_is_told_in_its_turn(mock: MockWebflow) -> None:
    """It is called at the third minute, and what it then changes is told before what is due later."""

    def change(letter: Letter) -> None:
        if len(inbox.letters) == 2:
            mock.act("update", "7c1-9fd", comment="meanwhile")

    inbox = Inbox([500], on_letter=change)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    mock.webhooks.fault("late", seconds=11 * MINUTES)
    mock.act("refund", "dfa-3f1")
    mock.forward(3600)
    assert [letter.order["orderId"] for letter in inbox.letters] == [
        "dfa-3f1",
        "dfa-3f1",
        "7c1-9fd",
        "dfa-3f1",
    ]
    assert [delivery.at - NOON for delivery in mock.deliveries] == [0, 0, 600]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook", "https://10.0.0.1/", "http://169.254.169.254/latest", "http://localhost.example/",
        "http://127.0.0.1.example/", "http://127.0.0.1@example.com/", "http://[2001:db8::1]/", "http://0/",
        "http:///", "ftp://127.0.0.1/", "no url", "http://[", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
def test_nothing_leaves_this_machine(url: str, mock: MockWebflow, caplog: pytest.LogCaptureFixture) -> None:
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, url)
    mock.act("fulfill", "dfa-3f1")
    (delivery,) = mock.deliveries
    assert (delivery.state, delivery.attempts) == ("blocked", ())
    assert "not on this machine" in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1/",
        "HTTP://LOCALHOST",
        "http://127.0.0.1",
        "http://127.9.9.9:1/",
        "https://[::1]:1/?x",
    ],
)
def test_this_is_this_machine(url: str) -> None:
    assert is_here(url)


def test_what_is_reset_meanwhile_is_forgotten(mock: MockWebflow) -> None:
    inbox = Inbox([500], on_letter=lambda letter: mock.reset())
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.webhooks.fault("late")
    mock.place(order("abc-def"))
    mock.act("fulfill", "dfa-3f1")
    mock.forward(3600)
    assert (len(inbox.letters), len(mock.deliveries), len(mock.webhooks), len(mock.webhooks.faults)) == (
        1,
        0,
        0,
        0,
    )
    mock.webhooks.create(mock.site_id, NEW_ORDER, URL, secret=SECRET)
    inbox.on_letter = None
    mock.place(order("abc-def"))
    assert [delivery.number for delivery in mock.deliveries] == [1]
    assert mock.deliveries[0].ok


def test_what_was_sent_before_a_reset_is_nothing_to_what_comes_after(mock: MockWebflow) -> None:
    """Though both are delivery number 1."""

    def begin_anew(letter: Letter) -> None:
        if len(inbox.letters) == 1:
            mock.reset()
            mock.webhooks.create(mock.site_id, NEW_ORDER, URL, secret=SECRET)
            mock.place(order("abc-def"))

    inbox = Inbox([500, 200], on_letter=begin_anew)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    (delivery,) = mock.deliveries
    assert (delivery.number, delivery.order_id, delivery.state) == (1, "abc-def", "delivered")
    assert [attempt.status for attempt in delivery.attempts] == [200]


def test_an_interrupt_leaves_the_mock_at_work(mock: MockWebflow) -> None:
    def interrupt(letter: Letter) -> None:
        raise KeyboardInterrupt

    inbox = Inbox(on_letter=interrupt)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    with pytest.raises(KeyboardInterrupt):
        mock.act("fulfill", "dfa-3f1")
    inbox.on_letter = None
    mock.act("refund", "dfa-3f1")
    assert [letter.order["status"] for letter in inbox.letters] == ["fulfilled", "fulfilled", "refunded"]
