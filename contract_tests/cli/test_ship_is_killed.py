"""`ship parcels.csv`, killed with `kill -9` at any line and run again: nothing is shipped twice, nothing left out.

KILLS_OF_SHIP and PARCELS say how often, and how many rows a file has: 1,000 and 500 take half an hour to an hour.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="what is killed is a fork of the test")

KILLS = int(os.environ.get("KILLS_OF_SHIP", "6"))
PARCELS = int(os.environ.get("PARCELS", "6"))
# A parcel takes some 1,200 lines; to read and plan a file 1,500, and 130 for each row; to begin with it, 5 for each.
OF_SENDING, OF_A_PLAN = 2500 + 5 * PARCELS, 1500 + 130 * PARCELS

Run = Callable[..., int]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(MockWebflow(shop=False)) as server:
        yield server


@pytest.fixture
def run(server: MockServer, tmp_path: Path) -> Iterator[Run]:
    """Ship a file, killed at a line; -9, or the status."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path), "XDG_STATE_HOME": str(tmp_path), "WEBFLOW_TOKEN": server.mock.token,
        "WEBFLOW_SITE": server.mock.site_id, "WEBFLOW_BASE_URL": server.url,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "contract_tests.cli.killed"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    ) as nursery:  # fmt: skip
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        asked, answers = nursery.stdin, nursery.stdout

        def ship(file: Path, *, line: int = 0, is_sending: bool = False) -> int:
            words = ["ship", str(file), "--yes", "--email"]
            output = str(tmp_path / "output")
            job: dict[str, Any] = {"words": words, "line": line, "is_sending": is_sending, "output": output}
            asked.write(json.dumps(job) + "\n")
            asked.flush()
            return int(json.loads(answers.readline()))

        yield ship


def reported(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def test_each_is_shipped_once_and_at_most_one_e_mail_is_in_doubt(
    server: MockServer, run: Run, tmp_path: Path
) -> None:
    chance, kills, batch, doubted = random.Random(14), 0, 0, 0
    while kills < KILLS:
        batch += 1
        ids = [f"{batch:03x}-{number:03x}" for number in range(PARCELS)]
        server.mock.seed(server.mock.site_id, *(order(each, status="unfulfilled") for each in ids))
        file, report = tmp_path / f"{batch}.csv", tmp_path / f"{batch}.report.csv"
        file.write_text("order,tracking\n" + "".join(f"{each},TR{each}\n" for each in ids))
        begun = server.mock.ledger.last_seq
        untold: set[str] = set()
        status = -9
        while status == -9:
            before = reported(report)
            is_sending = chance.random() < 0.75
            line = chance.randint(1, OF_SENDING if is_sending else OF_A_PLAN) if kills < KILLS else 0
            status = run(file, line=line, is_sending=is_sending)
            kills += status == -9
            applied = [
                entry.order_id
                for entry in server.mock.ledger.since(begun)
                if entry.operation_id == "fulfill-order" and entry.applied
            ]
            rows = reported(report)
            told = {row["order"] for row in rows if row["result"] == "shipped"}
            now = {each for each in applied if each} - told
            assert len(now) <= 1, "more than one that nobody was told of"
            untold |= now
            new = [row for row in rows[len(before) :] if row["e-mail"] == "in doubt"]
            assert len(new) <= 1, "more than one e-mail in doubt"
        assert status in (0, 3), (tmp_path / "output").read_text()
        assert Counter(applied) == Counter(ids), "each once"
        sent = [
            entry.order_id
            for entry in server.mock.ledger.since(begun)
            if entry.operation_id == "fulfill-order"
        ]
        assert Counter(sent) == Counter(ids), "and none was even asked for again"
        for each in ids:
            now_ = server.mock.orders[server.mock.site_id, each]
            assert (now_.status, now_.shipping_tracking) == ("fulfilled", f"TR{each}")
        last = {row["order"]: row for row in reported(report)}
        assert set(last) == set(ids)
        for each in ids:
            row = last[each]
            assert row["result"] == "shipped"
            assert (row["detail"] == "by an earlier run") is (each in untold)
            # Where the journal had the answer, there is no doubt; where nobody has it, there is.
            assert row["e-mail"] in (("in doubt", "") if each in untold else ("asked for",))
        doubted += sum(row["e-mail"] == "in doubt" for row in last.values())
        assert run(file) == 0, "all is done, and it says so"
        assert len(reported(report)) == len(rows)
    print(f"{kills} kills in {batch} files of {PARCELS}, {doubted} e-mails in doubt")
    assert doubted or KILLS < 20
