"""Do a thousand shops come whole through Spark, once each, within their limits, and without a token to be seen?"""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from webflow_orders import OrdersClient, tables
from webflow_orders.sync.spark import WebflowOrders
from webflow_orders_mock import MockServer, order

from contract_tests.engines.sparking import Fleet, reading, redis_server, spark_session

WORKERS = 8


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="module")
def spark(said: Path) -> Iterator[SparkSession]:
    with spark_session(said, WORKERS) as session:
        yield session


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path / "shops.csv")


@pytest.fixture
def server(fleet: Fleet) -> Iterator[MockServer]:
    with MockServer(fleet.mock) as made:
        yield made


def workers() -> list[int]:
    """The processes in which Spark's tasks run Python: children of its daemon, as which they still show."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"pyspark.daemon" in (folder / "cmdline").read_bytes():
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    ours = {os.getpid()} | {
        pid for pid, parent in parents.items() if parent not in parents and _is_ours(parent)
    }
    return [pid for pid, parent in parents.items() if parent in ours]


def _is_ours(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def pairs(frame: DataFrame) -> list[tuple[str, str]]:
    return sorted((row.site_id, row.order_id) for row in frame.select("site_id", "order_id").collect())


def test_a_thousand_shops_give_each_order_once_though_every_worker_is_killed(
    spark: SparkSession, tmp_path: Path
) -> None:
    with redis_server(tmp_path) as redis:
        # One more than the fleet allows itself: the mock counts a request when it comes, and not when it is let go.
        fleet = Fleet(tmp_path / "shops.csv", plan="enterprise:5")
        for number in range(1000):
            if number == 40:
                long = fleet.shop(330)  # Four calls.
            elif number % 50 == 7:
                fleet.shop(None)
            elif number % 50 == 9:
                fleet.shop(is_shop=False)
            elif number % 50 == 11:
                fleet.shop(None, token=f"wf_secret_revoked_{number}")
            else:
                fleet.shop()
        killed: list[int] = []
        calls: list[int] = []

        def kill(entry: Any) -> None:
            if entry.site_id == long:
                calls.append(entry.status)
                if len(calls) == 3:
                    killed.extend(workers())
                    for pid in killed:
                        os.kill(pid, signal.SIGKILL)

        fleet.mock.ledger.listen(kill)
        with MockServer(fleet.mock) as server:
            read = reading(spark, fleet, server, redis=redis, rate_limit=4)
            assert pairs(read("orders")) == fleet.orders()
    assert len(killed) >= WORKERS
    assert calls == [200] * 7
    statuses = Counter(fleet.statuses())
    assert statuses.keys() == {200, 401, 404, 409}, "none is a 429"
    assert min(statuses[401], statuses[404], statuses[409]) >= 20


def test_the_tables_equal_the_shops_and_those_that_fail_are_rows_of_errors(
    spark: SparkSession, fleet: Fleet, server: MockServer
) -> None:
    whole = [fleet.shop(7), fleet.shop(0), fleet.shop(2)]
    unseen, without, revoked = (
        fleet.shop(None),
        fleet.shop(is_shop=False),
        fleet.shop(token="wf_secret_revoked"),
    )
    read = reading(spark, fleet, server)
    expected: dict[str, list[Any]] = {table: [] for table in tables.TABLES}
    for site_id in whole:
        access = {"token": fleet.tokens[site_id], "site_id": site_id, "base_url": server.url}
        with OrdersClient(**access, rate_limit=None) as orders:
            for each in orders.iter():
                for table, rows in tables.rows(each, site_id).items():
                    expected[table] += [tuple(row.values()) for row in rows]
    for table, columns in tables.TABLES.items():
        frame = read(table)
        assert frame.columns == [column.name for column in columns]
        found = [tuple(row) for row in frame.toLocalIterator()]
        assert sorted(map(utc, found), key=str) == sorted(map(utc, expected[table]), key=str), table
    failures = {row.site_id: (row.error, row.status, row.code) for row in read("errors").collect()}
    assert failures == {
        unseen: ("NotFoundError", 404, "resource_not_found"),
        without: ("ConflictError", 409, "ecommerce_not_enabled"),
        revoked: ("AuthenticationError", 401, "not_authorized"),
    }


def utc(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Times as Spark hands them out: in the session's zone, which is UTC, without saying so."""
    return tuple(each.replace(tzinfo=None) if isinstance(each, datetime) else each for each in row)


def test_what_is_asked_for_by_status_or_site_is_all_that_is_read(
    spark: SparkSession, fleet: Fleet, server: MockServer
) -> None:
    sites = [fleet.shop(250), fleet.shop(4)]
    read = reading(spark, fleet, server)

    def calls(frame: DataFrame, rows: int) -> int:
        before = len(fleet.mock.ledger)
        assert frame.count() == rows
        return len(fleet.mock.ledger) - before

    orders = read("orders")
    assert calls(orders, 254) == 4
    # Of the 250, sixty-two each are refunded and unfulfilled; Spark alone would read all and look.
    assert calls(orders.where("status = 'refunded'"), 63) == 2
    assert calls(orders.where("status in ('refunded', 'unfulfilled') and comment = ''"), 126) == 4
    assert calls(orders.where("status = 'refunded' and status <> 'refunded'"), 0) == 0
    assert calls(orders.where(f"site_id = '{sites[1]}'"), 4) == 1
    assert calls(orders.where(f"site_id = '{sites[1]}' and status = 'fulfilled'"), 2) == 1
    assert (
        calls(read("items").where(f"site_id in ('{sites[1]}', 'none')").select("order_id").distinct(), 4) == 1
    )
    assert calls(orders.where("site_id = 'none'"), 0) == 0
    # What the server cannot be asked for is left to Spark.
    assert calls(orders.where("status <> 'refunded'"), 191) == 4
    assert calls(orders.where("status = 'on hold'"), 0) == 4


def test_a_server_that_fails_ends_the_job_and_costs_nothing_unsaid(
    spark: SparkSession, fleet: Fleet, server: MockServer
) -> None:
    fleet.shop(2)
    fleet.mock.faults.outage(1000)
    with pytest.raises(PySparkException, match="ServerError"):
        reading(spark, fleet, server)("orders").collect()
    (row,) = reading(spark, fleet, server)("errors").collect()
    assert (row.error, row.status) == ("ServerError", 500)


def test_tokens_are_in_no_plan_log_event_or_page(
    spark: SparkSession, said: Path, fleet: Fleet, server: MockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.shop(3)
    fleet.shop(token="wf_secret_revoked")
    read, context = reading(spark, fleet, server), spark.sparkContext
    context.setLogLevel("INFO")
    assert read("orders").count() == 3
    assert read("errors").count() == 1
    read("orders").explain("extended")
    fleet.mock.faults.outage(1000)
    with pytest.raises(PySparkException) as failed:
        read("orders").collect()
    context.setLogLevel("WARN")
    api = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}"
    pages = []
    for page in ("environment", "sql?details=true&planDescription=true&length=100", "stages", "jobs"):
        with urllib.request.urlopen(f"{api}/{page}") as answer:
            pages.append(answer.read().decode())
    events = "".join(file.read_text() for file in (said / "events").rglob("*") if file.is_file())
    shown = [pages[1], (said / "said").read_text(), events, capsys.readouterr().out, str(failed.value)]
    assert ["webflow_orders" in text for text in shown] == [True] * 5
    assert not [text for text in [*shown, *pages] if "wf_secret" in text]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tabel": "orders"}, "unknown field `tabel`"),
        ({"table": "shops"}, "Invalid enum value 'shops'"),
        ({"rate_limit": "sixty"}, "Expected `int | null`"),
        ({"table": "changes"}, "the table changes is for readStream"),
        ({"redis": "env:NO_SUCH_VARIABLE"}, "redis is not in the environment"),
    ],
)
def test_what_cannot_be_right_is_said(
    options: dict[str, str], says: str, spark: SparkSession, fleet: Fleet, server: MockServer
) -> None:
    fleet.shop()
    made = spark.read.format("webflow_orders").option("shops", fleet.written()).option("base_url", server.url)
    with pytest.raises(PySparkException, match=says):
        made.options(**options).load().collect()


def test_the_program_of_the_docs_runs(
    spark: SparkSession,
    fleet: Fleet,
    server: MockServer,
    tmp_path: Path,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleet.shop(8)
    fleet.shop(is_shop=False)
    monkeypatch.chdir(tmp_path)
    page = (root / "overrides" / "docs" / "fleet.md").read_text("utf-8")
    program = page.partition("```{code-block} python\n")[2].partition("```")[0]
    shops = f'.option("shops", "{fleet.written()}").option("base_url", "{server.url}")'
    program = program.replace('.option("shops", "/secure/shops.csv")', shops).replace("/shared/runs", "runs")
    # Spark has its own idea of the folder that a path begins at.
    for name in ("disputed", "changed", "checkpoint", "runs"):
        program = program.replace(f'"{name}")', f'"{tmp_path / name}")')
    exec(compile(program, "fleet.md", "exec"), {})
    assert spark.read.parquet(str(tmp_path / "changed")).where("kind = 'new'").count() == 8
    assert spark.read.parquet(str(tmp_path / "disputed")).count() == 0


class Stream:
    """A query over the changes, begun anew for each batch as a job that runs at night is."""

    def __init__(self, spark: SparkSession, fleet: Fleet, server: MockServer, folder: Path) -> None:
        self.spark, self.fleet, self.server, self.folder = spark, fleet, server, folder
        self.batches: dict[int, list[Any]] = {}

    def __call__(self) -> list[Any]:
        """The rows of the batch."""

        def take(frame: DataFrame, number: int) -> None:
            self.batches[number] = sorted(frame.collect(), key=str)

        changes = self.spark.readStream.format("webflow_orders").option("shops", self.fleet.written())
        changes = changes.options(
            base_url=self.server.url, table="changes", folder=str(self.folder / "runs"), lag=0
        )
        writing = changes.load().writeStream.foreachBatch(take).trigger(availableNow=True)
        writing = writing.option("checkpointLocation", str(self.folder / "checkpoint"))
        for attempt in range(6):
            try:
                writing.start().awaitTermination()
                break
            except PySparkException as error:  # Spark gives its worker ten seconds to start, and no more.
                if attempt == 5 or "failed to connect back" not in str(error):
                    raise
        return self.batches[max(self.batches)]


def told(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [(row.site_id, row.kind, row.order_id, row.was, row.status) for row in rows]


def test_a_stream_gives_the_changes_and_a_batch_that_is_replayed_is_the_same(
    spark: SparkSession, fleet: Fleet, server: MockServer, tmp_path: Path
) -> None:
    one, two = fleet.shop(3), fleet.shop(2)
    mock, stream = fleet.mock, Stream(spark, fleet, server, tmp_path)
    assert [row[:4] for row in told(stream())] == [(*key[:1], "new", key[1], None) for key in fleet.orders()]
    mock.act("fulfill", "002-001", site_id=one)
    mock.place(order("fff-001", status="pending"), site_id=one)
    second = stream()
    assert sorted(told(second)) == [
        (one, "changed", "002-001", "unfulfilled", "fulfilled"),
        (one, "new", "fff-001", None, "pending"),
    ]
    assert json.loads(next(row.raw for row in second if row.kind == "new"))["orderId"] == "fff-001"
    # The program was killed after the batch was handed out, and before Spark noted that.
    for file in (tmp_path / "checkpoint" / "commits").glob("*1*"):
        file.unlink()
    mock.act("pay", "fff-001", site_id=one)
    mock.add_token(fleet.tokens[two], sites=[])
    late = fleet.shop(1)
    before = len(mock.ledger)
    third = stream()
    assert stream.batches[1] == second
    assert sorted(told(third)) == [
        (one, "changed", "fff-001", "pending", "unfulfilled"),
        (two, "failed", None, None, None),
        (late, "new", "000-003", None, "fulfilled"),
    ]
    assert "NotFoundError" in next(row.error for row in third if row.kind == "failed")
    assert len(mock.ledger) - before == 3, "the replay asked for nothing"
    mock.add_token(fleet.tokens[two], sites=[two])
    mock.act("unfulfill", "000-002", site_id=two)
    assert told(stream()) == [(two, "changed", "000-002", "fulfilled", "unfulfilled")]
    runs = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert runs[-1] == "4"
    assert len(runs) <= 2, "what is through is gone"
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "runs").rglob("*") if path.name != "shops"}
    assert modes == {0o700, 0o600}
    options = {"shops": fleet.written(), "table": "changes", "folder": str(tmp_path / "runs")}
    anew = WebflowOrders(options).streamReader(None)
    with pytest.raises(ValueError, match="not the folder of this checkpoint"):
        anew.partitions(anew.initialOffset(), anew.latestOffset(anew.initialOffset(), None))
