"""The mock, for tests of your own: `pip install 'webflow-orders[testing]'`.

With the extra installed, pytest knows these fixtures without any import: `webflow_orders_mock` (in process),
`webflow_orders_server` (the same over a socket), and `webflow_orders_client`, an `OrdersClient` of that mock whose
waits take no time.
"""

from typing import Any

from ._clients.awaiting import AsyncOrdersClient
from ._clients.blocking import OrdersClient
from ._common.extras import needed_by

with needed_by(__name__, extra="testing"):
    from webflow_orders_mock import MockWebflow, extra, item, order

__all__ = ["MockWebflow", "async_client", "client", "extra", "item", "order"]


def client(mock: MockWebflow, **options: Any) -> OrdersClient:
    """A client of the mock that lives by the mock's clock: where it would wait, that clock is put forward.

    Args:
        mock: its token, its site and, without a socket, its answers are the client's.
        options: of `OrdersClient`, instead of what is chosen here.
    """
    return OrdersClient(**{**_options(mock), "sleep": mock.forward, **options})


def async_client(mock: MockWebflow, **options: Any) -> AsyncOrdersClient:
    """The same for `AsyncOrdersClient`."""

    async def sleep(seconds: float) -> None:
        mock.forward(seconds)

    return AsyncOrdersClient(**{**_options(mock), "sleep": sleep, **options})


def _options(mock: MockWebflow) -> dict[str, Any]:
    transport = mock.transport(sleep=mock.forward)
    return {"token": mock.token, "site_id": mock.site_id, "transport": transport, "clock": mock.now}
