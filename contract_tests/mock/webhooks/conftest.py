"""A mock whose webhooks an inbox takes, in process."""

from __future__ import annotations

import pytest
from webflow_orders_mock import MockWebflow

from .inbox import SECRET, URL, Inbox


@pytest.fixture
def inbox(mock: MockWebflow) -> Inbox:
    inbox = Inbox()
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    return inbox
