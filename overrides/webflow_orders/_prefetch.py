"""A walk that fetches the next page while the caller works on this one: one page ahead, never more.

The fetch is an ordinary call of the client, with its limiter, retries and deadline. What it raises is raised where
its page would have been reached. When the walk ends early, nothing is left behind: a thread is told to give up and
is waited for, which takes at the most the `timeout` of the attempt that is under way; a task is cancelled.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Generic

from ._engine import given_up
from ._pagination import Page, T, Window


class _Fetch(Generic[T]):
    """A fetch in a thread of its own. Daemonic: a program that ends in the middle of a walk does not wait for it."""

    def __init__(self, fetch: Callable[[int], Page[T]], offset: int) -> None:
        self._fetch, self._offset = fetch, offset
        self._page: Page[T] | None = None
        self._error: BaseException | None = None
        self._stop = threading.Event()
        context = contextvars.copy_context()
        context.run(given_up.set, self._stop)
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name="webflow-orders-prefetch", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._page = self._fetch(self._offset)
        except BaseException as error:
            self._error = error

    def result(self) -> Page[T]:
        self._thread.join()
        if self._error is not None:
            raise self._error
        # In a forked child the thread is gone, without a word.
        return self._page if self._page is not None else self._fetch(self._offset)

    def give_up(self) -> None:
        self._stop.set()
        self._thread.join()


def ahead(fetch: Callable[[int], Page[T]], size: int) -> Iterator[T]:
    page, window = fetch(0), Window()
    offset = page.next_offset(0, size)
    while offset is not None:
        following = _Fetch(fetch, offset)
        try:
            yield from window.fresh(page.orders)
            page = following.result()
        finally:
            following.give_up()
        offset = page.next_offset(offset, size)
    yield from window.fresh(page.orders)


async def ahead_async(fetch: Callable[[int], Awaitable[Page[T]]], size: int) -> AsyncIterator[T]:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError("prefetch=True needs asyncio") from None
    page, window = await fetch(0), Window()
    offset = page.next_offset(0, size)
    while offset is not None:
        following = loop.create_task(_awaited(fetch, offset))
        try:
            for order in window.fresh(page.orders):
                yield order
            page = await following
        finally:
            await _give_up(following)
        offset = page.next_offset(offset, size)
    for order in window.fresh(page.orders):
        yield order


async def _awaited(fetch: Callable[[int], Awaitable[Page[T]]], offset: int) -> Page[T]:
    return await fetch(offset)


async def _give_up(task: asyncio.Task[Page[T]]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # Looked at, so that asyncio does not complain that nobody did.
