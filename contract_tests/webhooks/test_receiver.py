"""Does a receiver answer as Webflow wants it, and call the handler of each event once?"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from webflow_orders import webhooks
from webflow_orders.webhooks import Answer

from contract_tests.webhooks.deliveries import MOMENT, SECRET, body_of, clock, envelope, order


class Blocking:
    """A receiver that blocks."""

    kind: Any = webhooks.Receiver

    def __init__(self, fallback: Any, **options: Any) -> None:
        self.receiver = self.kind(SECRET, fallback, now=options.pop("now", clock), **options)

    def on(self, kind: Any, handler: Callable[[Any], object]) -> None:
        self.receiver.on(kind)(handler)

    def __call__(self, body: bytes, *, sent: float = 0, headers: Any = None) -> Answer:
        signed = webhooks.sign(body, SECRET, now=lambda: MOMENT + sent)
        return self.answer(body, signed if headers is None else headers)

    def answer(self, body: bytes, headers: Any) -> Answer:
        return self.receiver.handle(body, headers)  # type: ignore[no-any-return]


class Awaiting(Blocking):
    """A receiver that awaits; its handlers are called in worker threads, or awaited."""

    kind = webhooks.AsyncReceiver
    backend = "asyncio"

    def answer(self, body: bytes, headers: Any) -> Answer:
        return anyio.run(self.receiver.handle, body, headers, backend=self.backend)


class Coroutines(Awaiting):
    def __init__(self, fallback: Any, **options: Any) -> None:
        super().__init__(awaited(fallback), **options)

    def on(self, kind: Any, handler: Callable[[Any], object]) -> None:
        super().on(kind, awaited(handler))


class OnTrio(Coroutines):
    backend = "trio"


def awaited(handler: Callable[[Any], object]) -> Callable[[Any], Any]:
    @functools.wraps(handler)
    async def wrapper(event: Any) -> object:
        await anyio.lowlevel.checkpoint()
        return handler(event)

    return wrapper


@pytest.fixture(params=[Blocking, Awaiting, Coroutines, OnTrio])
def make(request: pytest.FixtureRequest) -> Any:
    return request.param


PLACED = envelope(order(), "ecomm_new_order")
CHANGED = envelope(order(status="fulfilled"))


def refuse(event: object) -> None:
    raise AssertionError(f"this was not to be called: {event!r}")


def test_each_event_reaches_its_handler_and_others_the_fallback(make: Any) -> None:
    placed: list[Any] = []
    orders: list[Any] = []
    others: list[Any] = []
    post = make(others.append)
    post.on(webhooks.NewOrder, placed.append)
    post.on(webhooks.OrderEvent, orders.append)
    bodies = [
        PLACED,
        CHANGED,
        body_of(order("aaa-111")),
        envelope({"name": "x"}, "form_submission"),
    ]
    assert [post(body) for body in bodies] == [Answer(200, "handled")] * 4
    assert [event.raw for event in placed] == bodies[:1]
    assert [event.raw for event in orders] == bodies[1:3]
    assert [event.raw for event in others] == bodies[3:]
    assert all(event.sent_at.timestamp() == MOMENT for event in placed + orders + others)


def test_a_fallback_must_be_given_and_each_event_has_one_handler(make: Any) -> None:
    with pytest.raises(TypeError):
        make.kind(SECRET)
    with pytest.raises(TypeError):
        make.kind(SECRET, None)
    with pytest.raises(ValueError, match="empty"):
        make.kind("", refuse)
    with pytest.raises(TypeError, match="on_error"):
        make(refuse, on_error=awaited(refuse))
    post = make(refuse)
    post.on(webhooks.NewOrder, refuse)
    for taken in (webhooks.NewOrder, webhooks.Event):
        with pytest.raises(ValueError, match="already"):
            post.on(taken, refuse)


def test_a_handler_that_awaits_is_not_for_a_receiver_that_blocks() -> None:
    with pytest.raises(TypeError, match="AsyncReceiver"):
        webhooks.Receiver(SECRET, awaited(refuse))


class Awaited:
    async def __call__(self, event: object) -> None:
        refuse(event)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("handler", [Awaited(), lambda event: Awaited()(event)])
def test_a_handler_whose_coroutine_nobody_awaits_did_not_handle(handler: Any) -> None:
    post = Blocking(handler)
    assert [post(PLACED), post(PLACED)] == [Answer(500, "the handler failed")] * 2


def test_a_handler_that_yields_is_refused(make: Any) -> None:
    def one_by_one(event: object) -> Any:
        yield event

    async def waiting(event: object) -> Any:
        yield event

    for handler in (one_by_one, waiting):
        with pytest.raises(TypeError, match="yield"):
            make.kind(SECRET, handler)


def test_a_handler_may_hand_on_to_its_receiver() -> None:
    answers: list[Answer] = []
    post = Blocking(lambda event: answers.append(post(CHANGED)))
    assert post(PLACED).status == 200
    assert answers == [Answer(500, "the order is being handled")]


def test_what_is_no_delivery_is_400_and_calls_nobody(make: Any) -> None:
    post = make(refuse, max_body=len(PLACED))
    assert post(PLACED, headers={}) == Answer(400, "header missing: there is no x-webflow-timestamp")
    assert post(PLACED, sent=-301).text.startswith("too old")
    assert post(b"{}").text.startswith("no event")
    assert post(b"\xff").text.startswith("not JSON")
    assert post(PLACED + b" ") == Answer(400, f"the body is larger than {len(PLACED)} bytes")
    assert {post(body).status for body in (b"", b"[]", PLACED[:-1])} == {400}


def test_the_tolerance_and_the_secrets_are_the_receivers() -> None:
    events: list[Any] = []
    receiver = webhooks.Receiver(["old", SECRET], events.append, tolerance=10, now=clock)
    assert receiver.handle(PLACED, webhooks.sign(PLACED, "old", now=clock)).status == 200
    assert receiver.handle(CHANGED, webhooks.sign(CHANGED, SECRET, now=lambda: MOMENT - 11)).status == 400
    assert SECRET not in repr(vars(receiver))


def test_a_handler_that_fails_is_called_when_it_comes_again(
    make: Any, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[Any] = []
    errors: list[Any] = []

    def fail_twice(event: Any) -> None:
        calls.append(event)
        if len(calls) < 3:
            raise RuntimeError("of Wilhelmina Quandt")

    post = make(fail_twice, on_error=lambda *failure: errors.append(failure))
    with caplog.at_level(logging.DEBUG, "webflow_orders"):
        answers = [post(CHANGED, sent=minutes) for minutes in range(4)]
    assert [answer.status for answer in answers] == [500, 500, 200, 200]
    assert [answer.text for answer in answers[2:]] == ["handled", "ignored: repeat"]
    assert len(calls) == 3
    assert [(event.raw, str(error)) for event, error in errors] == [(CHANGED, "of Wilhelmina Quandt")] * 2
    assert caplog.text.count("RuntimeError at ") == 2
    assert "test_receiver.py" in caplog.text
    assert "Quandt" not in caplog.text


def test_what_comes_again_or_late_is_200_and_handled_once(make: Any) -> None:
    events: list[Any] = []
    post = make(events.append)
    packed, shipped = (envelope(order(status="unfulfilled", comment=each)) for each in ("packed", "shipped"))
    sent = [
        (packed, 10, "handled"), (packed, 10, "ignored: repeat"), (packed, 20, "ignored: repeat"),
        (shipped, 30, "handled"), (packed, 10, "ignored: older"), (shipped, 5, "ignored: repeat"),
        (PLACED, 0, "handled"), (PLACED, 0, "ignored: repeat"), (packed, 40, "handled"),
        (shipped, 30, "ignored: older"),
    ]  # fmt: skip
    assert [post(body, sent=at).text for body, at, _ in sent] == [text for *_, text in sent]
    assert [event.raw for event in events] == [packed, shipped, PLACED, packed]
    assert [event.late for event in events if isinstance(event, webhooks.NewOrder)] == [True]


def test_a_placing_that_comes_in_time_is_not_late(make: Any) -> None:
    events: list[Any] = []
    post = make(events.append)
    assert [post(PLACED).text, post(CHANGED).text] == ["handled", "handled"]
    assert not events[0].late


def test_nothing_undoes_a_refund(make: Any) -> None:
    events: list[Any] = []
    post = make(events.append)
    refunded = envelope(order(status="refunded", refundedOn="2025-04-02T10:00:00.000Z"))
    disputed = envelope(order(status="disputed", refundedOn="2025-04-02T10:00:00.000Z"))
    assert post(refunded, sent=0).text == "handled"
    assert post(CHANGED, sent=60).text == "ignored: older"
    assert post(disputed, sent=30).text == "handled"
    assert len(events) == 2


def test_orders_do_not_meet(make: Any) -> None:
    events: list[Any] = []
    post = make(events.append)
    answers = [post(envelope(order(f"{number:03x}-000"))).text for number in range(200)]
    assert answers == ["handled"] * 200


def test_an_event_of_another_trigger_is_handled_each_time(make: Any) -> None:
    events: list[Any] = []
    post = make(events.append)
    assert [post(envelope({}, "site_publish")).text for _ in range(2)] == ["handled"] * 2
    assert len(events) == 2


class Recorder:
    """A store that notes what it is asked, and fails when it is told to."""

    def __init__(self, fails: str = "") -> None:
        self.inner = webhooks.MemoryStore(now=clock)
        self.asked: list[str] = []
        self.fails = fails

    def begin(self, change: webhooks.Change) -> webhooks.Verdict:
        self.note("begin")
        return self.inner.begin(change)

    def end(self, change: webhooks.Change, handled: bool) -> None:
        self.note(f"end {handled}")
        self.inner.end(change, handled)

    def note(self, what: str) -> None:
        self.asked.append(what)
        if self.fails and what.startswith(self.fails):
            raise OSError("the disk is full")


def test_it_is_acknowledged_after_it_is_stored(make: Any) -> None:
    store = Recorder()
    post = make(lambda event: store.asked.append("handler"), store=store)
    assert post(PLACED).status == 200
    assert store.asked == ["begin", "handler", "end True"]
    store = Recorder("end")
    post = make(lambda event: None, store=store)
    assert post(PLACED).status == 500
    store = Recorder("begin")
    post = make(refuse, store=store)
    assert post(PLACED).status == 500


def test_an_order_that_somebody_else_is_at_is_500(make: Any) -> None:
    store = webhooks.MemoryStore(now=clock)
    event = webhooks.parse_unverified(CHANGED)
    assert isinstance(event, webhooks.OrderEvent)
    assert store.begin(webhooks.Change.of(event)) == "new"
    post = make(refuse, store=store)
    assert [post(body).status for body in (PLACED, CHANGED)] == [500, 500]
    assert post(PLACED).text == "the order is being handled"


def test_what_must_pass_passes_and_the_event_is_not_handled() -> None:
    store = Recorder()

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    receiver = webhooks.Receiver(SECRET, interrupt, store=store, now=clock)
    with pytest.raises(KeyboardInterrupt):
        receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock))
    assert store.asked == ["begin", "end False"]


def test_a_handler_that_is_cancelled_did_not_handle() -> None:
    store = Recorder()

    async def cancel() -> None:
        begun = asyncio.Event()

        async def wait(event: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        receiver = webhooks.AsyncReceiver(SECRET, wait, store=store, now=clock)
        task = asyncio.create_task(receiver.handle(PLACED, webhooks.sign(PLACED, SECRET, now=clock)))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert store.asked == ["begin", "end False"]


def test_a_scope_that_is_cancelled_waits_for_the_store() -> None:
    store = Recorder()

    async def cancel() -> None:
        begun = anyio.Event()

        async def wait(event: object) -> None:
            begun.set()
            await anyio.sleep_forever()

        receiver = webhooks.AsyncReceiver(SECRET, wait, store=store, now=clock)
        async with anyio.create_task_group() as group:
            group.start_soon(receiver.handle, PLACED, webhooks.sign(PLACED, SECRET, now=clock))
            await begun.wait()
            group.cancel_scope.cancel()

    for backend in ("asyncio", "trio"):
        store.asked.clear()
        anyio.run(cancel, backend=backend)
        assert store.asked == ["begin", "end False"]


def test_two_at_once_are_one_handled_and_one_repeat() -> None:
    begun, go_on = threading.Event(), threading.Event()
    events: list[Any] = []
    answers: list[Answer] = []

    def wait(event: object) -> None:
        events.append(event)
        begun.set()
        assert go_on.wait(30)

    receiver = webhooks.Receiver(SECRET, wait, now=clock)
    headers = webhooks.sign(PLACED, SECRET, now=clock)
    threads = [
        threading.Thread(target=lambda: answers.append(receiver.handle(PLACED, headers))) for _ in range(2)
    ]
    threads[0].start()
    assert begun.wait(30)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.text for answer in answers) == ["handled", "ignored: repeat"]
    assert len(events) == 1


def test_two_tasks_at_once_are_one_handled_and_one_repeat() -> None:
    answers: list[Answer] = []

    async def both() -> None:
        begun, go_on = anyio.Event(), anyio.Event()

        async def wait(event: object) -> None:
            begun.set()
            await go_on.wait()

        receiver = webhooks.AsyncReceiver(SECRET, wait, now=clock)

        async def post() -> None:
            answers.append(await receiver.handle(CHANGED, webhooks.sign(CHANGED, SECRET, now=clock)))

        async with anyio.create_task_group() as group:
            group.start_soon(post)
            await begun.wait()
            group.start_soon(post)
            await anyio.wait_all_tasks_blocked()
            go_on.set()

    for backend in ("asyncio", "trio"):
        answers.clear()
        anyio.run(both, backend=backend)
        assert [answer.text for answer in answers] == ["handled", "ignored: repeat"]
