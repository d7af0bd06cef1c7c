"""What ends a call from outside, at a chosen moment: an interrupt, a kill, a cancellation. No luck is needed."""

from __future__ import annotations

import dis
import functools
import gc
import os
import signal
import sys
import types
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import webflow_orders

# The client, and the command beside it.
OURS = tuple(f"{Path(webflow_orders.__file__).parent}{rest}{os.sep}" for rest in ("", "_cli"))

P = ParamSpec("P")
T = TypeVar("T")


def in_own_thread(work: Callable[P, T]) -> Callable[P, T]:
    """The same, in a thread that ends with it.

    At some lines of a `with` or `except`, CPython 3.11 leaves what is raised there on the thread's stack of handled
    exceptions: every error that the thread raises from then on has it as its context, in whatever test.
    """

    @functools.wraps(work)
    def apart(*arguments: P.args, **named: P.kwargs) -> T:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(work, *arguments, **named).result()

    return apart


@contextmanager
def at_line(number: int, do: Callable[[], object]) -> Iterator[None]:
    """Within it, `do` is called, once, where line `number` of the client would be run, counted from now on.

    What it raises is raised there: so a signal's handler is called between any two lines. 0 is never. If it raises,
    the test is one for `in_own_thread`.
    """
    left = number

    def of_line(frame: types.FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if event == "line" and left > 0 and frame.f_lasti not in _between(frame.f_code):
            left -= 1
            if not left:
                sys.settrace(before)
                do()
        return of_line

    def of_call(frame: types.FrameType, event: str, argument: object) -> Any:
        return of_line if frame.f_code.co_filename.startswith(OURS) else None

    before = sys.gettrace()
    gc.disable()  # What is raised in a `__del__` is not raised.
    if number:
        sys.settrace(of_call)
    try:
        yield
    finally:
        sys.settrace(before)
        gc.enable()


@functools.cache
def _between(code: types.CodeType) -> frozenset[int]:
    """Where a `with` is left or a `try` begins: no handler of a signal is called there.

    What a tracer raised there would pass by the `with`, and a lock would be kept for good.
    """
    steps = list(dis.get_instructions(code))
    leaves = [
        three[0].offset
        for three in zip(steps, steps[1:], steps[2:], strict=False)
        if all(each.opname == "LOAD_CONST" and each.argval is None for each in three)
    ]
    return frozenset([*leaves, *(each.offset for each in steps if each.opname == "NOP")])


class JobTimeout(Exception):
    """Some raise such a thing from the handler of a signal, to end a job that takes too long."""


@contextmanager
def limited(handler: Callable[..., Any]) -> Iterator[Callable[[], None]]:
    """Within it, a job has a limit, which `handler` sees to; what is yielded makes its time be up."""
    before = signal.signal(signal.SIGALRM, handler)
    try:
        yield lambda: signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)


def interrupt() -> None:
    raise KeyboardInterrupt


def kill() -> None:
    os.kill(os.getpid(), 9)


@types.coroutine
def at_await(
    number: int, work: Coroutine[Any, Any, Any], cancel: Callable[[], object]
) -> Generator[Any, Any, Any]:
    """Await `work`, and call `cancel` where it really waits for the `number`-th time. 0 is never."""
    given: Any = None
    error: BaseException | None = None
    while True:
        try:
            awaited = work.send(given) if error is None else work.throw(error)
        except StopIteration as done:
            return done.value
        number -= 1
        if number == 0:
            cancel()
        given = error = None
        try:
            given = yield awaited
        except BaseException as thrown:
            error = thrown
