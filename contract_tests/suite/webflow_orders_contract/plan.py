"""What a run would send, how many, how long; told without sending anything to the target.

The run is rehearsed: the same run, against a mock of our own, as fast as it will go. What passed the gateway is what
is planned.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import description as descriptions
from .settings import Settings
from .webhooks.cases import battery

if TYPE_CHECKING:
    from webflow_orders_mock import MockWebflow

# Unfulfilled orders of the mock, in the place of those that would be written to; and nothing is kept back from it.
STAND_IN, STAND_IN_REFUND = "dfa-3f1", "f61-2e8"
REHEARSAL_PER_MINUTE = 600_000


@dataclass(frozen=True)
class Plan:
    """`requests` by operation; those of none of them, such as another method, are `others`."""

    settings: Settings
    requests: dict[str, int]
    others: int
    seconds: float

    @property
    def count(self) -> int:
        return sum(self.requests.values()) + self.others

    def text(self) -> str:
        if self.settings.receiver is not None:
            return f"{self.count} deliveries to {self.settings.receiver}. Nothing was sent."
        target = self.settings.target or "a mock of its own"
        lines = [f"Profile {self.settings.profile}, {target}. Nothing was sent."]
        rows = self.requests | ({"to none of them": self.others} if self.others else {})
        lines += [f"  {name:<18} {count}" for name, count in rows.items()]
        # How many orders the server has, and of which kinds, the rehearsal can not know.
        lines += [f"About {self.count} requests, about {_duration(self.seconds)}."]
        return "\n".join([*lines, *_writes(self.settings)])


def plan(settings: Settings) -> Plan:
    from webflow_orders_mock import MockServer, MockWebflow

    from .run import run

    if settings.receiver is not None:
        return Plan(settings, {"deliveries": len(list(battery(descriptions.read(settings.spec))))}, 0, 0)
    waited: list[float] = []
    with MockServer(MockWebflow()) as server, TemporaryDirectory() as scratch:
        rehearsal = replace(
            settings, report=Path(scratch) / "report", state=Path(scratch) / "state", plan=False
        )
        if settings.target is not None:
            rehearsal = replace(
                rehearsal,
                target=server.url,
                site=server.mock.site_id,
                token=server.mock.token,
                reset=settings.reset and f"{server.url}/_mock/reset",
                write=settings.write and STAND_IN,
                refund=settings.refund and STAND_IN_REFUND,
                refund_again=settings.refund and STAND_IN_REFUND,
                requests_per_minute=REHEARSAL_PER_MINUTE,
                reserve=0,
            )
            _let_in(server.mock, settings)

        def wait(seconds: float) -> None:
            waited.append(seconds)
            server.mock.forward(seconds)

        print("A rehearsal, on a mock of our own:", file=sys.stderr, flush=True)
        result = run(rehearsal, sleep=wait)
    seconds = result.seconds + sum(waited)
    found = Plan(settings, result.validator.answered(), result.validator.others, seconds)
    return found if settings.is_ours else replace(found, seconds=found.count * settings.interval)


def _let_in(mock: MockWebflow, settings: Settings) -> None:
    """The tokens that the run is told of."""
    mine = mock.site_id
    rights: list[dict[str, Any]] = [
        {"scopes": ["ecommerce:read"], "sites": [mine]}, {"scopes": ["ecommerce:write"], "sites": [mine]},
        {"sites": [mock.site_id_of_another]}, {"sites": [mine], "plan": "starter"},
    ]  # fmt: skip
    for name, right in zip(settings.other_tokens, rights, strict=True):
        if name is not None:
            mock.add_token(os.environ[name], **right)


def _writes(settings: Settings) -> list[str]:
    if settings.is_ours:
        return [
            "Everything may be written to, and garbage is sent as well; it is a mock, or your own server."
        ]
    told = []
    if settings.write:
        what = "its comment, and its status if unfulfilled"
        told.append(f"Order {settings.write} is changed and put back: {what}.")
    if settings.refund:
        told.append(f"Order {settings.refund} is refunded, for good.")
    rate = settings.requests_per_minute - settings.reserve
    return [
        *(told or ["Nothing is written."]),
        f"No more than {rate} requests a minute; it stops at the first 401 or 403.",
    ]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.1f} minutes"
