"""The ledger of deliveries: what it shows, who listens, and what is replayed from it."""

from __future__ import annotations

import json
import logging

import httpx
import pytest
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.webhooks import deliveries
from webflow_orders_mock.webhooks.deliveries import Delivery
from webflow_orders_mock.webhooks.registry import ORDER_CHANGED

from ..conftest import NOON
from .inbox import SECRET, URL, Inbox, Letter


def test_a_delivery_is_shown_with_its_attempts(mock: MockWebflow) -> None:
    inbox = Inbox([503])
    _, changed = mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.webhooks.fault("bare")
    mock.act("fulfill", "dfa-3f1")
    shown = mock.deliveries[0].as_json()
    assert shown == {
        "delivery": 1,
        "webhookId": changed.webhook_id,
        "siteId": mock.site_id,
        "orderId": "dfa-3f1",
        "triggerType": "ecomm_order_changed",
        "url": URL,
        "time": "2025-03-21T12:00:00.000Z",
        "state": "waiting",
        "due": "2025-03-21T12:10:00.000Z",
        "fault": "bare",
        "attempts": [
            {
                "attempt": 1,
                "time": "2025-03-21T12:00:00.000Z",
                "status": 503,
                "outcome": "answered 503: 200 alone is success",
                "fault": "bare",
                "retry": False,
                "replay": False,
            }
        ],
    }
    assert mock.deliveries[0].attempts[0].answer == b"as told"


def test_the_ledger_is_read_like_a_list(mock: MockWebflow, inbox: Inbox) -> None:
    for action in ("fulfill", "unfulfill", "refund"):
        mock.act(action, "dfa-3f1")
    assert [delivery.number for delivery in mock.deliveries] == [1, 2, 3]
    assert [delivery.number for delivery in mock.deliveries.since(1)] == [2, 3]
    assert [delivery.number for delivery in mock.deliveries[-2:]] == [2, 3]
    assert (mock.deliveries[-1].number, mock.deliveries.number(2).number, len(mock.deliveries)) == (3, 2, 3)
    assert mock.deliveries.get(4) is None
    with pytest.raises(ValueError, match="there is no delivery 4"):
        mock.deliveries.number(4)


def test_it_keeps_the_last_and_all_that_wait(
    mock: MockWebflow, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "KEEP", 3)
    mock.webhooks.fault("late")
    for _ in range(6):
        mock.act("update", "dfa-3f1")
    assert [delivery.number for delivery in mock.deliveries] == [1, 5, 6]
    mock.forward(60)
    assert [delivery.state for delivery in mock.deliveries] == ["delivered"] * 3


def test_who_listens_hears_of_everything_in_order(mock: MockWebflow) -> None:
    inbox, heard = Inbox([500]), list[Delivery]()
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    stop = mock.deliveries.listen(heard.append)
    mock.act("fulfill", "dfa-3f1")
    mock.forward(600)
    found = [(each.state, len(each.attempts), each.due) for each in heard]
    assert found == [
        ("waiting", 0, NOON),
        ("waiting", 1, NOON),
        ("waiting", 1, NOON + 600),
        ("delivered", 2, None),
    ]
    assert heard[-1] == mock.deliveries[0]
    stop()
    stop()
    mock.act("refund", "dfa-3f1")
    assert len(heard) == 4


def test_a_listener_that_fails_harms_nobody(
    mock: MockWebflow, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    mock.deliveries.listen(lambda delivery: 1 / 0)
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].ok
    assert "somebody who listens to deliveries failed" in caplog.text


# ---------------------------------------------------------------- replay


def test_a_replay_is_the_delivery_signed_anew(mock: MockWebflow, inbox: Inbox) -> None:
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    mock.forward(3600)
    delivery = mock.webhooks.replay(1)
    first, _, again = inbox.letters
    assert (again.body, again.timestamp) == (first.body, (NOON + 3600) * 1000)
    assert again.is_signed_rightly
    assert [(each.number, each.is_replay, each.is_retry) for each in delivery.attempts] == [
        (1, False, False),
        (2, True, False),
    ]


def test_an_attempt_is_replayed_to_the_byte(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("wrong_secret")
    mock.act("fulfill", "dfa-3f1")
    mock.forward(3600)
    mock.webhooks.replay(1, attempt=1)
    assert inbox.letters[0] == inbox.letters[1]


def test_a_fault_does_not_spoil_a_replay(mock: MockWebflow, inbox: Inbox) -> None:
    mock.webhooks.fault("truncated", attempts=4)
    mock.act("fulfill", "dfa-3f1")
    mock.webhooks.replay(1)
    assert inbox.letters[1].order["status"] == "fulfilled"


def test_a_replay_that_is_taken_ends_the_retries(mock: MockWebflow) -> None:
    inbox = Inbox([500, 500])
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert mock.webhooks.replay(1).state == "waiting", "it was not taken, and changes nothing"
    assert mock.deliveries[0].retries_left == 2
    assert mock.webhooks.replay(1).state == "delivered"
    mock.forward(3600)
    assert len(inbox.letters) == 3
    assert [(each.is_retry, each.is_replay) for each in mock.deliveries[0].attempts] == [
        (False, False),
        (False, True),
        (False, True),
    ]


def test_a_replay_after_a_retry_is_no_retry(mock: MockWebflow) -> None:
    inbox = Inbox([500, 500])
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    mock.forward(600)
    mock.webhooks.replay(1)
    assert [(each.is_retry, each.is_replay) for each in mock.deliveries[0].attempts] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_a_reset_forgets_what_was_to_be_replayed(mock: MockWebflow) -> None:
    def replay(letter: Letter) -> None:
        mock.webhooks.replay(1)
        mock.reset()

    inbox = Inbox(on_letter=replay)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert len(inbox.letters) == 1


def test_what_was_lost_or_failed_can_be_replayed(mock: MockWebflow) -> None:
    inbox = Inbox([500] * 4)
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    mock.webhooks.fault("lost")
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    mock.forward(3600)
    assert [delivery.state for delivery in mock.deliveries] == ["lost", "failed"]
    assert [mock.webhooks.replay(number).state for number in (1, 2)] == ["delivered", "delivered"]
    assert [letter.order["status"] for letter in inbox.letters[-2:]] == ["fulfilled", "refunded"]


def test_what_cannot_be_replayed_says_so(mock: MockWebflow, inbox: Inbox) -> None:
    mock.act("fulfill", "dfa-3f1")
    with pytest.raises(ValueError, match="there is no delivery 2"):
        mock.webhooks.replay(2)
    with pytest.raises(ValueError, match="delivery 1 has no attempt 2"):
        mock.webhooks.replay(1, attempt=2)
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, "http://example.com/")
    mock.act("refund", "dfa-3f1")
    with pytest.raises(ValueError, match="the webhook of delivery 3 is not on this machine"):
        mock.webhooks.replay(3)
    mock.webhooks.delete(mock.deliveries[0].webhook_id)
    with pytest.raises(ValueError, match="the webhook of delivery 1 is gone"):
        mock.webhooks.replay(1)
    assert len(inbox.letters) == 2


# ---------------------------------------------------------------- secrets


def test_nothing_that_is_shown_has_a_secret_or_a_customer(
    mock: MockWebflow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox = Inbox([RuntimeError("of Wilhelmina Quandt")] * 4)
    url = "http://user:pass-word@receiver.test/hook?key=in-the-query"
    mock.webhooks.deliver_to(inbox, url=url)
    webhook = mock.webhooks.create(mock.site_id, ORDER_CHANGED, url, secret=SECRET)
    elsewhere = mock.webhooks.create(
        mock.site_id, ORDER_CHANGED, "http://u:pass-word@example.com/?key=in-the-query"
    )
    mock.webhooks.fault("wrong_secret")
    mock.act("fulfill", "dfa-3f1")
    mock.forward(3600)
    control = httpx.Client(transport=mock.transport(), base_url="http://mock/_mock")
    shown = [
        *map(repr, mock.deliveries),
        json.dumps([each.as_json() for each in mock.deliveries]),
        *(control.get(path).text for path in ("", "/deliveries", "/webhooks", "/ledger")),
        *(repr(each).replace(each.url, "") for each in mock.webhooks),
        caplog.text,
    ]
    signatures = [letter.headers["x-webflow-signature"] for letter in inbox.letters]
    assert len(signatures) == 4
    for hidden in (SECRET, elsewhere.secret, *signatures, "Wilhelmina", "pass-word", "in-the-query"):
        assert not [text for text in shown if hidden in text], hidden
    assert webhook.where == "http://receiver.test/hook"


def test_an_order_placed_is_shown_by_its_id_alone(mock: MockWebflow, inbox: Inbox) -> None:
    mock.place(order("abc-def"))
    assert "abc-def" in repr(mock.deliveries[0])
    assert "payload" not in repr(mock.deliveries[0])
