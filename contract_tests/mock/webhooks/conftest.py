"""A mock whose webhooks an inbox takes, in process."""

from __future__ import annotations

import pytest
from webflow_orders_mock import MockWebflow

from .inbox import SECRET, URL, Inbox


@pytest.fixture
def mock(mock: MockWebflow) -> MockWebflow:
    """Where a receiver has time, however slow the machine is."""
    mock.webhooks.time_limit = 600
    return mock


@pytest.fixture
def inbox(mock: MockWebflow) -> Inbox:
    inbox = Inbox()
    mock.webhooks.deliver_to(inbox, url=URL, secret=SECRET)
    return inbox
