"""The fixture that knows both, the client and the mock. Like the mock's own, it imports nothing before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from webflow_orders_mock import MockWebflow

    from . import OrdersClient


@pytest.fixture
def webflow_orders_client(webflow_orders_mock: MockWebflow) -> Iterator[OrdersClient]:
    """An `OrdersClient` of `webflow_orders_mock` on that mock's clock: retries and rate limits cost no real time."""
    from .testing import client

    with client(webflow_orders_mock) as orders:
        yield orders
