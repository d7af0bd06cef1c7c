"""Reads of the deprecated v1 API, for shops that still migrate: `from webflow_orders import v1`.

The arguments and errors are those of `webflow_orders.OrdersClient`. v1 has no scopes, its list has no total, and
its orders have the v1 shape. Webflow ended its support on 2025-03-31 and may switch it off at any time: whoever makes
one of these clients gets a DeprecationWarning.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

from ._call import resources
from ._call.pagination import Page, page_of_v1, walk, walk_async
from ._clients.awaiting import AsyncBase
from ._clients.blocking import Base

if sys.version_info >= (3, 13):
    from warnings import deprecated
else:
    from typing_extensions import deprecated

if TYPE_CHECKING:
    from .models import OrderStatus, OrderStatusWord, OrderV1

__all__ = ["AsyncOrdersClient", "OrdersClient"]


@deprecated("Webflow ended its support of the v1 API on 2025-03-31: use webflow_orders.OrdersClient")
class OrdersClient(Base):
    """The orders of one Webflow site, read by v1."""

    def list(
        self, *, status: OrderStatusWord | OrderStatus | None = None, offset: int = 0, limit: int = 100
    ) -> Sequence[OrderV1]:
        """Fetch one page of orders; see `iter` for all of them."""
        return self._send(resources.list_v1(self.site_id, status, offset, limit))

    def iter(
        self,
        *,
        status: OrderStatusWord | OrderStatus | None = None,
        page_size: int = 100,
    ) -> Iterator[OrderV1]:
        """Iterate over all orders, fetching a page only when it is reached. A short page is the last.

        For pages that shift, see `webflow_orders.OrdersClient.iter`.
        """
        size = resources.page_size(page_size)
        operation = resources.list_v1
        operation(self.site_id, status, 0, size)
        return walk(
            lambda offset: page_of_v1(self._send(operation(self.site_id, status, offset, size))), size
        )

    def get(self, order_id: str) -> OrderV1:
        """Fetch one order."""
        return self._send(resources.get_v1(self.site_id, order_id))


@deprecated("Webflow ended its support of the v1 API on 2025-03-31: use webflow_orders.AsyncOrdersClient")
class AsyncOrdersClient(AsyncBase):
    """The twin of `v1.OrdersClient` whose calls are awaited."""

    async def list(
        self, *, status: OrderStatusWord | OrderStatus | None = None, offset: int = 0, limit: int = 100
    ) -> Sequence[OrderV1]:
        """Fetch one page of orders; see `iter` for all of them."""
        return await self._send(resources.list_v1(self.site_id, status, offset, limit))

    def iter(
        self,
        *,
        status: OrderStatusWord | OrderStatus | None = None,
        page_size: int = 100,
    ) -> AsyncIterator[OrderV1]:
        """Iterate over all orders, fetching a page only when it is reached. A short page is the last.

        For pages that shift, see `webflow_orders.OrdersClient.iter`.
        """
        size = resources.page_size(page_size)
        operation = resources.list_v1
        operation(self.site_id, status, 0, size)

        async def fetch(offset: int) -> Page[OrderV1]:
            return page_of_v1(await self._send(operation(self.site_id, status, offset, size)))

        return walk_async(fetch, size)

    async def get(self, order_id: str) -> OrderV1:
        """Fetch one order."""
        return await self._send(resources.get_v1(self.site_id, order_id))
