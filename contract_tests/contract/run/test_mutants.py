"""Does the suite notice a server that is wrong on purpose, and name it; and nothing at a healthy one?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from webflow_orders_contract.model import runner
from webflow_orders_contract.mutants import __main__ as mutants, detectors
from webflow_orders_contract.mutants.__main__ import main
from webflow_orders_contract.mutants.detectors import ALONE, NOTHING, STRANGER, bench, by_drive, by_model
from webflow_orders_contract.mutants.score import Score, Verdict, judge
from webflow_orders_contract.mutants.unseen import FROM_OUTSIDE, WEBHOOKS, WITHOUT_OPTIONS, reason
from webflow_orders_mock.defects import DEFECTS

# One of each family, and of those the ones that are quickly seen: every defect is the business of `make mutants`.
SAMPLE = {
    "extras-are-missing": "model",
    "no-scope-is-404": "model",
    "retry-after-is-a-date": "model",
    "any-site-will-do": "model",
    "site-id-in-capitals": "model",
    "order-moves": "model",
    "page-begins-late": "walk all pages",
    "refund-twice": "model",
    "comment-is-lost-by-fulfill": "fulfill",
    "v1-counts-in-dollars": "agree with v1",
    "webhook-is-made-twice": "register a webhook",
}


def test_the_sample_has_one_of_each_family():
    assert {DEFECTS[name].family for name in SAMPLE} == {each.family for each in DEFECTS.values()}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_defect_is_noticed_by_the_part_that_should(name):
    verdict = judge(name)
    assert (verdict.part, verdict.checks) == (DEFECTS[name].caught_by, (SAMPLE[name],)), verdict.message
    assert verdict.requests > 0
    assert verdict.good


def test_a_defect_that_a_schema_shows_is_noticed_by_the_gateway():
    verdict = judge("status-is-missing")
    assert (verdict.part, verdict.checks[0]) == ("rule", "schema")


def test_nothing_is_noticed_at_a_healthy_mock(monkeypatch):
    monkeypatch.setattr(runner, "SEQUENCES", 6)
    with bench(None, seed=1) as at:
        assert by_drive(at) == NOTHING
        assert by_model(at) == NOTHING


def test_a_part_that_breaks_down_has_noticed_nothing(monkeypatch):
    def break_down(at):
        raise RuntimeError("broken")

    monkeypatch.setitem(detectors.ORDER, "model", (break_down,))
    verdict = judge("refund-twice")
    assert (verdict.caught, verdict.good) == (False, False)
    assert "broken" in verdict.message


def test_what_a_stranger_can_not_see_is_a_defect_and_has_its_reason():
    for hidden in (FROM_OUTSIDE, WITHOUT_OPTIONS):
        assert hidden.keys() <= DEFECTS.keys()
        assert all(hidden.values())
    assert not FROM_OUTSIDE.keys() & WITHOUT_OPTIONS.keys()
    # At least so many of all there are can be seen, and must be.
    assert len(DEFECTS) - len(FROM_OUTSIDE) >= 0.95 * len(DEFECTS)
    assert len(DEFECTS) - len(FROM_OUTSIDE) - len(WITHOUT_OPTIONS) >= 0.85 * len(DEFECTS)
    # Without a start over webhooks are left alone, so those are of orders.
    of_orders = [each.name for each in DEFECTS.values() if each.family != "webhooks"]
    assert sum(not reason(name, ALONE) for name in of_orders) >= 0.85 * len(of_orders)
    assert reason("webhook-is-made-twice", ALONE) == WEBHOOKS
    assert reason("healthy, seed 0", ALONE) == reason("webhook-is-made-twice", STRANGER) == ""
    assert reason("reader-may-write", ALONE) == "it takes --reader-token"
    assert reason("reader-may-write", STRANGER) == reason("writer-may-read", "model") == ""


@pytest.mark.parametrize(
    ("unseen", "part", "good"),
    [("", "", False), ("", "drive", True), ("why", "", True), ("why", "drive", False)],
)
def test_what_can_not_be_seen_must_not_be_noticed(unseen, part, good, capsys, tmp_path, monkeypatch):
    verdict = _verdict("refund-twice", part=part, unseen=unseen)
    assert verdict.good is good
    score = Score(verdicts=[verdict, _verdict("b")], seconds=1.0)
    assert score.sentence().startswith(
        "1 of 1 defects caught (model 1), 1 by the part that should. 1 more can not be seen"
        if unseen
        else f"{1 + bool(part)} of 2 defects caught"
    )
    monkeypatch.setattr(mutants, "measure", lambda *arguments: score)
    assert main(["refund-twice", "--stranger", "--report", str(tmp_path)]) == (0 if good else 1)
    assert not unseen or "why" in capsys.readouterr().out


def _verdict(name: str, family: str = "schema", part: str = "model", **more: object) -> Verdict:
    return Verdict(name=name, family=family, should="model", part=part, **more)


def test_the_score_counts_what_was_missed_and_what_another_part_caught():
    healthy = Verdict(name="healthy, seed 0", family="healthy", should="healthy")
    score = Score(
        verdicts=[_verdict("a"), _verdict("b", part=""), _verdict("c", part="drive"), healthy], seconds=2.0
    )
    assert not score.ok
    assert score.sentence().startswith(
        "2 of 3 defects caught (model 1, drive 1), 1 by the part that should. The healthy mock: nothing"
    )
    assert score.by_family() == {"schema": (2, 3)}
    assert score.as_json()["parts"] == {"model": 1, "drive": 1}
    assert Score(verdicts=[_verdict("a"), healthy], seconds=2.0).ok


def test_a_healthy_mock_at_which_something_is_noticed_is_a_failure():
    noticed = Verdict(
        name="healthy", family="healthy", should="healthy", part="rule", checks=("page_adds_up",)
    )
    assert not Score(verdicts=[noticed], seconds=1.0).ok


@pytest.mark.parametrize(("part", "status"), [("model", 0), ("", 1)])
def test_the_table_and_the_numbers_are_written(
    part: str,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    found = Score(verdicts=[_verdict("refund-twice", part=part, message="200 is due")], seconds=1.0)
    monkeypatch.setattr(mutants, "measure", lambda *arguments: found)
    assert main(["refund-twice", "--report", str(tmp_path / "mutants")]) == status
    out = capsys.readouterr().out
    assert "refund-twice" in out
    assert out.splitlines()[-1] == found.sentence()
    written = json.loads((tmp_path / "mutants" / "mutants.json").read_text())
    assert written["ok"] is (status == 0)
    assert written["verdicts"][0]["name"] == "refund-twice"


def test_an_unknown_defect_is_a_usage_error(capsys):
    assert main(["sloth"]) == 2
    assert "sloth" in capsys.readouterr().err
