"""Does the run tell a receiver that is wrong from one that is right?"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from webflow_orders import webhooks
from webflow_orders_contract.__main__ import main
from webflow_orders_contract.description import Description, read as described
from webflow_orders_contract.settings import UsageError
from webflow_orders_contract.webhooks import cases, receivers
from webflow_orders_contract.webhooks.receivers import Aim, judge

from contract_tests.contract.receivers import SECRET, UNSEEN, WRONG, PlainReceiver
from contract_tests.webhooks.serving import RECIPES, module_of, over_asgi, over_wsgi, surroundings

DESCRIPTION = described()
README = Path(cases.__file__).parents[1] / "README.md"


def failures(
    url: str, *, applied: bool = False, sleep: Callable[[float], None] = lambda seconds: None
) -> dict[str, list[str]]:
    """What was wrong, by the checks that did not hold."""
    aim = Aim(url=f"{url}/hook", secret=SECRET, applied=f"{url}/applied" if applied else None)
    found: dict[str, list[str]] = {}
    for each in judge(aim, DESCRIPTION, patience=120, sleep=sleep).failures:
        found.setdefault(each.what, []).append(each.message)
    return found


def test_a_plain_receiver_is_right() -> None:
    with over_wsgi(PlainReceiver()) as url:
        result = judge(
            Aim(url=f"{url}/hook", secret=SECRET, applied=f"{url}/applied"), DESCRIPTION, patience=120
        )
    assert result.failures == []
    assert result.counts.keys() == {
        cases.ACCEPTS, cases.VERIFIES, cases.HEEDS_TIME, cases.ONCE, cases.SURVIVES, cases.APPLIES,
    }  # fmt: skip
    assert result.deliveries == len(list(cases.battery(DESCRIPTION)))
    assert f"It posts {result.deliveries} deliveries" in README.read_text("utf-8")
    assert result.not_judged == []


WHICH = {
    "VerifiesNothing": cases.VERIFIES, "SignsTheBodyAlone": cases.ACCEPTS, "WritesTheBodyAnew": cases.ACCEPTS,
    "LetsTheUnsignedPass": cases.VERIFIES, "ComparesTheBeginning": cases.VERIFIES,
    "AlsoTakesAnEmptySecret": cases.VERIFIES, "HasAllTime": cases.HEEDS_TIME, "BelievesTheFuture": cases.HEEDS_TIME,
    "HasNoTime": cases.ACCEPTS, "TakesTheTimeForSeconds": cases.ACCEPTS, "SaysNoContent": cases.ACCEPTS,
    "SaysAccepted": cases.ACCEPTS, "Redirects": cases.ACCEPTS, "BreaksDownOverASignature": cases.VERIFIES,
    "BreaksDownOverABody": cases.VERIFIES, "BreaksDownOverATimestamp": cases.VERIFIES,
    "BreaksDownOverWhatIsNoJson": cases.SURVIVES, "SaysServerErrorToAForger": cases.VERIFIES,
    "KnowsEachField": cases.ACCEPTS, "WantsEachField": cases.ACCEPTS, "RefusesOtherTriggers": cases.ACCEPTS,
    "RefusesALargeOrder": cases.ACCEPTS, "TakesWhatIsThere": cases.ACCEPTS,
    "BreaksDownOverACutBody": cases.SURVIVES, "KnowsOneMediaType": cases.ACCEPTS, "CallsARepeatAConflict": cases.ONCE,
    "CallsAnOlderOneAConflict": cases.ONCE,
}  # fmt: skip


def test_each_wrong_receiver_is_named() -> None:
    assert WHICH.keys() == WRONG.keys()
    assert len(WRONG) + len(UNSEEN) >= 12


@pytest.mark.parametrize("name", WRONG)
def test_a_receiver_that_is_wrong_is_noticed_by_its_answers(name: str) -> None:
    receiver = WRONG[name]()
    with over_wsgi(receiver) as url:
        assert WHICH[name] in failures(url, sleep=receiver.pause)


def test_what_is_wrong_with_a_body_in_pieces_is_told_alone() -> None:
    for name, said in {
        "TakesWhatIsThere": "its body drips: ",
        "BreaksDownOverACutBody": "the body ends half way, and the connection with it: ",
    }.items():
        receiver = WRONG[name]()
        with over_wsgi(receiver) as url:
            (found,) = failures(url, sleep=receiver.pause).values()
        assert [each.partition(said)[:2] for each in found] == [("", said)]


@pytest.mark.parametrize(
    ("ends", "found"),
    [(RemoteDisconnected, {}), (ConnectionResetError, {}), (TimeoutError, {cases.SURVIVES}),
     (ConnectionRefusedError, {cases.SURVIVES})],
)  # fmt: skip
def test_who_is_not_sent_all_may_hang_up_and_must_not_hang(
    ends: type[OSError], found: Collection[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending(HTTPConnection):
        def getresponse(self) -> HTTPResponse:
            super().getresponse()
            raise ends

    monkeypatch.setattr(receivers, "HTTPConnection", Ending)
    with over_wsgi(PlainReceiver()) as url:
        assert set(failures(url)) == set(found)


@pytest.mark.parametrize("name", UNSEEN)
def test_one_that_answers_rightly_is_noticed_by_what_it_applied(name: str) -> None:
    with over_wsgi(UNSEEN[name]()) as url:
        assert failures(url) == {}
        assert failures(url, applied=True).keys() == {cases.APPLIES}


@contextmanager
def ours(kind: str) -> Iterator[str]:
    if kind == "Receiver":
        with over_wsgi(webhooks.Receiver(SECRET, lambda event: None)) as url:
            yield url
    elif kind == "AsyncReceiver":
        with over_asgi(webhooks.AsyncReceiver(SECRET, lambda event: None)) as url:
            yield url
    else:
        with RECIPES[kind](module_of(kind)) as url:
            yield url


@pytest.mark.parametrize("kind", ["Receiver", "AsyncReceiver", *RECIPES])
def test_a_receiver_of_ours_is_right(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    surroundings(monkeypatch, tmp_path, SECRET)
    with ours(kind) as url:
        assert failures(url) == {}


class Applying:
    """A receiver of ours, and the page of what it applied."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.receiver = webhooks.Receiver(SECRET, self.handle)

    def handle(self, event: webhooks.Event) -> None:
        if isinstance(event, webhooks.OrderEvent):
            self.comments.append(event.order.comment or "")

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] != "/applied":
            return self.receiver(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["\n".join(self.comments).encode()]


def test_a_receiver_of_ours_applies_each_change_once() -> None:
    with over_wsgi(Applying()) as url:
        assert failures(url, applied=True) == {}


def test_what_is_called_allowed_is_allowed_by_the_description() -> None:
    document = DESCRIPTION.document
    allowed = [each for each in cases.battery(DESCRIPTION) if each.check in (cases.ACCEPTS, cases.ONCE)]
    assert len(allowed) > 15
    for case in allowed:
        trigger = json.loads(case.body)["triggerType"]
        if trigger == cases.OTHER:
            continue
        name = {cases.NEW: "NewOrderEvent", cases.CHANGED: "OrderChangedEvent"}[trigger]
        schema = {**document, "$ref": f"#/components/schemas/{name}"}
        jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(json.loads(case.body))


class Queueing(PlainReceiver):
    """It answers first, and applies later."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[str] = []

    def apply(self, event: dict[str, Any], signed: float) -> None:
        shown, self.applied = self.applied, self.queue
        try:
            super().apply(event, signed)
        finally:
            self.applied = shown

    def work(self, seconds: float) -> None:
        self.applied += self.queue
        self.queue.clear()


def test_what_is_applied_after_the_answer_is_waited_for() -> None:
    receiver = Queueing()
    with over_wsgi(receiver) as url:
        aim = Aim(url=f"{url}/hook", secret=SECRET, applied=f"{url}/applied")
        assert judge(aim, DESCRIPTION, patience=120, sleep=receiver.work).failures == []
    assert receiver.applied


def test_nobody_there_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UsageError, match="There is no receiver at"):
        judge(Aim(url="http://127.0.0.1:9/hook", secret=SECRET), DESCRIPTION)
    with (
        over_wsgi(webhooks.Receiver(SECRET, lambda event: None)) as url,
        pytest.raises(UsageError, match="no page"),
    ):
        judge(Aim(url=url, secret=SECRET, applied=f"{url}/applied"), DESCRIPTION)


def test_the_command_judges_a_receiver_and_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with over_wsgi(PlainReceiver()) as url:
        command = ["--receiver", f"{url}/hook", "--secret", "HOOK_SECRET", "--report", str(tmp_path)]
        assert main([*command, "--plan"]) == 0
        assert "deliveries to" in capsys.readouterr().out
        assert main([*command, "--applied", f"{url}/applied"]) == 0
        out = capsys.readouterr().out
        assert "Everything held." in out
        assert "receiver_takes_repeats_once" in out
        assert "Not judged" not in out
    with over_wsgi(WRONG["BelievesTheFuture"]()) as url:
        assert main(["--receiver", f"{url}/hook", "--secret", "HOOK_SECRET", "--report", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "it is signed ten minutes ahead: answered 200, where 4xx was due" in out
    assert "curl -sS -i -X POST" in out
    assert "Not judged: whether a delivery is applied once" in out
    page = (tmp_path / "index.html").read_text()
    assert "receiver heeds timestamps" in page
    assert "it is signed ten minutes ahead" in page
    assert "Schemathesis" not in page
    assert json.loads((tmp_path / "summary.json").read_text())["webhooks"]["part"] == receivers.RECEIVER
    suites = {each.get("name"): each for each in ElementTree.parse(tmp_path / "junit.xml").getroot()}
    assert suites["the receiver"].get("failures") == "1"
    written = "".join(path.read_text() for path in tmp_path.iterdir()) + out
    assert SECRET not in written


def test_without_an_example_to_post_that_is_said() -> None:
    with pytest.raises(UsageError, match="no example of ecomm_new_order"):
        next(cases.battery(Description({"paths": {}})))
