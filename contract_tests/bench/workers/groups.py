"""What is measured, a function for each group of rows. The garbage collector is on, as it is for everyone."""

import asyncio
import gc
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import touch

ORDER = "dfa-3f1"
AT_ONCE = 50


class Task(NamedTuple):
    peer: Any
    folder: Path
    dialect: str
    url: str
    options: dict[str, Any]

    def body(self, what: str) -> bytes:
        return (self.folder / f"{self.dialect}.{what}.json").read_bytes()

    def wants(self, row: str) -> bool:
        return self.options.get("row") in (None, row)

    def timed(self, work: Callable[[], object]) -> dict[str, float]:
        return timed(work, seconds=self.options["seconds"], most=10**6)

    def timed_on_the_wire(self, work: Callable[[], object], most: str) -> dict[str, float]:
        return timed(work, seconds=self.options["wire_seconds"], most=self.options[most])


def timed(work: Callable[[], object], *, seconds: float, most: int) -> dict[str, float]:
    """CPU and wall of one `work`: of as many as fit into so many seconds, two at least, after one to warm up."""
    work()
    count = 0
    wall, cpu = time.perf_counter(), time.process_time()
    until = wall + seconds
    while count < 2 or (count < most and time.perf_counter() < until):
        work()
        count += 1
    return {
        "wall": (time.perf_counter() - wall) / count,
        "cpu": (time.process_time() - cpu) / count,
        "count": count,
    }


def decode(task: Task) -> dict[str, Any]:
    """Bytes to objects and back, without a wire. What is decoded when it is reached is also read."""
    peer = task.peer
    page, order = task.body("page"), task.body("order")

    def page_and(read: Callable[[Any], object]) -> None:
        for each in peer.orders(peer.decode_page(page)):
            read(each)

    works: dict[str, Callable[[], object]] = {
        "page": lambda: peer.orders(peer.decode_page(page)),
        "page one": partial(page_and, getattr(peer, "one", touch.one)),
        "page five": partial(page_and, getattr(peer, "five", touch.five)),
        "page every": partial(page_and, touch.toucher(peer.decode_order(order))),
        "page kept": lambda: list(peer.orders(peer.decode_page(page))),
        "order": lambda: peer.decode_order(order),
    }
    done = {row: task.timed(work) for row, work in works.items() if task.wants(row)}
    return done | ({"encode": encode(task)} if task.wants("encode") else {})


def encode(task: Task) -> dict[str, float]:
    """Orders that were just decoded, each written once, so that nobody can answer from a cache."""
    peer, page = task.peer, task.body("page")
    spent, count, until = 0.0, 0, time.perf_counter() + task.options["seconds"]
    while not count or time.perf_counter() < until:
        fresh = list(peer.orders(peer.decode_page(page)))
        began = time.process_time()
        for order in fresh:
            peer.encode(order)
        spent += time.process_time() - began
        count += len(fresh)
    return {"cpu": spent / count, "count": count}


def get(task: Task) -> dict[str, Any]:
    """An order; and the same by a client that tells OpenTelemetry of it, if it can."""
    peer = task.peer
    clients = {"get": peer.client(task.url)}
    if task.wants("get observed") and hasattr(peer, "client_observed"):
        clients["get observed"] = peer.client_observed(task.url)
    return {
        row: task.timed_on_the_wire(partial(peer.get, client, ORDER), "gets")
        for row, client in clients.items()
        if task.wants(row)
    }


def pages(task: Task) -> dict[str, Any]:
    """As they arrive, and with five fields of each order read."""
    peer, client = task.peer, task.peer.client(task.url)
    five = getattr(peer, "five", touch.five)

    def read() -> None:
        for order in peer.orders(peer.page(client, 0)):
            five(order)

    works = {"list": lambda: peer.orders(peer.page(client, 0)), "list five": read}
    return {row: task.timed_on_the_wire(work, "pages") for row, work in works.items() if task.wants(row)}


def write(task: Task) -> dict[str, Any]:
    """A note on an order; and the same by a client that keeps a journal in a file, if it can."""
    peer, done = task.peer, {}
    with tempfile.TemporaryDirectory() as folder:
        kept_in = Path(folder, "journal")
        clients = {
            "write": peer.client(task.url),
            "write journal": peer.client_with_journal(task.url, kept_in),
        }
        for row, client in clients.items():
            if task.wants(row):
                done[row] = task.timed_on_the_wire(partial(peer.write, client, ORDER), "gets")
    return done


def memory(task: Task) -> dict[str, Any]:
    return {"memory": kept(task, lambda orders: orders)}


def memory_every(task: Task) -> dict[str, Any]:
    every = touch.toucher(task.peer.decode_order(task.body("order")))

    def read(orders: Any) -> list[Any]:
        kept = list(orders)
        for order in kept:
            every(order)
        return kept

    return {"memory every": kept(task, read)}


def kept(task: Task, read: Callable[[Any], object]) -> dict[str, float]:
    """What `read` returns of each page is kept."""
    peer, client = task.peer, task.peer.client(task.url)
    peer.page(client, 0)
    gc.collect()
    before, held = resident(), []
    for offset in range(0, task.options["kept"], 100):
        held.append(read(peer.orders(peer.page(client, offset))))
    return {"growth": (resident() - before) / task.options["kept"]}


def at_once(task: Task) -> dict[str, Any]:
    return {"async": asyncio.run(_at_once(task))}


async def _at_once(task: Task) -> dict[str, float]:
    client, count = task.peer.async_client(task.url), task.options["gets"]

    async def worker(jobs: Iterator[int]) -> None:
        for _ in jobs:
            await task.peer.get_async(client, ORDER)

    async def all_of(many: int) -> None:
        jobs = iter(range(many))
        await asyncio.gather(*(worker(jobs) for _ in range(AT_ONCE)))

    await all_of(AT_ONCE)
    wall, cpu = time.perf_counter(), time.process_time()
    await all_of(count)
    spent = {"wall": (time.perf_counter() - wall) / count, "cpu": (time.process_time() - cpu) / count}
    await task.peer.close_async(client)
    return {**spent, "count": count}


def facts(task: Task) -> dict[str, Any]:
    """No time, only what was read: every value of the last order of a page, for a test to compare."""
    read = task.peer.orders(task.peer.decode_page(task.body("page")))
    return {"page": {"count": len(read)}, "order": dict(touch.leaves(read[-1]))}


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


GROUPS = {
    "decode": decode, "get": get, "list": pages, "write": write, "memory": memory, "memory every": memory_every,
    "async": at_once,
    "facts": facts,
}  # fmt: skip


def run(group: str, peer: Any, folder: str, dialect: str, url: str, options: str) -> dict[str, Any]:
    return GROUPS[group](Task(peer, Path(folder), dialect, url, json.loads(options)))
