"""Can somebody with a server of his own let the whole suite loose on it, and on nobody else's?"""

from __future__ import annotations

import html
from xml.etree import ElementTree

import pytest
from webflow_orders_contract import report, run as whole_run, target
from webflow_orders_contract.description import read as described
from webflow_orders_contract.drift.proposal import drift
from webflow_orders_contract.drift.recordings import added_up, read
from webflow_orders_contract.fuzz import engine
from webflow_orders_contract.fuzz.tally import Tally
from webflow_orders_contract.gateway import throttle
from webflow_orders_contract.model.checker import FLAKES
from webflow_orders_mock import OPERATIONS, MockServer, MockWebflow, Request, Response, order

NOT_FOUND = b'{"code": "resource_not_found", "message": "no", "externalReference": null, "details": []}'


class Stuck(MockWebflow):
    """Starts over only so often, and only each other time that it is asked."""

    resets, most, wrong = 0, 0, False

    def handle(self, request: Request) -> Response:
        if request.path.endswith("/_mock/reset"):
            self.resets += 1
            if self.resets > self.most or self.resets % 2:
                return Response(503, {}, b"")
        answer = super().handle(request)
        if self.wrong and answer.status >= 400:
            return Response(500, {"Content-Type": "text/plain"}, b"oh")
        return answer


class Odd(Stuck):
    """Starts over at the second time; and whoever looks for addresses in its answers meets half of one."""

    most = 10**6

    def reset(self) -> None:
        super().reset()
        self.seed(self.site_id, order("aaa-001", comment="http://["))


def words_for(server: MockServer) -> tuple[str, ...]:
    words = ("--target", server.url, "--site", server.mock.site_id, "--own-server", "--max-examples", "1")
    return (*words, "--reset", f"{server.url}/_mock/reset")


def test_a_server_of_ones_own_is_fuzzed_in_all_phases_with_writes(run, secret_token):
    with MockServer(Odd(token=secret_token)) as server:
        result = run(*words_for(server), "--record")
    assert result.status == 0, result.out
    answers = added_up(read(result.report / "recording.ndjson", described()))
    told = drift(described(), answers).drifted
    assert told == [], "neither the fuzzing nor the client saw what the spec does not say"
    assert {each.operation for each in answers} == OPERATIONS.keys()
    assert {200, 400, 401, 404, 409} <= {each.status for each in answers}
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        assert phase in result.err
    assert ("refund-order", 200) in {(each.operation, each.status) for each in answers}
    assert server.url in result.out + (result.report / "index.html").read_text()
    assert "--own-server" in (result.report / "index.html").read_text()


def test_one_where_no_order_can_be_done_anything_with_is_right_and_that_is_not_judged(
    run, secret_token, without_fuzzing
):
    mock = MockWebflow(token=secret_token, shop=False)
    mock.seed(
        mock.site_id, {"orderId": "aaa-001", "status": "disputed", "disputedOn": "2025-01-01T00:00:00.000Z"}
    )
    with MockServer(mock) as server:
        target = ("--target", server.url, "--site", mock.site_id, "--own-server", "--max-examples", "1")
        result = run(*target)
    assert result.status == 0, result.out
    for what in (
        "find an unfulfilled order with the client: no order is unfulfilled",
        "fulfill-order: no order was seen",
    ):
        assert f"Not judged: {what}" in result.out
    assert "Not judged: update-order" not in result.out


def test_one_that_starts_over_without_an_order_is_a_plain_sentence(run, secret_token):
    mock = MockWebflow(token=secret_token, shop=False)
    mock.seed(mock.site_id, {"orderId": "aaa-001", "status": "unfulfilled"})
    with MockServer(mock) as server:
        target = ("--target", server.url, "--site", mock.site_id, "--own-server")
        result = run(*target, "--reset", f"{server.url}/_mock/reset")
    assert result.status == 2
    assert "has no orders" in result.err


def test_one_that_allows_too_few_requests_is_not_judged_beyond_what_was_found(run, secret_token, monkeypatch):
    monkeypatch.setattr(target, "Waiter", lambda: throttle.Waiter(0.0))
    with MockServer(MockWebflow(token=secret_token, plan="enterprise:20")) as server:
        result = run(*words_for(server))
    assert result.status == 2
    assert "it is not judged" in result.err
    mock = MockWebflow(token=secret_token, plan="enterprise:8", defect="two-currencies")
    with MockServer(mock) as server:
        result = run(*words_for(server)[:-2])  # Without a reset, so that it is driven first.
    assert result.status == 1
    assert "order_has_one_currency" in result.out
    assert "Not judged: what was to come after: 127.0.0.1" in result.out
    suites = ElementTree.parse(result.report / "junit.xml").iter("testsuite")
    failed = {each.attrib["name"] for each in suites if each.attrib["failures"] != "0"}
    assert failed == {"every answer"}, "what was not asked is no failure of the server"


def test_one_that_does_not_always_do_the_same_gets_a_report_that_says_so(run, secret_token, without_fuzzing):
    class Flaking(MockWebflow):
        """Which of all its answers are lost does not depend on what was asked."""

        count, every = 0, 0

        def handle(self, request: Request) -> Response:
            self.count += 1
            lost = (
                self.count % self.every == 0
                and request.method == "GET"
                and not request.path.startswith("/_mock")
            )
            answer = super().handle(request)
            return Response(404, answer.headers, NOT_FOUND) if lost and answer.status == 200 else answer

    with MockServer(Flaking(token=secret_token)) as server:
        target = ("--target", server.url, "--site", server.mock.site_id, "--own-server", "--no-v1")
        for server.mock.every in (37, 53, 29):  # An answer may be lost at the same place again, by chance.
            result = run(*target, "--reset", f"{server.url}/_mock/reset", "--max-examples", "1")
            assert result.status == 1
            if FLAKES in result.out:
                break
    assert FLAKES in result.out
    assert not [each for each in server.mock.ledger if each.path.startswith("/sites/")], "v1 is left out"
    assert "Traceback" not in result.err
    assert FLAKES in html.unescape((result.report / "index.html").read_text())
    suites = ElementTree.parse(result.report / "junit.xml").getroot()
    assert any(FLAKES in (failure.text or "") for failure in suites.iter("failure"))


def test_what_was_found_is_told_of_one_that_starts_over_no_more(run, secret_token):
    with MockServer(Stuck(token=secret_token)) as server:
        server.mock.most, server.mock.wrong = 12, True
        target = words_for(server)
        result = run(*target)
        assert result.status == 1
        assert (
            "Not judged: what was to come after: The server does not start over: it answered 503"
            in result.out
        )
        assert "500" in result.out
        server.mock.resets, server.mock.wrong = 0, False
        result = run(*target)
    assert result.status == 2
    assert "The server does not start over: it answered 503" in result.err


def test_what_was_found_is_told_of_a_run_that_is_interrupted(run, secret_token, without_fuzzing, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_run, "_model", interrupted)
    with MockServer(MockWebflow(token=secret_token, defect="two-currencies")) as server:
        result = run(*words_for(server))
    assert result.status == 1
    assert "order_has_one_currency" in result.out
    assert "Not judged: what was to come after: it was interrupted" in result.out
    assert "order_has_one_currency" in (result.report / "index.html").read_text()
    with MockServer(MockWebflow(token=secret_token)) as server:
        result = run(*words_for(server))
    assert result.status == 130
    assert "Interrupted." in result.err


@pytest.mark.parametrize(("defect", "status"), [("two-currencies", 1), (None, 2)])
def test_what_was_found_is_told_if_the_report_can_not_be_written(
    run, secret_token, without_fuzzing, tmp_path, defect, status
):
    class InTheWay(MockWebflow):
        """Where the last file of the report should be, there is a folder by the end of the run."""

        def handle(self, request: Request) -> Response:
            (tmp_path / "report" / "junit.xml").mkdir(exist_ok=True)
            return super().handle(request)

    with MockServer(InTheWay(token=secret_token, defect=defect)) as server:
        result = run(*words_for(server), "--no-webhooks")
    assert result.status == status
    assert ("order_has_one_currency" in result.out) is (status == 1)
    assert "The report can not be written to" in result.out
    assert not (result.report / "index.html").exists(), "half a report says less than was found"


def test_what_was_found_is_told_if_schemathesis_breaks_down(run, secret_token, monkeypatch):
    def break_down(*_: object) -> Tally:
        raise engine.EngineError("Schemathesis stopped with status 2:\nTraceback: oh")

    monkeypatch.setattr(engine, "run", break_down)
    monkeypatch.setattr(whole_run, "_drive", lambda *_: None)
    monkeypatch.setattr(whole_run, "_model", lambda *_: (None, ""))
    with MockServer(MockWebflow(token=secret_token)) as server:
        result = run(*words_for(server), "--no-webhooks")
    assert result.status == 2
    assert "Traceback: oh" in result.err
    with MockServer(MockWebflow(token=secret_token, defect="two-currencies")) as server:
        result = run(*words_for(server), "--no-webhooks")
    assert result.status == 1
    assert "order_has_one_currency" in result.out
    assert "every_operation_is_reached" not in result.out, "it might have reached them"
    assert (
        "Not judged: what Schemathesis would have found; see schemathesis.log: Schemathesis stopped"
        in result.out
    )


def test_one_that_can_not_start_over_is_driven_before_it_is_fuzzed(run, somebodys_server, monkeypatch):
    arrived: list[int] = []

    def fuzz(*_: object) -> Tally:
        arrived.append(len(somebodys_server.mock.ledger))
        return Tally(finished=True)

    monkeypatch.setattr(whole_run, "_fuzz", fuzz)
    monkeypatch.setattr(report, "write", lambda result, *_: result)
    target = ("--target", somebodys_server.url, "--site", somebodys_server.mock.site_id, "--own-server")
    result = run(*target, "--record", "--max-examples", "1")
    assert result.status == 0
    driven = list(somebodys_server.mock.ledger)[: arrived[0]]
    first = [entry.operation_id for entry in driven if entry.method != "GET"][:3]
    assert first == ["update-order", "fulfill-order", "unfulfill-order"]
    assert sum(entry.operation_id == "refund-order" and entry.applied for entry in driven) > 2, (
        "both clients, and the model"
    )
    recorded = added_up(read(result.report / "recording.ndjson", described()))
    refunds = [each.count for each in recorded if (each.operation, each.status) == ("refund-order", 200)]
    assert refunds >= [2], "the client's, and the model's after it"
    # The model learns what is left by then, and goes on from there.
    assert result.err.index("The generated client, async") < result.err.index("The model")
    assert arrived[0] > 300
