"""The webhooks of the account: made, found, deleted, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from webflow_orders_mock import MockWebflow
from webflow_orders_mock.webhooks.registry import MOST, NEW_ORDER, ORDER_CHANGED, TooManyWebhooks

HOOK = "http://127.0.0.1:8000/hook"


def test_a_webhook_gets_an_id_and_a_secret_of_its_own(mock: MockWebflow) -> None:
    first, second = (
        mock.webhooks.create(mock.site_id, trigger, HOOK) for trigger in (NEW_ORDER, ORDER_CHANGED)
    )
    assert mock.webhooks.get(first.webhook_id) == first != second
    assert [len(first.webhook_id), len(first.secret)] == [24, 64]
    assert first.secret != second.secret
    assert (first.created, first.last_triggered, first.active, first.filter) == (mock.now(), None, True, None)


def test_no_repr_has_the_secret(mock: MockWebflow) -> None:
    webhook = mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK, secret="do-not-show-me")
    assert "do-not-show-me" not in repr(webhook)


def test_those_of_a_site_come_in_the_order_they_were_made_in(mock: MockWebflow) -> None:
    triggers = (ORDER_CHANGED, NEW_ORDER, "form_submission", ORDER_CHANGED)
    made = [mock.webhooks.create(mock.site_id, trigger, HOOK) for trigger in triggers]
    mock.webhooks.create(mock.site_id_of_another, NEW_ORDER, HOOK)
    assert mock.webhooks.of_site(mock.site_id) == made
    assert mock.webhooks.of_site(mock.site_id, ORDER_CHANGED) == [made[0], made[3]]


def test_what_is_deleted_is_gone_and_its_id_is_not_given_again(mock: MockWebflow) -> None:
    gone = mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK)
    assert mock.webhooks.delete(gone.webhook_id)
    assert not mock.webhooks.delete(gone.webhook_id)
    assert mock.webhooks.get(gone.webhook_id) is None
    mock.webhooks.deactivate(gone.webhook_id)  # Says nothing, and brings nothing back.
    assert mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK).webhook_id != gone.webhook_id
    assert len(mock.webhooks) == 1


def test_a_site_has_75_of_a_trigger_at_the_most(mock: MockWebflow) -> None:
    for _ in range(MOST):
        mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK)
    with pytest.raises(TooManyWebhooks, match="75 webhooks of ecomm_new_order"):
        mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK)
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, HOOK)
    mock.webhooks.create(mock.site_id_of_another, NEW_ORDER, HOOK)


def test_a_reset_forgets_them_and_begins_anew(mock: MockWebflow) -> None:
    before = mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK)
    mock.reset()
    assert len(mock.webhooks) == 0
    assert mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK).webhook_id == before.webhook_id


def test_a_file_keeps_them(tmp_path: Path) -> None:
    mock = MockWebflow(path=tmp_path / "shop.sqlite")
    gone, kept, told = (
        mock.webhooks.create(mock.site_id, "form_submission", HOOK, filter={"name": "Contact"})
        for _ in range(3)
    )
    mock.webhooks.delete(gone.webhook_id)
    mock.webhooks.triggered(told.webhook_id, 1_742_558_400.5)
    mock.webhooks.deactivate(told.webhook_id)
    listed = mock.webhooks.of_site(mock.site_id)
    mock.close()

    again = MockWebflow(path=tmp_path / "shop.sqlite")
    assert again.webhooks.of_site(again.site_id) == listed
    assert listed[0] == kept
    assert (listed[1].last_triggered, listed[1].active) == (1_742_558_400.5, False)
    again.reset()
    again.close()

    emptied = MockWebflow(path=tmp_path / "shop.sqlite")
    assert len(emptied.webhooks) == 0
    emptied.close()


def test_a_file_of_before_there_were_webhooks_is_opened(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "shop.sqlite"
    MockWebflow(path=path).close()
    with sqlite3.connect(path) as old:
        old.execute("drop table webhooks")
    old.close()

    mock = MockWebflow(path=path)
    assert len(mock.orders) == 27
    mock.webhooks.create(mock.site_id, NEW_ORDER, HOOK)
    mock.close()
