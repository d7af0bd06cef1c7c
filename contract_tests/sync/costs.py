"""What a sync costs, as the planner says: python -m contract_tests.sync.costs prints the tables of the docs."""

from __future__ import annotations

from webflow_orders.sync.planning import DAY, Plan, Settings, planned
from webflow_orders.sync.state import Known, State

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# Of a thousand orders; those of `unfulfilled` are of the last two days.
SHARES = {"fulfilled": 965, "unfulfilled": 10, "refunded": 18, "dispute-lost": 4, "disputed": 2, "pending": 1}


def plans(orders: int, per_minute: float) -> tuple[Plan, Plan, Plan]:
    """The first run, a daily run, and a daily run with a slice of a sweep of thirty days."""
    counts = {status: orders * share // 1000 for status, share in SHARES.items()}
    nothing = State(site_id="")
    known = State(
        site_id="", direction="newest first", swept=DAY, sweep_began=DAY, orders={"": Known("", "")}
    )
    first = planned(nothing, Settings(), 0.0, counts, per_minute)
    plain = planned(known, Settings(sweep_days=None), 2 * DAY, counts, per_minute)
    return first, plain, planned(known, Settings(), 2 * DAY, counts, per_minute)


def lines() -> list[str]:
    made = [
        "| orders | first run, or every night anew | a daily run | … with a slice of the sweep | of a full read |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for orders in SIZES:
        made.append(f"| {orders:,} | {' | '.join(_cells(plans(orders, 60)))} |")
    return made


def fleet_lines() -> list[str]:
    """A thousand shops of one size at 60 calls a minute each, whose workers do nothing but wait for that."""
    made = [
        "| orders in each shop | first run, or every night anew | a daily run, with a slice of the sweep |",
        "| ---: | ---: | ---: |",
    ]
    for orders in SIZES[:3]:
        first, _, daily = plans(orders, 60)
        times = (
            " / ".join(_time(1000 * plan.calls / 60 / workers) for workers in (8, 64, 256))
            for plan in (first, daily)
        )
        made.append(f"| {orders:,} | {' | '.join(times)} |")
    return made


def _cells(found: tuple[Plan, ...]) -> list[str]:
    first, *later = (plan.calls for plan in found)
    costs = [f"{calls:,} calls: {_time(calls / 60)} / {_time(calls / 120)}" for calls in (first, *later)]
    return [*costs, ", ".join(f"{calls / first:.0%}" for calls in later)]


def _time(minutes: float) -> str:
    if minutes >= 90:
        return f"{minutes / 60:.1f} h"
    return f"{minutes:.0f} min" if minutes >= 1.5 else f"{minutes * 60:.0f} s"


if __name__ == "__main__":
    print("\n".join([*lines(), "", *fleet_lines()]))
