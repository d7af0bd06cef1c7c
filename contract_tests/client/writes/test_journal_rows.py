"""Rows of a journal file that cannot be read: of a later release, a hand's slip, a fault of the disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from webflow_orders import errors
from webflow_orders._call.journal import ANSWERED, Journal

from contract_tests.client.conftest import ORDERS, SITE, Script, answer

EXPECTED = {"status": "refunded", "notes": {}, "salt": "", "unseen": []}
NOT_READABLE: dict[str, dict[str, Any]] = {
    **{f"a date: {since!r}": {"since": since} for since in ("not a date", "2026-01-01T00:00:00", "")},
    **{
        f"expected: {expected}": {"expected": expected}
        for expected in (
            "", "not json", "{}", "[]", "null", "5", "[" * 100_000, '{"notes": {}}',
            *(
                json.dumps({**EXPECTED, **change})
                for change in (
                    {"status": 5}, {"status": 0}, {"status": None}, {"notes": None}, {"notes": {"comment": 5}},
                    {"notes": []}, {"unseen": [1]}, {"salt": None}, {"future": 1}, {"attempted": "x"},
                    {"kind": "moved"}, {"kind": "made", "known": 5}, {"kind": "made", "known": "66f0"},
                )
            ),
        )
    },
    **{f"a process: {process}": {"process": process} for process in (0, -1, 2**40, "x")},
    **{f"no text: {name}": {name: b"\xff"} for name in ("operation", "attempted", "expected", "ended", "born")},
}  # fmt: skip


def insert(path: Path, number: int, order_id: str, **changes: Any) -> None:
    """A row of a process that is gone."""
    row = {
        "id": number, "server": "https://a.example", "site_id": SITE, "order_id": order_id,
        "operation": "refund-order", "attempted": "x", "expected": json.dumps(EXPECTED),
        "since": f"2026-01-0{number}T00:00:00+00:00", "ended": "ServerError 502", "process": 1, "born": "before",
        **changes,
    }  # fmt: skip
    with closing(sqlite3.connect(path)) as connection, connection:
        # What is no text comes about by a fault of the disk.
        as_text = ", ".join(
            "CAST(? AS TEXT)" if isinstance(each, bytes | str) else "?" for each in row.values()
        )
        connection.execute(f"INSERT INTO writes VALUES ({as_text})", [*row.values()])


@pytest.mark.parametrize("name", NOT_READABLE)
def test_a_row_that_cannot_be_read_is_named_and_stays_and_the_others_are_settled(
    connect: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    path = tmp_path / "shop.sqlite"
    Journal(path).close()
    insert(path, 1, "dfa-3f1", **NOT_READABLE[name])
    insert(path, 2, "dfa-3f2")
    script = Script(lambda request: answer(json={**ORDERS["refund"], "orderId": request.url.path[-7:]}))
    client = connect(script, journal=path, base_url="https://a.example")
    named = f"row 1 of the journal {path} cannot be read ("
    assert named in caplog.text

    whole, bad = client.unsettled()
    assert (whole.id, whole.unreadable) == (2, "")
    assert (bad.id, bad.is_under_way, bad.since.timestamp()) == (1, False, 0)
    assert named in bad.unreadable
    assert named in str(bad)
    assert bad.unseen == (bad.unreadable,)
    with pytest.raises(OSError, match="row 1"):
        bad.holds(client.get("dfa-3f1"))

    script.requests.clear()
    with pytest.raises(errors.JournalUnavailableError) as refused:
        client.refund("dfa-3f1")
    assert "row 1 of the journal" in str(refused.value)
    assert script.requests == []

    for give_up_after in (None, 0):
        settlements = client.settle(give_up_after=give_up_after)
        assert settlements[-1][:2] == (bad, "open")
        assert isinstance(settlements[-1].error, errors.JournalUnavailableError)
        assert named in str(settlements[-1].error)
        assert [each.became for each in settlements[:-1]] == ([] if give_up_after == 0 else ["done"])
    assert client.unsettled() == [bad]


def test_a_row_about_what_no_order_can_be_is_named_and_the_others_are_settled(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "shop.sqlite"
    Journal(path).close()
    insert(path, 1, "x/../y")
    insert(path, 2, "dfa-3f2")
    script = Script(lambda request: answer(json={**ORDERS["refund"], "orderId": request.url.path[-7:]}))
    settled = connect(script, journal=path, base_url="https://a.example").settle()
    assert [(each.write.id, each.became) for each in settled] == [(2, "done"), (1, "open")]
    assert isinstance(settled[1].error, errors.JournalUnavailableError)


def test_a_row_that_was_answered_and_cannot_be_read_stays(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "shop.sqlite"
    Journal(path).close()
    insert(path, 1, "dfa-3f1", ended=ANSWERED, expected="{")
    client = connect(Script(answer(json=ORDERS["refund"])), journal=path, base_url="https://a.example")
    assert [each.became for each in client.settle(give_up_after=0)] == ["open"]


def test_a_row_that_cannot_be_read_outlives_the_name_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    insert(path, 1, "dfa-3f1", expected=b"\xff")
    assert len(journal.unsettled("https://a.example")) == 1
    path.unlink()
    assert [each.id for each in journal.unsettled("https://a.example") if each.unreadable] == [1]
    journal.close()
