"""Does the contract run work for one who has the wheel, a server and an empty folder, and nothing else of ours?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from webflow_orders_contract.description import read
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.packaging.conftest import Environment

TOKEN = "their-token-0815"


def hold(environment: Environment, server: MockServer, folder: Path) -> subprocess.CompletedProcess[str]:
    """The installed command, from that folder, at a server in another process: this one."""
    target = ("--target", server.url, "--site", server.mock.site_id, "--own-server")
    reset = ("--reset", f"{server.url}/_mock/reset")
    return environment.call(
        "webflow-orders-contract", *target, *reset, "--max-examples", "1", cwd=folder, WEBFLOW_TOKEN=TOKEN
    )


def test_a_healthy_server_is_green_and_the_report_is_in_the_folder(
    contract: Environment, tmp_path: Path
) -> None:
    with MockServer(MockWebflow(token=TOKEN)) as server:
        done = hold(contract, server, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything held." in done.stdout
    report = tmp_path / ".reports" / "contract"
    assert {path.name for path in tmp_path.iterdir()} == {".reports"}, "nothing else is left there"
    assert "Everything held." in (report / "index.html").read_text()
    assert "stateful" in done.stderr, "progress is shown"
    suites = {each.attrib["name"]: each for each in ElementTree.parse(report / "junit.xml").iter("testsuite")}
    assert suites.keys() >= {"every answer", "Schemathesis", "the model", "the generated client"}
    assert {each.attrib["failures"] for each in suites.values()} == {"0"}
    assert all(int(each.attrib["tests"]) for each in suites.values())
    assert json.loads((report / "requests.har").read_text())["log"]["entries"]
    assert (report / "schemathesis" / "index.html").is_file()
    written = {"stdout": done.stdout, "stderr": done.stderr}
    written |= {str(each): each.read_text("utf-8", "replace") for each in report.rglob("*") if each.is_file()}
    assert [name for name, text in written.items() if TOKEN in text] == [], "the token is nowhere"
    rows = json.loads((report / "summary.json").read_text())["schemathesis"]["rows"]
    assert rows.keys() == {each.id for each in read().operations}
    assert all(row["cases"] and row["checks"] for row in rows.values())
    # With so few examples Schemathesis may find no order to unfulfill and no webhook; the client's drive always does.
    may_be_missing = {"unfulfill-order", "get-webhook", "delete-webhook"}
    assert {name for name, row in rows.items() if not row["answered_2xx"]} <= may_be_missing


def test_without_the_extra_the_command_names_it(bare: Environment, tmp_path: Path) -> None:
    done = bare.call("webflow-orders-contract", cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'webflow-orders[contract]'" in done.stderr
    assert "Traceback" not in done.stderr
