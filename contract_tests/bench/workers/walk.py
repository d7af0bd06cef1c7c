"""One walk over all orders of a shop: `walk.py URL TOKEN SITE OPTIONS`, in a fresh process, by the Python of ours.

Options: {"few", "many", "patience", "is_async"}. Each order is dropped when the next comes. Prints the
peak of the process's memory after few and after many, in bytes; the time; and two sums over the ids, which tell
whether one was lost or came twice without keeping any.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

CHECKED = (1 << 61) - 1


class Sums:
    """A plain and a quadratic sum of the ids."""

    def __init__(self) -> None:
        self.plain = self.squares = 0

    def add(self, order_id: str) -> None:
        number = int(order_id.replace("-", ""), 16)
        self.plain += number
        self.squares = (self.squares + number * number) % CHECKED


class Walk:
    def __init__(self, few: int, many: int, patience: float) -> None:
        self.few, self.many, self.patience = few, many, patience
        self.seen, self.sums, self.peak_of_few = 0, Sums(), 0
        self.began = time.perf_counter()

    def see(self, order: Any) -> bool:
        """Whether to go on."""
        self.seen += 1
        self.sums.add(order.order_id)
        if self.seen == self.few:
            self.peak_of_few = peak()
        is_late = self.seen % 1000 == 0 and time.perf_counter() - self.began > self.patience
        return self.seen < self.many and not is_late

    def told(self) -> dict[str, Any]:
        sums, wall = [self.sums.plain, self.sums.squares], time.perf_counter() - self.began
        return {"few": self.peak_of_few, "many": peak(), "seen": self.seen, "sums": sums, "wall": wall}


def peak() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not say what the peak was")


def walked(client: Any, walk: Walk) -> None:
    with client:
        for order in client.iter():
            if not walk.see(order):
                break


async def walked_async(client: Any, walk: Walk) -> None:
    async with client:
        async for order in client.iter():
            if not walk.see(order):
                break


def main(url: str, token: str, site: str, given: str) -> None:
    from webflow_orders import AsyncOrdersClient, OrdersClient

    options = json.loads(given)
    walk = Walk(options["few"], options["many"], options["patience"])
    if options["is_async"]:
        client = AsyncOrdersClient(token=token, site_id=site, base_url=url)
        asyncio.run(walked_async(client, walk))
    else:
        walked(OrdersClient(token=token, site_id=site, base_url=url), walk)
    print(json.dumps(walk.told()))


if __name__ == "__main__":
    main(*sys.argv[1:])
