"""A mock with a clock that stands still, and clients that know its token."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from webflow_orders_mock import MockWebflow

NOON = 1_742_558_400.0  # 2025-03-21T12:00:00Z

Connect = Callable[..., httpx.Client]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mock(clock: Clock) -> MockWebflow:
    return MockWebflow(clock=clock)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """connect(mock, token=...): a client of the mock; `token=None` sends none."""
    opened: list[httpx.Client] = []

    def connect(mock: MockWebflow, token: str | None = "mock-token") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(transport=mock.transport(), base_url="http://mock", headers=headers)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
def client(mock: MockWebflow, connect: Connect) -> httpx.Client:
    return connect(mock)


@pytest.fixture
def orders_url(mock: MockWebflow) -> str:
    return f"/v2/sites/{mock.site_id}/orders"


@pytest.fixture
def v1_url(mock: MockWebflow) -> str:
    return f"/sites/{mock.site_id}"
