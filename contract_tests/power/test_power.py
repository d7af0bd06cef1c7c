"""The verdicts of other tools are read as they are meant, and nobody gets more time than the others."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openapi_spec_validator
import pytest
from webflow_orders_mock import Request

from contract_tests.power import __main__ as power
from contract_tests.power.documents import KNOWN_ORDERS, ORDERS, WEBHOOKS
from contract_tests.power.processes import Ended, limited, serving
from contract_tests.power.sample import evenly
from contract_tests.power.shop import OTHER_ORDER, OTHER_WEBHOOK, READER, THROTTLED, WRITER, Shop
from contract_tests.power.table import HEALTHY, SEEN, Row, read, render, write
from contract_tests.power.tools import MODERN, OLDER, TOOLS, Node, Outcome, Tool, failed_tests

ENDED = Ended("", 1, 1.0)


def test_only_what_the_healthy_mock_does_not_earn_is_caught(monkeypatch):
    class Grumbler(Tool):
        def run(self, url: str, folder: Path, seconds: int) -> Outcome:
            return Outcome(frozenset({"always"} | next(more)), ENDED)

    tool, more = (
        Grumbler("grumbler", "Grumbler"),
        iter([set(), {"at times"}, {"at times"}, {"at times", "new"}]),
    )
    monkeypatch.setattr(
        power, "shop", lambda *given: serving([sys.executable, "-c", "print('x')"], "(x)", *given[:1])
    )
    healthy = power._healthy(tool)
    assert (healthy.server, healthy.caught, healthy.complaints) == (HEALTHY, False, "always\nat times")
    known = power._known([healthy], tool)
    assert [power._judged(tool, "a defect", known).caught for _ in range(2)] == [False, True]


def test_a_tool_that_could_not_run_is_no_verdict(monkeypatch):
    class Refuses(Tool):
        def run(self, url: str, folder: Path, seconds: int) -> Outcome:
            return Outcome(frozenset(), Ended("no example of webhook_id", 1, 1.0))

    monkeypatch.setattr(
        power, "shop", lambda *given: serving([sys.executable, "-c", "print('x')"], "(x)", *given[:1])
    )
    with pytest.raises(RuntimeError, match="refuses could not run: no example of webhook_id"):
        power._healthy(Refuses("refuses", "Refuses"))


def test_junit_is_read_by_test_and_by_what_was_wrong(tmp_path: Path):
    (tmp_path / "junit.xml").write_text(
        "<testsuites><testsuite><testcase classname='c' name='held'/>"
        "<testcase classname='c' name='fell'><failure message='m'>&gt;&gt; RESPONSE.STATUS\nid 1&gt;</failure>"
        "</testcase>"
        "<testcase classname='c' name='skipped'><skipped/></testcase></testsuite></testsuites>"
    )
    assert list(failed_tests(tmp_path, r">> \S+")) == ["c fell >> RESPONSE.STATUS"]
    assert list(failed_tests(tmp_path)) == ["c fell"]
    (tmp_path / "junit.xml").write_text(
        "<testsuites><testsuite><testcase classname='c' name='fell'><failure/></testcase><testcase classname='d"
    )
    assert list(failed_tests(tmp_path)) == ["c fell"], "whoever was stopped has said this much"


def test_dredd_schemathesis_and_ours_are_read(tmp_path: Path):
    (tmp_path / "dredd.xml").write_text(
        "<testsuite><testcase name='GET (200) /a'><failure><![CDATA[Message:\nbody: At '/b' Missing\n\nRequest:\n"
        "date: today]]></failure></testcase></testsuite>"
    )
    assert list(TOOLS["dredd"].complaints(tmp_path, ENDED)) == ["GET (200) /a body: At '/b' Missing"]
    said = Ended("❌ Examples\nFailures:\n  ❌ ST202 Schema-valid request rejected: 1\n", 1, 1.0)
    assert list(TOOLS["schemathesis"].complaints(tmp_path, said)) == ["ST202 Schema-valid request rejected"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert list(TOOLS["ours"].complaints(empty, Ended("no answer", 2, 1.0))) == ["no run: no answer"]
    assert list(TOOLS["ours"].complaints(empty, Ended("killed", None, 1.0))) == []


def test_a_tool_without_its_command_says_so():
    assert Tool("a", "A", ("no-such-command-here",)).missing() == "needs no-such-command-here"


def test_whoever_uses_up_his_time_is_stopped(tmp_path: Path):
    busy = [sys.executable, "-c", "print('begun', flush=True)\nwhile True: pass"]
    ended = limited(busy, tmp_path, 1, {})
    assert (ended.status, ended.output) == (None, "begun\n")
    assert limited([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, 5, {}).status == 3


def test_a_server_that_does_not_come_up_is_no_verdict(tmp_path: Path):
    with (
        pytest.raises(RuntimeError, match="too bad"),
        serving([sys.executable, "-c", "raise SystemExit('too bad')"], "(x)", tmp_path / "log"),
    ):
        pass


def test_the_document_for_others_is_valid_and_names_orders_and_webhooks_that_there_are(tmp_path: Path):
    for edition in (MODERN, OLDER):
        document = json.loads(Node.described(tmp_path, edition).read_text("utf-8"))
        openapi_spec_validator.validate(document)
        for item in document["paths"].values():
            for operation in item.values():
                assert all("example" in each for each in operation["parameters"] if each["in"] == "path")
    assert [each.webhook_id for each in Shop().webhooks] == [*WEBHOOKS.values(), OTHER_WEBHOOK]
    stored = Shop().store.sites[Shop.site_id].orders
    assert set(KNOWN_ORDERS) <= set(stored)
    status = {name: stored[id].order["status"] for name, id in ORDERS.items() if name != "update-order"}
    assert status == {
        "fulfill-order": "unfulfilled",
        "unfulfill-order": "fulfilled",
        "refund-order": "unfulfilled",
    }


def test_the_second_shop_and_the_tokens_outlive_a_reset():
    shop = Shop()
    shop.reset()
    assert list(shop.store.sites[shop.site_id_of_another].orders) == [OTHER_ORDER]
    mine, theirs = (f"/v2/sites/{site}/orders" for site in (shop.site_id, shop.site_id_of_another))

    def status(method: str, path: str, token: str) -> int:
        return shop.handle(Request(method, path, "", {"authorization": f"Bearer {token}"}, b"")).status

    assert status("GET", mine, READER) == status("GET", mine, THROTTLED) == 200
    assert status("POST", f"{mine}/{ORDERS['refund-order']}/refund", READER) == 403
    assert status("GET", mine, WRITER) == 403
    assert status("GET", theirs, READER) == status("GET", theirs, THROTTLED) == 404


def test_wherever_it_stops_the_sample_is_even():
    names = SEEN
    assert sorted(evenly(names, 32)) == sorted(names)
    assert evenly(names, 32)[: len(names[::32])] == names[::32]
    assert sorted(evenly(names, 32)[: len(names[::4])]) == sorted(names[::4])
    assert evenly([1, 2, 3], 1) == [1, 2, 3]


def test_the_table_counts_what_all_were_asked(tmp_path: Path):
    one, two = SEEN[:2]
    rows = [
        Row("a", HEALTHY, False, True, 1.0, "x\ny"),
        Row("b", HEALTHY, False, True, 1.0, ""),
        Row("a", one, True, True, 2.0, "new, with a comma\nand a line", "abc"),
        Row("b", one, False, False, 3.0, "", "abc+"),
        Row("a", two, True, True, 2.0, "new"),
    ]
    write(tmp_path / "results.csv", rows)
    assert read(tmp_path / "results.csv") == rows
    told = render(rows, {"a": "A", "b": "B"}, [])
    assert f"1 of {len(SEEN)} defects" in told
    assert "`abc` (1), `abc+` (1);" in told
    assert "| **all** | **1** | **1** | **0** |" in told
    assert "| complaints of the healthy mock |  | 2 | 0 |" in told
    assert "| not done in time |  | 0 | 1 |" in told
    assert f"| `{one}` | ✓ |  |" in told
    assert two not in told
