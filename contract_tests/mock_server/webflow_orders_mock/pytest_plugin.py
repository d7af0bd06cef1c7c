"""Fixtures. pytest loads this wherever webflow-orders is installed, so nothing is imported at the top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from webflow_orders_mock import MockServer, MockWebflow

EXTRA = ("pydantic", "pydantic_core", "uvicorn")


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in EXTRA:
            raise
        raise pytest.UsageError(
            f"the mock needs {error.name}: pip install 'webflow-orders[testing]'"
        ) from error


@pytest.fixture
def webflow_orders_mock() -> Iterator[MockWebflow]:
    """A fresh mock for this test: seed it, point a client at `.transport()`, look at `.orders`."""
    with _extra():
        from webflow_orders_mock import MockWebflow
    mock = MockWebflow()
    yield mock
    mock.close()


@pytest.fixture
def webflow_orders_server(webflow_orders_mock: MockWebflow) -> Iterator[MockServer]:
    """The same mock behind a real server: point a client at `.url`. It stops when the test ends."""
    with _extra():
        from webflow_orders_mock import MockServer
    with MockServer(webflow_orders_mock) as server:
        yield server
