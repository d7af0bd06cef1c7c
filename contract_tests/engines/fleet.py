"""How the wall time of a fleet falls with the workers, where the rate limit is what they wait for.

python -m contract_tests.engines fleet   # some 16 minutes
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from webflow_orders_mock import MockServer

from contract_tests.engines.sparking import Fleet, reading, spark_session

SHOPS, ORDERS, PER_MINUTE = 8, 350, 3


def measured(workers: int) -> float:
    """The seconds in which so many workers read every shop."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spark").mkdir()
        early = Fleet(Path(folder) / "early.csv")
        fleet = Fleet(Path(folder) / "shops.csv", plan=f"enterprise:{PER_MINUTE}")
        for _ in range(4 * workers):
            early.shop(1)
        for _ in range(SHOPS):
            fleet.shop(ORDERS)
        with (
            MockServer(early.mock) as first,
            MockServer(fleet.mock) as server,
            spark_session(Path(folder) / "spark", workers) as spark,
        ):
            # The workers are started, and have imported what they need.
            assert reading(spark, early, first)("orders").count() == 4 * workers
            frame = reading(spark, fleet, server)("orders").select("site_id", "order_id")
            began = time.monotonic()
            found = sorted(map(tuple, frame.collect()))
            took = time.monotonic() - began
        assert found == fleet.orders()
        assert set(fleet.statuses()) == {200}
        return took


def main() -> None:
    print("| workers | seconds | |\n| ---: | ---: | --- |")
    for workers in (1, 2, 4, 8):
        took = measured(workers)
        print(f"| {workers} | {took:.0f} | {'█' * round(took / 15)} |", flush=True)


if __name__ == "__main__":
    main()
