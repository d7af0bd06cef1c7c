"""Conducts an export: which page is wanted next, what of it is new, and when all is done. It sends nothing itself."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, Self, cast

from .._call import resources
from .._call.pagination import JoinedWalk, key_of, page_of
from .._common import threads
from .._common.extras import needed_by
from . import tables
from .journal import Journal, same
from .options import Export, ExportOptions
from .progress import Bar

if TYPE_CHECKING:
    from ..models import Order, OrderList


class Exporter:
    """Conducts an export."""

    def __init__(self, base_url: str, site_id: str | None, asked: ExportOptions) -> None:
        resources.list_(site_id, asked.status, 0, asked.size)
        self._asked = asked
        about = {"export": 1, "base_url": base_url, "site_id": site_id, "status": asked.status}
        format = f"tables of {asked.format}" if asked.tables else asked.format
        self._journal = Journal(asked.path.absolute(), {**about, "format": format})
        self._site_id = site_id or ""
        self._work = self._conduct()
        self._bar = Bar(asked.progress)
        self._duplicates = self._unreadable = self._resumed = self._calls = 0
        # A task that is cancelled leaves while a thread of its own is still writing.
        self._busy = threading.Lock()

    def take(self, listing: OrderList | None = None) -> int | Export:
        """At which offset the next page is wanted, or what it came to. The first time, there is none to take."""
        with self._busy:
            try:
                return self._work.send(listing)
            except StopIteration as done:
                return cast(Export, done.value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._busy:
            self._work.close()
            self._journal.close()
            self._bar.close()

    def _conduct(self) -> Generator[int, Any, Export]:
        journal, path = self._journal, self._asked.path
        if self._asked.format == "parquet":
            _parquet()
        if not (journal.state_is_there and self._asked.resume):
            self._refuse_to_overwrite()
        journal.open()
        if not self._asked.resume:
            self._refuse_to_overwrite()
            journal.reset()
        elif journal.recall() and journal.orders is not None:
            if journal.was_there:
                return self._finish(journal.orders)
            if os.path.lexists(path):
                return self._done(journal.orders)
            journal.reset()  # It was finished, and somebody has taken the file since.
        self._refuse_to_overwrite()
        journal.note()
        journal.read()
        self._resumed = journal.count
        yield from self._tail(max(0, journal.count - 1))
        if journal.tail is None:
            journal.tail = journal.length
            journal.sync()
            journal.note()
        if self._resumed or self._calls > 1:
            yield from self._head()
        journal.sync()
        journal.orders = journal.count
        journal.note()
        return self._finish(journal.count)

    def _refuse_to_overwrite(self) -> None:
        path = self._asked.path
        if self._asked.tables and self._asked.overwrite and tables.is_one(path):
            return
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if os.path.lexists(path) and not self._asked.overwrite:
            raise FileExistsError(errno.EEXIST, "it is there already, and overwrite is False", str(path))
        if path.exists() and not path.is_file():  # Such as /dev/stdout: nobody means to have that replaced.
            raise FileExistsError(errno.EEXIST, "it is no regular file, and is not replaced", str(path))

    def _tail(self, start: int) -> Generator[int, Any, None]:
        """To the end of the list."""
        seen = self._journal.seen
        walk: JoinedWalk[Order] = JoinedWalk(self._asked.size, start, lambda order: key_of(order) in seen)
        while walk.offset is not None:
            yield from self._page(walk, walk.offset)

    def _head(self) -> Generator[int, Any, None]:
        """What was placed since, if the list begins with the newest: down to what the tail had shown."""
        shown = set[bytes]()
        walk: JoinedWalk[Order] = JoinedWalk(self._asked.size, 0, lambda order: key_of(order) in shown)
        while walk.offset is not None:
            keys = yield from self._page(walk, walk.offset)
            shown.update(keys)
            if keys and self._journal.seen.is_old(keys[-1]):
                return

    def _page(self, walk: JoinedWalk[Order], offset: int) -> Generator[int, Any, list[bytes]]:
        """Write what is new on a page that joins. The keys of its orders; none of one that does not."""
        page, journal = page_of((yield offset), offset).read(), self._journal
        self._calls += 1
        if not walk.take(page):
            return []
        wrote = journal.write(page.orders)
        self._duplicates += len(page.orders) - wrote
        self._unreadable += page.sent - len(page.orders)
        self._bar.show(journal.count, page.total)
        return [key_of(order) for order in page.orders]

    def _finish(self, orders: int) -> Export:
        """Everything is fetched. If we are ended in the middle of this, the next export begins here."""
        journal, asked = self._journal, self._asked
        if asked.tables:
            if not journal.drafted:
                tables.write(journal.part, journal.draft, asked.format, self._site_id)
                journal.drafted = True
                journal.note()
            if journal.draft.is_dir():  # If it is not, we were ended after this, the last time.
                tables.publish(journal.draft, journal.path, overwrite=asked.overwrite)
            return self._done(orders)
        is_parquet = asked.format == "parquet"
        if is_parquet and not same(journal.draft, journal.path):
            _parquet().write(journal.part, journal.draft)
        journal.publish(journal.draft if is_parquet else journal.part, overwrite=asked.overwrite)
        return self._done(orders)

    def _done(self, orders: int) -> Export:
        self._journal.done()
        return Export(
            path=self._asked.path,
            orders=orders,
            resumed_from=self._resumed,
            duplicates=self._duplicates,
            unreadable=self._unreadable,
        )


def _parquet() -> Any:
    with needed_by("Parquet", extra="export"):
        from . import parquet
    return parquet


def run(exporter: Exporter, fetch: Callable[[int], OrderList]) -> Export:
    """Export what `fetch` gives from an offset on."""
    with exporter:
        step = exporter.take()
        while isinstance(step, int):
            step = exporter.take(fetch(step))
        return step


async def run_async(exporter: Exporter, fetch: Callable[[int], Awaitable[OrderList]]) -> Export:
    """`run`, for a `fetch` that is awaited. Files are read and written in a thread, under trio too."""
    from anyio.to_thread import run_sync

    with exporter:
        step = await run_sync(exporter.take, limiter=threads.places("export"))
        while isinstance(step, int):
            step = await run_sync(exporter.take, await fetch(step), limiter=threads.places("export"))
        return step
