"""Killed with `kill -9` at any line of the client: what the journal tells the next process agrees with the ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings, strategies as st
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KILLS = int(os.environ.get("KILLS", "30"))
IDS = ["000-001", "000-002"]
STATUS = {"fulfill": "fulfilled", "unfulfill": "unfulfilled", "refund": "refunded"}
WRITES = st.tuples(st.sampled_from([*STATUS, "update"]), st.sampled_from(IDS), st.sampled_from("ab"))
# Of the first write about 400 lines are its own.
LINES = st.integers(1, 1200)

Run = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(MockWebflow(shop=False)) as server:
        yield server


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a job in a process of its own."""
    command = [sys.executable, "-m", "contract_tests.client.killed"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        asked, answers = nursery.stdin, nursery.stdout

        def job(job: dict[str, Any]) -> dict[str, Any]:
            asked.write(json.dumps(job) + "\n")
            asked.flush()
            result: dict[str, Any] = json.loads(answers.readline())
            return result

        yield job


@given(st.lists(WRITES, min_size=1, max_size=4), LINES)
@settings(max_examples=KILLS, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_applied_and_not_reported_is_in_the_journal(
    server: MockServer, run: Run, tmp_path: Path, writes: list[tuple[str, str, str]], line: int
) -> None:
    mock = server.mock
    mock.seed(mock.site_id, *(order(each, status="unfulfilled") for each in IDS))
    begun = mock.ledger.last_seq
    journal = tmp_path / "shop.sqlite"
    journal.unlink(missing_ok=True)
    job = {
        "url": server.url,
        "token": mock.token,
        "site": mock.site_id,
        "journal": str(journal),
        "writes": writes,
        "line": line,
    }
    first = run(job)
    assert first["code"] in (0, -9)
    told = first["said"]
    event(f"killed: {first['code'] == -9}")

    sent = [entry for entry in mock.ledger.since(begun) if entry.method != "GET"]
    for entry, (method, order_id, _) in zip(sent, writes, strict=False):
        assert (entry.operation_id, entry.order_id) == (f"{method}-order", order_id)
    assert len(told) <= len(sent) <= len(told) + 1, "each is sent once, and the next not before it has ended"
    for said, entry in zip(told, sent, strict=False):
        assert said == ("done" if entry.applied else "not done")

    second = run(job | {"writes": None})
    assert second["code"] == 0
    listed, became, left = second["said"]
    assert len(listed) <= 1
    if len(sent) > len(told):
        assert listed or not sent[-1].applied, "applied, not reported, and not in the journal"
    if not listed:
        return
    event("something was left open")
    ((operation, order_id, ended, is_under_way),) = listed
    assert not is_under_way
    assert (operation, order_id) in [
        (f"{method}-order", order_id) for method, order_id, _ in writes[max(0, len(told) - 1) : len(told) + 1]
    ]
    if ended != "under way":
        event("it was known to be done")
        assert sent[-1].applied
    # Whatever was sent last, the order now shows it or not.
    applied = (
        bool(sent)
        and sent[-1].applied
        and (sent[-1].operation_id, sent[-1].order_id) == (operation, order_id)
    )
    assert not applied or became == ["done"]
    now = mock.orders[mock.site_id, order_id]
    method = operation.removesuffix("-order")
    if became == ["done"]:
        assert now.comment in ("a", "b") if method == "update" else now.status == STATUS[method]
    assert left == (became != ["done"])


@pytest.mark.parametrize("method", [*STATUS, "update"])
def test_one_write_is_killed_at_each_of_its_lines(
    server: MockServer, run: Run, tmp_path: Path, method: str
) -> None:
    """From when it may have been sent until its caller has been told: there is no line at which it is lost."""
    mock = server.mock
    step = max(1, 600 // KILLS)
    open_, line = 0, 1
    while True:
        mock.seed(
            mock.site_id, order("000-001", status="fulfilled" if method == "unfulfill" else "unfulfilled")
        )
        begun = mock.ledger.last_seq
        job = {
            "url": server.url,
            "token": mock.token,
            "site": mock.site_id,
            "journal": str(tmp_path / f"{line}.sqlite"),
            "writes": [[method, "000-001", "a"]],
            "line": line,
        }
        first = run(job)
        applied = sum(entry.applied for entry in mock.ledger.since(begun))
        listed, became, _ = run(job | {"writes": None})["said"]
        assert applied <= 1
        if first["said"] == ["done"]:
            assert applied == 1
        elif applied:
            assert [each[:2] for each in listed] == [[f"{method}-order", "000-001"]], f"lost at line {line}"
            assert became == ["done"]
            open_ += 1
        if first["code"] == 0:
            break
        line += step
    assert open_ >= 1
