"""Is the page of a report one file that shows all there is, and nothing that a server could smuggle into it?"""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from webflow_orders_contract.description import read as described
from webflow_orders_contract.drive.driver import StepResult
from webflow_orders_contract.fuzz.tally import Row, Tally
from webflow_orders_contract.gateway.budget import FALLS
from webflow_orders_contract.gateway.exchange import Failure
from webflow_orders_contract.gateway.memory import AGREE, DATED, LEAVES, REFUSED, SAME_IN_V1, STORED
from webflow_orders_contract.gateway.rules import NAMELESS, RULES, webhooks
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model.runner import ModelResult
from webflow_orders_contract.record import Recorder
from webflow_orders_contract.report import folder as report, page
from webflow_orders_contract.report.result import Result

HOSTILE = "<script>alert(1)</script>"
URL = "https://api.webflow.com/v2/sites/580e63e98c9a982ac9b8b741/orders/dfa-3f1"


def _row(operation: str, **checks: tuple[int, int]) -> Row:
    row = Row(operation, cases=3, answered_2xx=2, seconds=0.5)
    for check, (held, failed) in checks.items():
        for _ in range(held):
            row.checked(check, held=True)
        for _ in range(failed):
            row.checked(check, held=False)
    return row


@pytest.fixture
def result(tmp_path: Path) -> Result:
    rows = [
        _row("list-orders", not_a_server_error=(3, 0), page_adds_up=(2, 1)),
        _row("get-order", not_a_server_error=(3, 0)),
    ]
    failure = Failure(
        "list-orders",
        "page_adds_up",
        f"total 3 {HOSTILE}",
        [f"curl -H 'X: {HOSTILE}' {URL}"],
        f"200 OK\n{HOSTILE}",
    )
    tally = Tally({row.operation: row for row in rows}, finished=True)
    tally.fail(failure)
    steps = [StepResult("sync", "get one", "ok", f"order {HOSTILE}", 0.01)]
    folder = tmp_path / "contract"
    folder.mkdir()
    return Result(
        target="https://shop.example", site="580e63e98c9a982ac9b8b741", tally=tally, drive=steps, report=folder,
        validator=Validator(described()),
        seconds=12.0, seed=815, replay="webflow-orders-contract --seed 815",
    )  # fmt: skip


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def _page(result: Result) -> _Page:
    return _Page(report.rendered(result, result.report))


def test_it_is_one_file_that_fetches_nothing(result):
    text = report.rendered(result, result.report)
    shown = _Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {tag for tag, _ in shown.tags}
    assert not [attributes for _, attributes in shown.tags if "src" in attributes]
    assert not re.search(r"url\(|@import", text)
    links = [attributes["href"] or "" for tag, attributes in shown.tags if tag == "a"]
    assert not [link for link in links if ":" in link], "each leads to a file beside it"


def test_what_a_server_sent_is_text_and_never_markup(result):
    assert HOSTILE not in report.rendered(result, result.report)
    assert _page(result).text.count(HOSTILE) == 4, (
        "in the message, the request, the answer and the step's note"
    )


def test_what_failed_is_shown_and_what_held_is_folded_each_check_with_a_sentence(result):
    broken, held = page.checks(result.checks())
    assert (broken.name, broken.failed_at) == ("page adds up", "list-orders 1 of 3")
    assert (held.held, held.failed, held.failed_at) == (6, 0, "")
    text = _page(result).text
    shown, _, folded = text.partition("1 checks held, 6 times in all")
    assert page.SENTENCES["page_adds_up"] in shown
    assert "Not a server error." in folded


def test_every_check_of_ours_has_a_sentence():
    names = {rule.__name__ for rule in (*RULES, *NAMELESS, *webhooks.RULES)}
    names |= {FALLS, STORED, REFUSED, AGREE, SAME_IN_V1, LEAVES, DATED}
    assert names <= page.SENTENCES.keys()


def test_both_clients_stand_beside_each_other(result):
    steps = [
        StepResult("sync", "get one", "ok", "order dfa-3f1", 0.01),
        StepResult("async", "get one", "failed", "Mismatch: no", 0.02),
    ]
    (took,) = page.steps(steps)
    assert took.verdicts == {"sync": "ok", "async": "failed"}
    assert "get one ok failed see above 10, 20 ms" in _page(dataclasses.replace(result, drive=steps)).text


def test_a_failure_has_its_request_its_answer_and_the_seed_to_see_it_again(result):
    text = _page(result).text
    for shown in (
        "1 failure.",
        "page_adds_up in list-orders",
        "curl -H",
        "200 OK",
        "the seed 815",
        result.replay,
    ):
        assert shown in text


def test_a_failure_of_the_client_and_of_the_model_has_its_answer_too(result):
    failure = Failure("sync client", "refund", "not refunded", ["curl -X POST /refund"], "409 Conflict")
    step = StepResult("sync", "refund", "failed", "not refunded", 0.1, failure)
    model = ModelResult(
        sequences=7, requests=99, seconds=1.0, steps=1234, compared={"get-order": 41, "list-orders": 1200}, seed=815,
        failure=Failure("the model", "another answer was due", "200 is due, 500 came", ["curl /model"], "500 Oh"),
    )  # fmt: skip
    page = _page(dataclasses.replace(result, drive=[step], model=model))
    assert "3 failures." in page.text
    for shown in ("curl -X POST /refund", "409 Conflict", "200 is due, 500 came", "curl /model", "500 Oh"):
        assert page.text.count(shown) == 1, shown


def test_the_numbers_of_the_model_are_shown_if_there_was_one(result):
    assert "The model" not in _page(result).text
    model = ModelResult(
        sequences=7,
        requests=99,
        seconds=1.0,
        steps=1234,
        compared={"get-order": 41, "list-orders": 1200},
        seed=815,
    )
    text = _page(dataclasses.replace(result, model=model)).text
    assert "1,241 answers compared with the model" in text
    assert "7 random sequences, 1,234 steps in all, seed 815" in text
    assert "list-orders 1,200 get-order 41" in text, "in the order of the matrix"


def test_a_run_that_held_says_so_and_has_no_list_of_failures(result):
    tally = Tally({"get-order": _row("get-order", page_adds_up=(1, 0))}, finished=True)
    text = _page(dataclasses.replace(result, tally=tally)).text
    assert "Everything held." in text
    assert "What failed" not in text


def test_the_drift_is_shown_if_something_was_recorded_and_the_diff_is_beside_it(result, root, examples):
    assert "Drift" not in _page(result).text
    body = json.dumps(examples["Order"] | {"giftWrap": "Jane"}).encode()
    recorder = Recorder(result.report / "recording.ndjson")
    recorder.record("GET", URL, 200, {"Content-Type": "application/json"}, body)
    report.note_drift(result.report, described(root / "openapi.yaml"))
    shown = _page(result)
    assert "unknown field /giftWrap" in shown.text
    assert "fields of the spec were never seen" in shown.text
    assert "Jane" not in shown.text
    assert "giftWrap:" in (result.report / "openapi.diff").read_text()
    assert {"openapi.diff", "recording.ndjson"} <= {attributes.get("href") for _, attributes in shown.tags}


CAUGHT = {"name": "a", "family": "schema", "part": "schemathesis"}
SCORES: dict[str, tuple[Any, str | None]] = {
    "some were missed": (
        {"verdicts": [CAUGHT, {"name": "off by one", "family": "pages", "part": ""}]},
        "1 of 2",
    ),
    "the healthy mock is none of them": (
        {"verdicts": [CAUGHT, {"name": "h", "family": "healthy", "part": ""}]},
        "1 of 1",
    ),
    "another shape": ({"verdicts": "none"}, None),
    "no object": ([1], None),
    "nothing judged": ({"verdicts": []}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SCORES)
def test_the_score_of_the_mutants_is_shown_if_there_is_one(result, name):
    written, shown = SCORES[name]
    folder = result.report.parent / "mutants"
    folder.mkdir()
    (folder / "mutants.json").write_text(json.dumps(written))
    (folder / "broken.json").write_text("{")
    text = _page(result).text
    assert ("The power of this suite" in text) == (shown is not None)
    if shown:
        assert f"{shown} seeded defects caught" in text
        assert "1 by Schemathesis" in text
        assert "schema 1 of 1" in text
        assert ("pages 0 of 1" in text) == ("missed" in name)
        assert ("Missed: off by one" in text) == ("missed" in name)


def test_it_is_made_for_a_phone_and_for_the_dark(result):
    text = report.rendered(result, result.report)
    for needed in (
        'name="viewport"',
        "prefers-color-scheme: dark",
        "max-width: 32rem",
        "color-scheme: light dark",
    ):
        assert needed in text
