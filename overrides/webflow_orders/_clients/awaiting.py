"""The methods of a client. In awaiting.py they are awaited; of that, `make generate` makes blocking.py."""

from __future__ import annotations

import builtins
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Never, Self, TypeVar

from .. import errors
from .._call import arguments, resources
from .._call.driver import AsyncDriver, sleep_async
from .._call.journal import Settlement, judged, opened
from .._call.operation import MIB, OnUnsettled, Operation, Options
from .._call.pagination import Page, page_of, walk_async
from .._call.retry import RetryPolicy
from .._http.connection import Connection
from .._http.engine import AsyncEngine
from .._http.transport import AsyncTransportChoice
from ..limits import RateLimit, limiter_for
from .shared import Shared

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike

    from ..export import Export, Format
    from ..models import (
        Order,
        OrderList,
        OrderStatus,
        OrderStatusWord,
        OrderTrigger,
        OrderTriggerWord,
        RefundReason,
        RefundReasonWord,
        Webhook,
        WebhookList,
    )
    from ..otel import OpenTelemetry
    from ..summary import Summary

T = TypeVar("T")


class AsyncBase(Shared[AsyncDriver]):
    """What the clients of both API versions share: a site, and the connections to it."""

    def __init__(
        self,
        *by_position: Never,
        token: str | None = None,
        site_id: str | None = None,
        base_url: str | None = None,
        allow_http: bool = False,
        timeout: float = 30.0,
        deadline: float = 150.0,
        retry: RetryPolicy = RetryPolicy(),
        confirm: bool = True,
        rate_limit: RateLimit = "auto",
        queue_timeout: float | None = None,
        max_body: int = 32 * MIB,
        concurrency: int = 100,
        transport: AsyncTransportChoice = None,
        journal: str | PathLike[str] | None = None,
        unsettled: OnUnsettled = "look",
        telemetry: OpenTelemetry | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = sleep_async,
    ) -> None:
        secret, unnamed = arguments.token(token), len(by_position)
        del token, by_position  # What refuses an argument has this frame in its traceback.
        arguments.named(type(self).__name__, unnamed)
        self.site_id: str | None = arguments.default_site_id(site_id)
        self._options = Options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            confirm=confirm,
            queue_timeout=queue_timeout,
            max_body=max_body,
            unsettled=unsettled,
        ).checked()
        connection = Connection(
            token=arguments.usable(secret), base_url=arguments.base_url(base_url, allow_http=allow_http)
        )
        self._engine = AsyncDriver(
            AsyncEngine(connection, transport, arguments.integer(concurrency, "concurrency", 1, 10_000)),
            limiter_for(rate_limit, connection.token, connection.base_url, clock),
            opened(journal, connection.base_url),
            clock,
            sleep,
            telemetry,
        )
        self._owns_engine = True

    async def close(self) -> None:
        """Close the connections. Can be called again."""
        if self._owns_engine:
            await self._engine.close()

    async def settle(
        self, *, order_id: str | None = None, give_up_after: float | None = None
    ) -> builtins.list[Settlement]:
        """Look at what each unsettled write was for, or those of this order, and say what became of it.

        A write that is under way is left alone. One that a look shows is settled; one that it does not show stays
        unsettled, for it may yet land, until it is `give_up_after` seconds old; None waits for ever.
        Raises OSError if the journal cannot be used; what cannot be looked at is in its settlement.
        """
        settlements = []
        for write in self._to_settle(order_id, give_up_after):
            seen = error = None
            try:
                if not write.unreadable:
                    seen = await self._send(resources.look(write.operation, write.site_id, write.target))
            except errors.WebflowOrdersError as failure:
                error = failure
            settlements.append(judged(write, seen, error, give_up_after))
        # Not one before the last: whoever is interrupted has been told of none.
        self._engine.journal.settle(*(each.write.id for each in settlements if each.became != "open"))
        return settlements

    async def _send(self, operation: Operation[T]) -> T:
        return await self._engine.send(operation, self._options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncOrdersClient(AsyncBase):
    """The orders of one Webflow site.

    Args:
        token: a site's or an app's token; WEBFLOW_TOKEN of the environment by default. Reading orders takes the scope
            `ecommerce:read`, the other methods `ecommerce:write`; webhooks take `sites:read` and `sites:write`.
        site_id: the site, 24 hexadecimal digits; WEBFLOW_SITE of the environment by default. An app with many sites
            leaves both out and calls `for_site`.
        base_url: where the API is; WEBFLOW_BASE_URL of the environment by default (a warning is logged if that is
            neither Webflow's nor a loopback address), or else Webflow's. Anything but https or a loopback address
            takes `allow_http`.
        timeout: seconds for one attempt, from connecting to the last byte of the answer.
        deadline: seconds for a call with its retries and all its waits.
        retry: when a call is made again; never a write whose outcome is unknown.
        confirm: whether a write whose answer went missing is looked for by re-reading the order.
        rate_limit: "auto" learns it from the server, and is shared by all clients of the token in this process; a
            number is requests a minute; None switches it off; or a limiter of your own, see `limits`.
        queue_timeout: seconds that a call may wait for its turn at the limiter, beside its deadline; by default
            that wait is part of the deadline. A job with more calls than two minutes hold sets it.
        max_body: bytes that an answer may have, decompressed.
        concurrency: how many connections there may be at once, and how many are kept; not for a transport of yours.
        transport: by what to send. "httpx" (the default) or "httpx2", with the proxy that the environment names; or a
            transport of either library, such as the mock's or `httpx2.AsyncHTTPTransport(…)`, which is
            used as it is, may serve other clients too, and is closed with the last of them. One of another class
            passes the extensions of a request on: else its ConnectError does not say that nothing was sent. Whoever
            awaits can also say "aiohttp", for very many calls at once.
        journal: a file that keeps the writes whose outcome is not known, for `unsettled` and `settle`. It survives
            the process, others may share it, and it is made for its owner alone to read. By default they are kept in
            memory, for as long as this client.
        unsettled: what a write does that finds an earlier one unsettled on its order: "look" at the order first, and
            go on if it does not show that one; "refuse", with UnsettledWriteError; or "ignore" it.
        telemetry: what is told of each call, by OpenTelemetry; see `webflow_orders.otel`.
        clock, sleep: how time passes, in seconds; a test gives its own.

    Every method raises ValueError or TypeError for an argument that cannot be right, before anything is sent, and
    otherwise the errors drawn in `webflow_orders.errors`. A client that blocks is safe for threads, and one that
    awaits for the tasks of one event loop, asyncio's or trio's.

    Example:
        >>> async with AsyncOrdersClient(site_id="580e63e98c9a982ac9b8b741") as orders:
        ...     # All of them, before one leaves the filter.
        ...     for order in [each async for each in orders.iter(status="unfulfilled")]:
        ...         await orders.fulfill(order.order_id)
    """

    async def list(
        self, *, status: OrderStatusWord | OrderStatus | None = None, offset: int = 0, limit: int = 100
    ) -> OrderList:
        """Fetch one page of orders; see `iter` for all of them.

        Args:
            status: only orders in this status, one of `OrderStatus`.
            offset: how many orders to skip.
            limit: how many orders at the most, 1 to 100.
        """
        return await self._send(resources.list_(self.site_id, status, offset, limit))

    def iter(
        self,
        *,
        status: OrderStatusWord | OrderStatus | None = None,
        page_size: int = 100,
    ) -> AsyncIterator[Order]:
        """Iterate over all orders, fetching a page only when it is reached.

        The API pages by offset. An order that is placed during the walk can push others onto the next page; what
        this shows again is given once, up to two pages of new orders between two fetches. An order that leaves
        the `status` that filters pulls others back over the edge of a page, and they are missed: to change the
        orders that a filter finds, take `list(...)` of them first. A list that gets nowhere, such as one with an
        empty page before its end or the same page again and again, raises ResponseDecodeError.

        Args:
            status: only orders in this status, one of `OrderStatus`.
            page_size: how many orders to ask for at a time, 1 to 100.
        """
        size = resources.page_size(page_size)
        resources.list_(self.site_id, status, 0, size)

        async def fetch(offset: int) -> Page[Order]:
            return page_of(await self.list(status=status, offset=offset, limit=size), offset)

        return walk_async(fetch, size)

    async def export(
        self,
        path: str | PathLike[str],
        *,
        format: Format | None = None,
        status: OrderStatusWord | OrderStatus | None = None,
        page_size: int = 100,
        resume: bool = True,
        overwrite: bool = False,
        progress: bool = True,
        tables: bool = False,
    ) -> Export:
        """Write all orders to a file: NDJSON, a line for each, or Parquet; see `webflow_orders.export`.

        What was fetched is kept beside it (`<path>.part`, `<path>.state`), so that an export that ended early,
        however it did, goes on where it was when it is called again; no order is lost, or in the file twice. The
        files hold customers' data, and are for their owner alone to read.

        Args:
            path: the file; it appears when it is complete.
            format: "ndjson" or "parquet" (extra `export`); by default what the file's name ends in. With `tables`,
                also "csv".
            status: only orders in this status, one of `OrderStatus`.
            page_size: how many orders to ask for at a time, 2 to 100.
            resume: go on with what is there; if False, throw it away and begin anew.
            overwrite: whether a file of that name may be replaced, at the end. If not, and one appears meanwhile,
                FileExistsError says so then; what was fetched stays for the next call.
            progress: show a bar, if stderr is a terminal and rich is installed (extra `export`).
            tables: make a folder of that name, with a file for each table of `webflow_orders.tables`: orders, items,
                addresses, extras and custom data. With `overwrite`, such a folder goes before the new one comes.

        Raises OSError and ValueError for files that cannot be written or belong to another export, and
        ModuleNotFoundError without pyarrow, all before anything is sent; then what `iter` raises. A million
        orders are ten thousand calls: three hours at 60 a minute.
        """
        from ..export.conductor import Exporter, run_async
        from ..export.options import checked

        options = checked(path, format, status, page_size, resume, overwrite, progress, tables)
        exporter = Exporter(self._engine.connection.base_url, self.site_id, options)
        return await run_async(
            exporter, lambda offset: self.list(status=status, offset=offset, limit=options.size)
        )

    async def summary(
        self,
        *,
        status: OrderStatusWord | OrderStatus | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int = 100,
    ) -> Summary:
        """Add up what customers paid, taxes, shipping and discounts, for each currency and exactly.

        The API finds orders by nothing but their status, so this walks over all of them: a request for each hundred.

        Args:
            status: only orders in this status, one of `OrderStatus`.
            since: only orders placed at this moment, an aware datetime, or later.
            until: only orders placed before this one.
            page_size: how many orders to ask for at a time, 1 to 100.
        """
        from ..summary import Tally

        tally = Tally(since, until)
        async for order in self.iter(status=status, page_size=page_size):
            tally.add(order)
        return tally.summary()

    async def get(self, order_id: str) -> Order:
        """Fetch one order."""
        return await self._send(resources.get(self.site_id, order_id))

    async def update(
        self,
        order_id: str,
        *,
        comment: str | None = None,
        shipping_provider: str | None = None,
        shipping_tracking: str | None = None,
        shipping_tracking_url: str | None = None,
    ) -> Order:
        """Change the notes of an order; what is None stays as it is. At least one is needed."""
        return await self._send(
            resources.update(
                self.site_id, order_id, comment, shipping_provider, shipping_tracking, shipping_tracking_url
            )
        )

    async def fulfill(self, order_id: str, *, send_email: bool = False) -> Order:
        """Mark an order as fulfilled, and have Webflow tell the customer if `send_email`."""
        return await self._send(resources.fulfill(self.site_id, order_id, send_email))

    async def unfulfill(self, order_id: str) -> Order:
        """Take a fulfillment back."""
        return await self._send(resources.unfulfill(self.site_id, order_id))

    async def refund(self, order_id: str, *, reason: RefundReasonWord | RefundReason | None = None) -> Order:
        """Give the customer the whole amount back.

        Args:
            order_id: the order.
            reason: "duplicate", "fraudulent" or "requested"; the order then shows it in Stripe's words.
        """
        return await self._send(resources.refund(self.site_id, order_id, reason))

    @property
    def webhooks(self) -> AsyncWebhooks:
        """The webhooks of the site: where Webflow posts what happens to its orders."""
        return AsyncWebhooks(self)


class AsyncWebhooks:
    """The webhooks of a client's site, as `orders.webhooks`. They raise what the client's methods raise."""

    def __init__(self, client: AsyncOrdersClient) -> None:
        self._client = client

    async def create(self, url: str, trigger: OrderTriggerWord | OrderTrigger) -> Webhook:
        """Have Webflow post orders to an address, from now on; see `webflow_orders.webhooks` for receiving them.

        What is there already is listed first. Should the answer go missing, the webhook is looked for: what was not
        there before. It has no `secret_key` then, which nobody can read again: remove it, and make another.

        Args:
            url: where to post; https, or http.
            trigger: "ecomm_new_order" or "ecomm_order_changed".

        Returns it with its `secret_key`, if a site token made it. Keep that: it is shown here alone.
        Raises ConflictError if there are 75 of this trigger (an assumption: the status is documented nowhere).
        """
        operation = resources.create_webhook(self._client.site_id, url, trigger)
        return await self._client._send(operation)

    async def list(self) -> WebhookList:
        """Fetch the webhooks of the site, whatever they are about, without their secrets."""
        return await self._client._send(resources.list_webhooks(self._client.site_id))

    async def get(self, webhook_id: str) -> Webhook:
        """Fetch one webhook, without its secret."""
        return await self._client._send(resources.get_webhook(webhook_id))

    async def delete(self, webhook_id: str) -> None:
        """Remove a webhook. Sent again if an answer goes missing, and done once there is no such webhook any more."""
        await self._client._send(resources.delete_webhook(self._client.site_id, webhook_id))
