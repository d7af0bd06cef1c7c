"""Killed with `kill -9` at any line of the client: what the journal tells the next process agrees with the ledger."""

from __future__ import annotations

import http.client
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

from contract_tests.client.failing import TRIGGER, URL, WRITES, aims, before
from contract_tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KILLS = int(os.environ.get("KILLS", "30"))
IDS = ["000-001", "000-002"]
STATUS = {"fulfill-order": "fulfilled", "unfulfill-order": "unfulfilled", "refund-order": "refunded"}
URLS = ["https://a.example/hook", "https://b.example/hook"]
# Of a webhook that is to be removed, at which of the URLs there is one.
WRITES_TO_MAKE = st.one_of(
    st.tuples(st.sampled_from([*STATUS, "update-order"]), st.sampled_from(IDS), st.sampled_from("ab")),
    st.tuples(st.sampled_from(["create-webhook", "delete-webhook"]), st.just(""), st.sampled_from(URLS)),
)
# Of the first write about 400 lines are its own. Not of integers(), which are small ones mostly.
LINES = st.sampled_from(range(1, 1201))

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
            # The server takes turns: when it has answered twice, it has done what the killed one had sent before.
            after = http.client.HTTPConnection(job["url"].removeprefix("http://"))
            for _ in range(2):
                after.request("GET", "/")
                after.getresponse().read()
            after.close()
            return result

        yield job


def name(operation: str, target: str, text: str) -> str:
    """What a write is about, as the journal has it."""
    return aims(text) if operation == "create-webhook" else target


@given(st.lists(WRITES_TO_MAKE, min_size=1, max_size=4), LINES)
@settings(max_examples=KILLS, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_applied_and_not_reported_is_in_the_journal(
    server: MockServer, run: Run, tmp_path: Path, writes: list[tuple[str, str, str]], line: int
) -> None:
    mock = server.mock
    mock.seed(mock.site_id, *(order(each, status="unfulfilled") for each in IDS))
    mock.webhooks.clear()
    hooks = {url: mock.webhooks.create(mock.site_id, TRIGGER, url).webhook_id for url in URLS}
    writes = [
        (operation, hooks[text] if operation == "delete-webhook" else target, text)
        for operation, target, text in writes
    ]
    begun = mock.ledger.last_seq
    journal = tmp_path / "shop.sqlite"
    for each in tmp_path.iterdir():
        each.unlink()
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
    for entry, (operation, target, _) in zip(sent, writes, strict=False):
        assert entry.operation_id == operation
        assert target in entry.path
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
    ((operation, target, ended, is_under_way),) = listed
    event(f"of {operation}")
    assert not is_under_way
    # The one that was under way; or the last that was reported, which is struck out when the next one begins.
    is_reported = len(sent) == len(told) and ended != "under way"
    made = writes[len(told) - is_reported]
    assert (made[0], name(*made)) == (operation, target)
    if ended != "under way":
        event("it was known to be done")
        assert sent[-1].applied
    # If it was sent, it was the last one, and a look now shows whether it was done.
    applied = bool(sent) and sent[-1].applied and len(sent) == len(told) + (not is_reported)
    assert not applied or became == ["done"]
    if became == ["done"]:
        if operation == "create-webhook":
            assert applied, "what was there before is told from what was made"
        elif operation == "delete-webhook":
            assert mock.webhooks.get(target) is None
        elif operation == "update-order":
            assert mock.orders[mock.site_id, target].comment == made[2]
        else:
            assert mock.orders[mock.site_id, target].status == STATUS[operation]
    assert left == (became != ["done"])


@pytest.mark.parametrize("operation", WRITES)
def test_one_write_is_killed_at_each_of_its_lines(
    server: MockServer, run: Run, tmp_path: Path, operation: str
) -> None:
    """From when it may have been sent until its caller has been told: there is no line at which it is lost."""
    mock = server.mock
    step = max(1, 600 // KILLS)
    open_, line = 0, 1
    while True:
        mock.webhooks.clear()
        target, _ = before(mock, operation)
        begun = mock.ledger.last_seq
        job = {
            "url": server.url,
            "token": mock.token,
            "site": mock.site_id,
            "journal": str(tmp_path / f"{line}.sqlite"),
            "writes": [[operation, target, URL]],
            "line": line,
        }
        first = run(job)
        applied = sum(entry.applied for entry in mock.ledger.since(begun))
        listed, became, _ = run(job | {"writes": None})["said"]
        assert applied <= 1
        if first["said"] == ["done"]:
            assert applied == 1
        elif applied:
            assert [each[:2] for each in listed] == [[operation, target]], f"lost at line {line}"
            assert became == ["done"]
            open_ += 1
        else:
            assert "done" not in became, f"it was never done, at line {line}"
        if first["code"] == 0:
            break
        line += step
    assert open_ >= 1
