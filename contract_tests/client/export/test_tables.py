"""Does a folder of tables hold what `tables.rows` gives, and appear whole or not at all?"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from webflow_orders import OrdersClient, tables
from webflow_orders.export import Export
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import access, answer
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import Ended, List, ending

export = exporting.export


def plain(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace(" ", "T", 1).replace("+00:00", "Z") if hasattr(value, "tzinfo") else text


@pytest.mark.parametrize("format", ["csv", "ndjson", "parquet"])
def test_the_files_hold_the_rows(format: str, tmp_path: Path) -> None:
    mock = MockWebflow()
    path = tmp_path / "shop"
    with OrdersClient(**access(mock), transport=mock.transport()) as client:
        assert client.export(path, tables=True, format=format).path == path  # type: ignore[arg-type]
        expected: dict[str, list[Any]] = {table: [] for table in tables.TABLES}
        for order in client.iter():
            for table, rows in tables.rows(order, mock.site_id).items():
                expected[table] += rows
    assert {each.name for each in path.iterdir()} == {f"{table}.{format}" for table in tables.TABLES}
    assert {each.stat().st_mode & 0o777 for each in path.iterdir()} == {0o600}
    assert (path.stat().st_mode & 0o777, [each.name for each in tmp_path.iterdir()]) == (0o700, ["shop"])
    for table, rows in expected.items():
        file = path / f"{table}.{format}"
        if format == "parquet":
            found = pq.read_table(file)
            assert found.schema.equals(tables.arrow(table), check_metadata=True)
            assert found.to_pylist() == rows
        elif format == "csv":
            with open(file, newline="", encoding="utf-8") as lines:
                assert list(csv.DictReader(lines)) == [
                    {name: plain(value) for name, value in row.items()} for row in rows
                ]
        else:
            said = [json.loads(line) for line in file.read_bytes().splitlines()]
            assert [list(row) for row in said] == [list(row) for row in rows]
            assert [{name: plain(value) for name, value in row.items()} for row in said] == [
                {name: plain(value) for name, value in row.items()} for row in rows
            ]


def test_more_than_a_thousand_orders_are_all_there(export: Callable[..., Export], tmp_path: Path) -> None:
    path = tmp_path / "shop"
    assert export(List(2300), path, tables=True, format="csv", page_size=100).orders == 2300
    with open(path / "orders.csv", newline="") as lines:
        assert [row["order_id"] for row in csv.DictReader(lines)] == [f"old-{each}" for each in range(2300)]


@pytest.mark.parametrize("at", ["write", "publish", "done"])
def test_it_goes_on_where_it_was_ended(
    at: str, export: Callable[..., Export], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webflow_orders.export import conductor, journal

    script, path = List(35), tmp_path / "shop"
    script.before = ending(2)
    with pytest.raises(Ended):
        export(script, path, tables=True, format="ndjson")
    script.before = lambda asked: None
    with monkeypatch.context() as patch:

        def end(*given: object, **named: object) -> None:
            raise Ended

        where: Any = journal.Journal if at == "done" else conductor.tables
        patch.setattr(where, at, end)
        with pytest.raises(Ended):
            export(script, path, tables=True, format="ndjson")
    asked = script.asked
    assert export(script, path, tables=True, format="ndjson").orders == 35
    assert script.asked == asked, "nothing is fetched twice"
    assert len((path / "orders.ndjson").read_bytes().splitlines()) == 35
    assert [each.name for each in tmp_path.iterdir()] == ["shop"]


def test_only_a_folder_of_tables_is_replaced_and_only_if_asked(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    path, empty = tmp_path / "shop", answer(200, {"orders": [], "pagination": {"total": 0}})
    script = lambda request: empty  # noqa: E731
    export(script, path, tables=True, format="csv")
    with pytest.raises(IsADirectoryError):
        export(script, path, tables=True, format="csv")
    export(script, path, tables=True, format="parquet", overwrite=True)
    assert (path / "orders.parquet").exists()
    assert not (path / "orders.csv").exists()
    (path / "notes.txt").write_text("mine")
    with pytest.raises(IsADirectoryError):
        export(script, path, tables=True, format="csv", overwrite=True)
    assert (path / "notes.txt").read_text() == "mine"


def test_what_appears_meanwhile_is_kept(export: Callable[..., Export], tmp_path: Path) -> None:
    path, script = tmp_path / "shop", List(35)
    script.before = lambda asked: (path.exists() or path.mkdir()) and (path / "mine").touch()
    with pytest.raises(FileExistsError, match="it is there already"):
        export(script, path, tables=True, format="csv")
    assert [each.name for each in path.iterdir()] == ["mine"]
    script.before = lambda asked: None
    path.rename(tmp_path / "away")
    asked = script.asked
    assert export(script, path, tables=True, format="csv").orders == 35
    assert script.asked == asked


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "pass format= with tables=True"),
        ({"format": "xlsx"}, "or 'csv' for tables"),
        ({"tables": 1}, "must be a bool"),
    ],
)
def test_what_cannot_be_is_refused(
    given: Any, says: str, export: Callable[..., Export], tmp_path: Path
) -> None:
    script = httpx.MockTransport(lambda request: pytest.fail("it was sent"))
    with pytest.raises((ValueError, TypeError), match=says):
        export(script, tmp_path / "shop", **({"tables": True} | given))
    with pytest.raises(ValueError, match="format must be"):
        export(script, tmp_path / "shop.csv", format="csv")
