"""A task may be cancelled at any of its awaits, in any of the ways that there are; no write is lost by that."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx
import pytest
import trio
from webflow_orders import AsyncOrdersClient
from webflow_orders.limits import RateLimiter, Reservation
from webflow_orders_mock import MockWebflow

from contract_tests.client import failing
from contract_tests.client.conftest import access
from contract_tests.client.failing import applied, before
from contract_tests.client.interrupting import at_await

mock = failing.mock


def test_whoever_is_cancelled_while_the_journal_is_locked_holds_up_no_other_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock = MockWebflow(shop=False)
    _, write = before(mock, "refund-order")
    path, waiting, waited = tmp_path / "shop.sqlite", threading.Event(), threading.Event()

    async def main() -> None:
        client = AsyncOrdersClient(**access(mock), transport=Waiting(mock), journal=path)
        journal = client._engine.journal
        begin = journal.begin

        def begun(*arguments: Any) -> None:
            waiting.set()
            begin(*arguments)
            waited.set()

        monkeypatch.setattr(journal, "begin", begun)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as locking:
            locking.execute("BEGIN EXCLUSIVE")
            task = asyncio.ensure_future(write(client))
            while not waiting.is_set():
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
            assert not waited.is_set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert waited.is_set()
        assert client.unsettled() == []
        await client.close()

    asyncio.run(main())
    assert applied(mock) == 0


class Asked(RateLimiter):
    """One that may block."""

    blocking = True

    def __init__(self, ask: Callable[[], None]) -> None:
        super().__init__(1000)
        self._ask = ask

    def acquire(self, reservation: Reservation, now: float) -> float:
        self._ask()
        return super().acquire(reservation, now)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_call_waits_for_none_of_the_threads_that_the_program_s_own_work_takes(
    tmp_path: Path, backend: str
) -> None:
    """Which may wait for that call: a framework that runs its handlers in those threads would stand still."""

    async def main() -> None:
        mock = MockWebflow(shop=False)
        _, write = before(mock, "refund-order")
        threads = anyio.to_thread.current_default_thread_limiter()
        taken: list[float] = []
        async with AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=Waiting(mock), journal=tmp_path / "shop.sqlite",
            rate_limit=Asked(lambda: taken.append(threads.borrowed_tokens)),
        ) as client:  # fmt: skip
            journal = client._engine.journal
            for name in ("begin", "answered"):
                do = getattr(journal, name)
                setattr(journal, name, lambda *_, do=do: (taken.append(threads.borrowed_tokens), do(*_)))
            await write(client)
        assert taken == [0, 0, 0]
        assert applied(mock) == 1

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("in_a_file", [False, True])
@pytest.mark.parametrize("operation", ["refund-order", "create-webhook", "delete-webhook"])
def test_a_cancellation_at_any_await_loses_no_write(
    tmp_path: Path, backend: str, in_a_file: bool, operation: str
) -> None:
    """By what cancels a task in each: asyncio's own way does not wait for the thread that writes to the journal."""

    async def main(wait: int) -> bool:
        mock = MockWebflow(shop=False)
        target, write = before(mock, operation)
        client = AsyncOrdersClient(
            token=mock.token, site_id=mock.site_id, transport=Waiting(mock), rate_limit=None,
            journal=tmp_path / "shop.sqlite" if in_a_file else None,
        )  # fmt: skip
        told = False
        with (
            trio.CancelScope() if backend == "trio" else contextlib.suppress(asyncio.CancelledError) as scope
        ):
            task = asyncio.current_task() if backend == "asyncio" else None
            cancel: Any = (scope or task).cancel  # type: ignore[union-attr]  # There is always one of the two.
            await at_await(wait, write(client), cancel)
            told = True
        unsettled = client.unsettled()
        assert not any(left.is_under_way for left in unsettled)
        if applied(mock) and not told:
            assert [(left.operation, left.target) for left in unsettled] == [(operation, target)], wait
        assert {each.became for each in await client.settle()} <= {"done" if applied(mock) else "open"}, wait
        for left in client.unsettled():
            client._engine.journal.settle(left.id)
        await client.close()
        return told

    for wait in itertools.count(1):
        if trio.run(main, wait) if backend == "trio" else asyncio.run(main(wait)):
            break
    assert wait > 1


class Hanging(httpx.AsyncBaseTransport):
    """Hands requests to the mock, and never gives the answer of a write back; says when it has one."""

    def __init__(self, mock: MockWebflow) -> None:
        self.inner = mock.transport()
        self.carried_out = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method != "GET":
            self.carried_out.set()
            await anyio.sleep_forever()
        return response


class Waiting(httpx.AsyncBaseTransport):
    """Waits before a request is carried out, and before its answer is given."""

    def __init__(self, mock: MockWebflow) -> None:
        self.inner = mock.transport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()
        response = await self.inner.handle_async_request(request)
        await anyio.lowlevel.checkpoint()
        return response


async def by_task_cancel(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    task = asyncio.create_task(client.refund("dfa-3f1"))
    await transport.carried_out.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


class Leaping(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def leap(transport: Hanging) -> None:
    """Let ten seconds pass as soon as the write was carried out."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Leaping)
    await transport.carried_out.wait()
    loop.ahead += 10


async def by_wait_for(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    leaping = asyncio.create_task(leap(transport))
    with pytest.raises(TimeoutError) as caught:
        await asyncio.wait_for(client.refund("dfa-3f1"), 10)
    await leaping
    assert caught.value.__cause__ is not None
    return caught.value.__cause__


async def by_timeout(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    leaping = asyncio.create_task(leap(transport))
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(10):
            await client.refund("dfa-3f1")
    await leaping
    assert caught.value.__cause__ is not None
    return caught.value.__cause__


async def by_task_group(client: AsyncOrdersClient, transport: Hanging) -> BaseException:
    seen: list[BaseException] = []

    async def refund() -> None:
        try:
            await client.refund("dfa-3f1")
        except BaseException as error:
            seen.append(error)
            raise

    async def fail() -> None:
        await transport.carried_out.wait()
        raise ValueError("another task")

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(refund())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await both()
    return seen[0]


@pytest.mark.parametrize("cancel", [by_task_cancel, by_wait_for, by_timeout, by_task_group])
def test_a_cancellation_passes_with_a_note_and_an_entry(
    mock: MockWebflow, cancel: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        transport = Hanging(mock)
        async with AsyncOrdersClient(**access(mock), transport=transport) as client:
            error = await cancel(client, transport)
            assert any("refund-order of order dfa-3f1" in note for note in error.__notes__)
            assert [write.ended for write in client.unsettled()] == ["CancelledError"]
            assert [each.became for each in await client.settle()] == ["done"]

    with caplog.at_level(logging.WARNING), asyncio.Runner(loop_factory=Leaping) as runner:
        runner.run(main())
    assert "may have been carried out" in caplog.text
    assert applied(mock) == 1


def test_a_scope_of_trio_that_is_cancelled_leaves_an_entry(mock: MockWebflow) -> None:
    async def main() -> None:
        transport = Hanging(mock)
        async with AsyncOrdersClient(**access(mock), transport=transport) as client:
            with trio.CancelScope() as scope:

                async def cancel() -> None:
                    await transport.carried_out.wait()
                    scope.cancel()

                async with trio.open_nursery() as nursery:
                    nursery.start_soon(cancel)
                    await client.refund("dfa-3f1")
            assert scope.cancelled_caught
            assert [write.ended for write in client.unsettled()] == ["Cancelled"]
            assert [each.became for each in await client.settle()] == ["done"]

    trio.run(main)
    assert applied(mock) == 1
