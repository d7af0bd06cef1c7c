"""Is a whole run red on a broken mock, and never green by having checked nothing? (On a healthy one: packaging/.)"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from webflow_orders_contract import run as whole_run
from webflow_orders_contract.fuzz import profiles
from webflow_orders_mock import Request, Response


def _changed(answer: Response, **fields: Any) -> Response:
    return dataclasses.replace(answer, body=json.dumps(json.loads(answer.body) | fields).encode())


def _succeeds(request: Request, answer: Response, action: str) -> bool:
    return answer.status == 200 and request.path.endswith(f"/{action}")


@pytest.fixture
def without_a_model(monkeypatch):
    monkeypatch.setattr(whole_run, "_model", lambda *_: (None, ""))


def test_what_is_wrong_is_named_with_the_curl_line_that_shows_it(run, break_the_mock, without_a_model):
    """A status does not change, and an operation never succeeds."""

    def spoil(request: Request, answer: Response) -> Response:
        if _succeeds(request, answer, "unfulfill"):
            return _changed(answer, status="fulfilled")
        if not _succeeds(request, answer, "refund"):
            return answer
        # A refusal that the spec allows: no other check has anything to say against it.
        refusal = {"code": "conflict", "message": "no", "externalReference": None, "details": []}
        return Response(409, answer.headers, json.dumps(refusal).encode())

    break_the_mock(spoil)
    result = run("--no-v1")
    assert result.status == 1
    page, junit = ((result.report / name).read_text() for name in ("index.html", "junit.xml"))
    assert "action_has_its_effect in unfulfill-order" in result.out
    assert 'curl -sS -i -X POST -H "Authorization: Bearer $WEBFLOW_TOKEN" http://127.0.0.1:' in result.out
    assert "unfulfill in sync client, async client" in result.out, "both show the one thing that is wrong"
    assert "action_has_its_effect" in page
    assert "every_operation_is_reached" in result.out
    assert "never answered 2xx: refund-order" in result.out
    assert result.out.count("never answered") == 1, "the others are"
    assert "never answered 2xx: refund-order" in junit


def test_what_the_description_does_not_have_is_left_out(
    run, spec, tmp_path, monkeypatch, without_a_model, without_fuzzing
):
    monkeypatch.setattr(whole_run, "_model_of_webhooks", lambda *given: given[-1])
    del spec["webhooks"]
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith("/v2/")}
    gone = [
        spec["components"][kind].pop(name)
        for kind in ("schemas", "responses", "examples")
        for name in list(spec["components"][kind])
        if "V1" in name
    ]
    assert gone
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    result = run("--spec", str(path))
    assert result.status == 0, result.out + result.err
    assert "Not judged: whether webhooks are delivered rightly: the description does not say" in result.out
    assert "v1 left out" in result.out


def test_the_same_seed_sends_the_same_requests_and_another_seed_others(run, monkeypatch, without_a_model):
    # What Schemathesis sends by chance; of the model and the client other tests know it.
    monkeypatch.setattr(whole_run, "_drive", lambda *_: [])
    by_chance = "[phases.examples]\nenabled = false\n\n[phases.coverage]\nenabled = false\n"
    monkeypatch.setattr(profiles, "MOCK", profiles.MOCK.replace("[phases.coverage]\n", by_chance))
    first, again, other = (_sent(run("--seed", seed, "--no-webhooks")) for seed in ("1", "1", "2"))
    assert {method for method, *_ in first} == {"GET", "PATCH", "POST"}
    assert first == again
    assert first != other


def _sent(result) -> list[tuple[str, str, Any]]:
    entries = json.loads((result.report / "requests.har").read_text())["log"]["entries"]
    requests = [entry["request"] for entry in entries]
    return [(each["method"], each["url"].split("/", 3)[3], each.get("postData")) for each in requests]


@pytest.mark.parametrize("spoiled", ["junit.xml", "index.html"])
def test_an_earlier_report_does_not_survive(run, tmp_path, spoiled):
    stale, foreign = tmp_path / "report" / spoiled, tmp_path / "report" / "mine.txt"
    stale.parent.mkdir()
    stale.write_text("stale")
    foreign.write_text("kept")
    # The run stops early, and what is left must not be taken for its result.
    assert run("--spec", str(tmp_path / "report" / "mine.txt")).status == 2
    assert foreign.read_text() == "kept"
    assert not stale.exists()


def test_a_mock_that_breaks_down_stops_the_run_and_what_was_found_is_told(run, break_the_mock):
    answered: list[str] = []

    def break_down(request: Request, answer: Response) -> Response:
        answered.append(request.path)
        return Response(500, {"Content-Type": "text/plain"}, b"") if len(answered) > 40 else answer

    break_the_mock(break_down)
    result = run()
    assert result.status == 1
    assert "500" in result.out
    assert "Not judged: what was to come after: The server does not start over: it answered 500" in result.out
    assert len(answered) < 60, "it stops at once"
