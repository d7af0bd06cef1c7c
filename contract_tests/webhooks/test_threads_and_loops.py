"""What a receiver that awaits leaves to worker threads, and several event loops that share one."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest
from webflow_orders import webhooks
from webflow_orders._common import threads
from webflow_orders.webhooks import Answer

from contract_tests.webhooks.deliveries import SECRET, clock
from contract_tests.webhooks.test_receiver import PLACED, Recorder, awaited, refuse


class Held(Recorder):
    """A store that stops in the middle of what it is asked, as a handler may, until it may go on."""

    def __init__(self, holds: str, fails: str = "") -> None:
        super().__init__(fails)
        self.holds, self.begun, self.go_on = holds, threading.Event(), threading.Event()

    def note(self, what: str) -> None:
        if what.startswith(self.holds):
            self.begun.set()
            assert self.go_on.wait(30)
        super().note(what)


class Counting(Recorder):
    """A store that notes how many of the program's own worker threads are taken while it is asked."""

    def __init__(self, threads: anyio.CapacityLimiter) -> None:
        super().__init__()
        self.threads, self.taken = threads, []

    def note(self, what: str) -> None:
        self.taken.append(self.threads.borrowed_tokens)
        super().note(what)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_delivery_waits_for_none_of_the_threads_that_the_program_s_own_work_takes(backend: str) -> None:
    async def main() -> None:
        store = Counting(anyio.to_thread.current_default_thread_limiter())
        receiver = webhooks.AsyncReceiver(SECRET, lambda event: store.note("handler"), store=store, now=clock)
        await receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock))
        assert store.asked == ["begin", "handler", "end True"]
        assert {*store.taken} == {0}

    anyio.run(main, backend=backend)


async def cancelled_in_a_thread(receiver: webhooks.AsyncReceiver, store: Held, *, times: int = 1) -> None:
    """Have asyncio itself cancel a delivery while something is being called in a worker thread."""
    task = asyncio.create_task(receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock)))
    await asyncio.to_thread(store.begun.wait, 30)
    for _ in range(times):
        task.cancel()
        await anyio.wait_all_tasks_blocked()
        assert not task.done(), "what was begun is waited for"
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("holds", "asked", "again"),
    [
        ("begin", ["begin", "end False"], "handled"),
        ("handler", ["begin", "handler", "end True"], "ignored: repeat"),
        ("end", ["begin", "handler", "end True"], "ignored: repeat"),
    ],
)
def test_who_asyncio_cancels_waits_for_the_thread_and_the_store_knows_how_it_ended(
    holds: str, asked: list[str], again: str, times: int
) -> None:
    store = Held(holds)
    receiver = webhooks.AsyncReceiver(SECRET, lambda event: store.note("handler"), store=store, now=clock)

    async def cancel() -> Answer:
        await cancelled_in_a_thread(receiver, store, times=times)
        assert store.asked == asked
        return await receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock))

    assert asyncio.run(cancel()) == Answer(200, again)


def test_a_handler_that_fails_after_asyncio_has_cancelled_is_told_of_and_did_not_handle() -> None:
    store, told = Held("handler", fails="handler"), []
    receiver = webhooks.AsyncReceiver(
        SECRET, lambda event: store.note("handler"), store=store, now=clock,
        on_error=lambda event, error: told.append(str(error)),
    )  # fmt: skip
    asyncio.run(cancelled_in_a_thread(receiver, store))
    assert store.asked == ["begin", "handler", "end False"]
    assert told == ["the disk is full"]


def test_a_handler_whose_coroutine_asyncio_has_cancelled_was_not_called() -> None:
    store = Held("handler")

    def coroutine_of(event: object) -> Any:
        store.note("handler")
        return awaited(refuse)(event)

    receiver = webhooks.AsyncReceiver(SECRET, coroutine_of, store=store, now=clock)
    asyncio.run(cancelled_in_a_thread(receiver, store))
    assert store.asked == ["begin", "handler", "end False"]


@pytest.mark.parametrize(
    ("last", "asked"),
    [
        ("", ["begin", "end False"]),
        ("begin", ["begin", "end False"]),
        ("handler", ["begin", "handler", "end True"]),
    ],
)
def test_a_handler_that_no_thread_has_begun_never_is_and_the_store_is_told(
    last: str, asked: list[str]
) -> None:
    """All places for worker threads are taken after the last call before asyncio cancels."""
    said: list[str] = []

    async def cancel() -> None:
        limiter, busy = threads.places("handler" if last == "begin" else "store"), anyio.Event()
        limiter.total_tokens = 2

        def occupy() -> None:
            limiter.acquire_on_behalf_of_nowait(busy)
            limiter.total_tokens = 1
            busy.set()

        def note(what: str) -> None:
            said.append(what)
            if what == last:
                anyio.from_thread.run_sync(occupy)

        class Telling(Recorder):
            def note(self, what: str) -> None:
                note(what)

        store = Telling()
        receiver = webhooks.AsyncReceiver(SECRET, lambda event: note("handler"), store=store, now=clock)
        if not last:
            occupy()
        task = asyncio.create_task(receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock)))
        await busy.wait()
        await anyio.wait_all_tasks_blocked()
        task.cancel()
        await anyio.wait_all_tasks_blocked()
        limiter.release_on_behalf_of(busy)
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert said == asked


def test_event_loops_do_not_wait_for_each_other_and_the_store_says_whose_turn_it_is() -> None:
    """As of async views under WSGI, where each request has a loop."""
    begun, go_on = threading.Event(), threading.Event()
    answers: list[Answer] = []

    async def wait(event: object) -> None:
        begun.set()
        await anyio.to_thread.run_sync(go_on.wait, 30)

    receiver = webhooks.AsyncReceiver(SECRET, wait, now=clock)

    async def post(many: int) -> None:
        async with anyio.create_task_group() as group:
            for _ in range(many):
                group.start_soon(post_one)

    async def post_one() -> None:
        with anyio.fail_after(30):
            answers.append(await receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock)))

    first = threading.Thread(target=anyio.run, args=(post, 2))
    first.start()
    assert begun.wait(30)
    anyio.run(post, 1)
    go_on.set()
    first.join(30)
    anyio.run(post, 1)
    assert [answer.text for answer in answers] == [
        "the order is being handled", "handled", "ignored: repeat", "ignored: repeat",
    ]  # fmt: skip
