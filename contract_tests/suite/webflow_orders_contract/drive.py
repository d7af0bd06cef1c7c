"""Lead the generated client through steps, blocking and awaiting, and note how each one went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, v1

from .curl import redacted
from .steps import Shop, Step
from .transport import Line

Kind = Literal["sync", "async"]

# The client without its kindness: a retry, or a second look at an order, would hide an answer that must not be,
# and the pace is ours.
PLAIN: dict[str, Any] = {"retry": RetryPolicy(max_retries=0), "confirm": False, "rate_limit": None}


@dataclass(frozen=True)
class StepResult:
    """`curl` leads to a step that failed, from a fresh start; the last line is the request it failed at, and
    `answer` what came back."""

    client: Kind
    step: str
    verdict: Literal["ok", "failed", "skipped"]
    note: str
    seconds: float = 0.0
    curl: Sequence[str] = field(default_factory=tuple)
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Driver:
    base_url: str
    site: str
    token: str
    line: Line
    with_v1: bool = True

    def drive(self, kind: Kind, steps: Sequence[Step], say: Callable[[StepResult], None]) -> list[StepResult]:
        return asyncio.run(self._drive(kind, steps, say))

    async def _drive(
        self, kind: Kind, steps: Sequence[Step], say: Callable[[StepResult], None]
    ) -> list[StepResult]:
        results: list[StepResult] = []
        begin = len(self.line.requests)
        async with self._shop(kind) as shop:
            for step in steps:
                # Each step builds on the ones before.
                if any(result.verdict == "failed" for result in results):
                    result = StepResult(kind, named(step), "skipped", "")
                else:
                    result = await self._take(kind, step, shop, begin)
                results.append(result)
                say(result)
        return results

    async def _take(self, kind: Kind, step: Step, shop: Shop, begin: int) -> StepResult:
        start, name = time.perf_counter(), named(step)
        try:
            note = await step(shop)
        except Exception as error:  # Whatever a server's answer makes the client raise is a finding.
            note = redacted(f"{type(error).__name__}: {error}", self.token)
            seconds, curls = time.perf_counter() - start, self.line.curls(begin)
            return StepResult(kind, name, "failed", note, seconds, curls, self.line.told())
        return StepResult(kind, name, "ok", note, time.perf_counter() - start)

    @asynccontextmanager
    async def _shop(self, kind: Kind) -> AsyncIterator[Shop]:
        common: dict[str, Any] = {
            "token": self.token,
            "site_id": self.site,
            "base_url": self.base_url,
            **PLAIN,
        }
        async with AsyncExitStack() as stack:
            if kind == "sync":
                shop = Shop(
                    stack.enter_context(OrdersClient(**common, transport=self.line.sync())),
                    stack.enter_context(v1.OrdersClient(**common, transport=self.line.sync())),
                )
            else:
                shop = Shop(
                    await stack.enter_async_context(
                        AsyncOrdersClient(**common, transport=self.line.asynchronous())
                    ),
                    await stack.enter_async_context(
                        v1.AsyncOrdersClient(**common, transport=self.line.asynchronous())
                    ),
                )
            if not self.with_v1:
                shop.v1 = None
            yield shop


def named(step: Step) -> str:
    return step.__name__.replace("_", " ")
