"""Lead the generated client through steps, blocking and awaiting, and note how each one went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, v1

from ..gateway.curl import redacted
from ..gateway.exchange import Failure
from ..gateway.proxy import CanNotGoOn, Gateway
from .scenario import NO_ORDER, Shop, Skipped, Step, settle

Kind = Literal["sync", "async"]
KINDS: tuple[Kind, ...] = ("sync", "async")
# The transport, and the clients of v2 and v1.
MADE: dict[Kind, tuple[Any, ...]] = {
    "sync": (httpx.HTTPTransport, OrdersClient, v1.OrdersClient),
    "async": (httpx.AsyncHTTPTransport, AsyncOrdersClient, v1.AsyncOrdersClient),
}

FAILED_BEFORE = "a step before it failed"
# Notes of a step that was not taken, for one before it was not.
FOLLOWS = (FAILED_BEFORE, NO_ORDER)
# The client without its kindness: a retry, or a second look at an order, would hide an answer that must not be,
# and the pace is ours.
PLAIN: dict[str, Any] = {"retry": RetryPolicy(max_retries=0), "confirm": False, "rate_limit": None}


@dataclass(frozen=True)
class StepResult:
    """`note` is what the step saw, or why it failed or was skipped."""

    client: Kind
    step: str
    verdict: Literal["ok", "failed", "skipped"]
    note: str
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass(frozen=True)
class Driver:
    gateway: Gateway
    with_v1: bool = True

    def drive(self, kind: Kind, steps: Sequence[Step], say: Callable[[StepResult], None]) -> list[StepResult]:
        """Take the steps, from a fresh start if the server can make one."""
        self.gateway.start_over()
        return asyncio.run(self._drive(kind, steps, say))

    async def _drive(
        self, kind: Kind, steps: Sequence[Step], say: Callable[[StepResult], None]
    ) -> list[StepResult]:
        results: list[StepResult] = []
        async with self._shop(kind) as shop:
            for step in steps:
                # Each step builds on the ones before.
                if any(result.verdict == "failed" for result in results):
                    result = StepResult(kind, named(step), "skipped", FAILED_BEFORE)
                else:
                    result = await self._take(kind, step, shop)
                results.append(result)
                say(result)
        return results

    async def _take(self, kind: Kind, step: Step, shop: Shop) -> StepResult:
        start, name = time.perf_counter(), named(step)
        failure = None
        try:
            verdict, note = "ok", await step(shop)
        except Skipped as skipped:
            verdict, note = "skipped", str(skipped)
        except CanNotGoOn:
            raise
        except Exception as error:  # Whatever a server's answer makes the client raise is a finding.
            note = redacted(f"{type(error).__name__}: {error}", self.gateway.server.secrets)
            if type(error) is ValueError:
                # But not what it refuses to send, such as an id with a blank: the answer that told it is judged.
                verdict, note = "skipped", f"left alone, for our client refuses to ask: {note}"
            else:
                verdict = "failed"
                failure = Failure(f"{kind} client", name, note, self.gateway.curls(), self.gateway.told())
        return StepResult(kind, name, verdict, note, time.perf_counter() - start, failure)  # type: ignore[arg-type]

    @asynccontextmanager
    async def _shop(self, kind: Kind) -> AsyncIterator[Shop]:
        server = self.gateway.server
        common: dict[str, Any] = {"token": server.token, "site_id": server.site, "base_url": self.gateway.url}
        common |= {"timeout": self.gateway.patience, "deadline": self.gateway.patience, **PLAIN}
        async with AsyncExitStack() as stack:
            enter: Any = stack.enter_context if kind == "sync" else stack.enter_async_context
            transport, *clients = MADE[kind]
            # A transport that is given is ours to close.
            way = await settle(enter(transport(trust_env=False)))
            orders, old = [await settle(enter(each(**common, transport=way))) for each in clients]
            yield Shop(orders=orders, v1=old if self.with_v1 else None)


def named(step: Step) -> str:
    return step.__name__.replace("_", " ")
