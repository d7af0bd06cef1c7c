"""A session of Spark on this machine, many shops of a mock, and what Spark says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from webflow_orders.sync.spark import WebflowOrders
from webflow_orders_mock import MockServer, MockWebflow, order


@contextmanager
def spark_session(folder: Path, workers: int) -> Iterator[SparkSession]:
    """So many workers, each failing task tried four times. What Spark and its workers say is in `folder`/said."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    (folder / "events").mkdir()
    settings = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.memory": "1g",
        "spark.ui.showConsoleProgress": "false", "spark.eventLog.enabled": "true", "spark.eventLog.compress": "false",
        "spark.eventLog.dir": (folder / "events").as_uri(), "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder), "spark.sql.shuffle.partitions": "2",
        "spark.sql.python.filterPushdown.enabled": "true", "spark.sql.session.timeZone": "UTC",
    }  # fmt: skip
    builder = SparkSession.builder.master(f"local[{workers},4]").appName("orders")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # The virtual machine, and all that it starts, has the standard error of the moment when it begins.
    mine = os.dup(2)
    with open(folder / "said", "wb") as said:
        os.dup2(said.fileno(), 2)
    try:
        spark = builder.getOrCreate()
    finally:
        os.dup2(mine, 2)
        os.close(mine)
    spark.dataSource.register(WebflowOrders)
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis of our own, at a socket in this folder, without a file of data."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    command = [
        program,
        "--port",
        "0",
        "--unixsocket",
        str(folder / "redis"),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as server:
        try:
            assert server.stdout is not None
            assert any(b"eady to accept" in line for line in server.stdout), "it has ended"
            yield f"unix://{folder / 'redis'}"
        finally:
            server.kill()


class Fleet:
    """A mock with many shops, each with a token of its own, and the file that says so."""

    def __init__(self, path: Path, plan: str = "starter") -> None:
        self.mock, self.path = MockWebflow(shop=False, plan=plan), path
        self.tokens: dict[str, str] = {}

    def shop(self, orders: int | None = 3, *, token: str | None = None, is_shop: bool = True) -> str:
        """A site; `orders` None: one that the token does not see."""
        number = len(self.tokens) + 1
        site_id = f"{number:024x}"
        self.tokens[site_id] = token or f"wf_secret_{number:06d}"
        if token is None:
            self.mock.add_token(self.tokens[site_id], sites=[site_id])
        if not is_shop:
            self.mock.add_site(site_id, shop=False)
        elif orders is not None:
            statuses = ("fulfilled", "fulfilled", "unfulfilled", "refunded")
            made = (
                order(
                    f"{at:03x}-{number:03x}",
                    status=statuses[at % 4],
                    accepted_on=f"2026-01-{at % 28 + 1:02d}T00:00:00.000Z",
                )
                for at in range(orders)
            )
            self.mock.seed(site_id, *made)
        return site_id

    def written(self) -> str:
        self.path.touch(mode=0o600)
        lines = [f"{site_id},{token}" for site_id, token in self.tokens.items()]
        self.path.write_text("\n".join(["site_id,token", *lines]) + "\n")
        return str(self.path)

    def orders(self) -> list[tuple[str, str]]:
        return sorted((entry[0], entry[1]) for entry in self.mock.orders)

    def statuses(self) -> list[int]:
        return [entry.status for entry in self.mock.ledger]


def reading(
    spark: SparkSession, fleet: Fleet, server: MockServer, **options: Any
) -> Callable[[str], DataFrame]:
    """Reads a table of the fleet."""

    def read(table: str) -> DataFrame:
        made = (
            spark.read.format("webflow_orders")
            .option("shops", fleet.written())
            .option("base_url", server.url)
        )
        return made.options(table=table, **options).load()

    return read
