"""What a run would send, how many, how long; told without sending anything to the target.

The run is rehearsed: the same run, against a mock of our own, as fast as it will go. What arrived there is the plan.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from . import description
from .settings import Settings

# An unfulfilled order of the mock, in the place of the one that would be written to.
STAND_IN = "dfa-3f1"
# Refunded, it could not be written to any more.
STAND_IN_REFUND = "f61-2e8"
REHEARSAL_PER_MINUTE = 600_000
# What the coverage phase and the scenarios send at the most, measured, by operation and by example.
COVERAGE, SCENARIO = 60, 6
SECONDS_PER_REQUEST = 0.04


@dataclass(frozen=True)
class Plan:
    """`requests` by method and operation; `exact` if they were counted and not estimated."""

    profile: str
    target: str
    requests: dict[tuple[str, str], int]
    seconds: float
    exact: bool
    writes: str

    @property
    def count(self) -> int:
        return sum(self.requests.values())

    def text(self) -> str:
        about = "" if self.exact else "at the most about "
        lines = [f"Profile {self.profile}, {self.target}. Nothing was sent."]
        lines += [
            f"  {method:<6} {operation:<18} {about}{count}"
            for (method, operation), count in sorted(self.requests.items())
        ]
        lines += [f"{about}{self.count} requests, {about}{_duration(self.seconds)}.".capitalize()]
        return "\n".join([*lines, self.writes])


def plan(settings: Settings) -> Plan:
    return _estimated(settings) if settings.profile == "mock" else _rehearsed(settings)


def _rehearsed(settings: Settings) -> Plan:
    from webflow_orders_mock import MockServer, MockWebflow

    from .run import run

    with MockServer(MockWebflow()) as server, TemporaryDirectory() as scratch:
        rehearsal = replace(
            settings,
            target=server.url,
            site=server.mock.site_id,
            token=server.mock.token,
            write=settings.write and STAND_IN,
            refund=settings.refund and STAND_IN_REFUND,
            refund_again=settings.refund and STAND_IN_REFUND,
            requests_per_minute=REHEARSAL_PER_MINUTE,
            reserve=0,
            report=Path(scratch) / "report",
            state=Path(scratch) / "state",
            plan=False,
        )
        print("A rehearsal, on a mock of our own:", file=sys.stderr, flush=True)
        run(rehearsal)
        sent = Counter((entry.method, str(entry.operation_id)) for entry in server.mock.ledger)
    seconds = sum(sent.values()) * settings.interval
    return Plan(settings.profile, str(settings.target), dict(sent), seconds, True, _writes(settings))


def _estimated(settings: Settings) -> Plan:
    known = description.read(settings.spec).operations
    chosen = [each for each in known if settings.with_v1 or not each.is_v1]
    each = COVERAGE + settings.max_examples
    requests = {(op.method, op.id): each for op in chosen}
    requests["any", "scenarios"] = settings.max_examples * SCENARIO
    total = sum(requests.values())
    what = settings.target or "a mock of its own"
    return Plan("mock", what, requests, total * SECONDS_PER_REQUEST, False, _writes(settings))


def _writes(settings: Settings) -> str:
    if settings.profile == "mock":
        return "Everything may be written to, and garbage is sent as well; it is a mock, or your own server."
    told = []
    if settings.write:
        told.append(
            f"Order {settings.write} is changed and put back: its comment, and its status if unfulfilled."
        )
    if settings.refund:
        told.append(f"Order {settings.refund} is refunded, for good.")
    rate = settings.requests_per_minute - settings.reserve
    told.append(f"No more than {rate} requests a minute; it stops at the first 401 or 403.")
    return "\n".join(told if settings.write or settings.refund else ["Nothing is written.", *told])


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.1f} minutes"
