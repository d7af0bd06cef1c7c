"""Is a server that is not ours safe from the run? The mock's ledger tells what arrived."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from webflow_orders_mock import LedgerEntry, MockServer, MockWebflow

from contract_tests.contract.conftest import TOKEN, Run, command
from contract_tests.contract.foreign import OWNER, SITE, ForeignServer, Sent

PER_MINUTE = "3000"


@dataclasses.dataclass
class Visit:
    """A run, and what arrived at the server."""

    result: Run
    ledger: Sequence[LedgerEntry]


def _visit(folder: Path, *arguments: str) -> Visit:
    mock = MockWebflow(token=TOKEN)
    with MockServer(mock) as server:
        target = ("--target", server.url, "--site", mock.site_id, "--per-minute", PER_MINUTE)
        result = command(folder, *target, *arguments)
        return Visit(result, list(mock.ledger))


@pytest.fixture(scope="module")
def reading(tmp_path_factory) -> Visit:
    return _visit(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def refunding(tmp_path_factory) -> Visit:
    refund = ("--refund", "7c1-9fd", "--refund-again", "7c1-9fd")
    return _visit(tmp_path_factory.mktemp("refunding"), "--no-v1", *refund)


def test_only_reads_arrive_and_only_of_the_site_that_was_named(reading):
    assert reading.result.status == 0, reading.result.out
    assert {entry.method for entry in reading.ledger} == {"GET"}
    assert {entry.site_id for entry in reading.ledger} == {MockWebflow.site_id}
    operations = {entry.operation_id for entry in reading.ledger}
    assert operations == {"list-orders", "get-order", "list-orders-v1", "get-order-v1"}


def test_requests_keep_their_distance_from_the_first_to_the_last(reading):
    at = [entry.at for entry in reading.ledger]
    # A request may be late on its way, and the next one on time; over ten of them that does not matter.
    interval = 60 / int(PER_MINUTE)
    assert len(at) > 30
    assert all(later - earlier > 9 * interval for earlier, later in zip(at, at[10:], strict=False))


def test_without_v1_nothing_of_v1_is_asked(refunding):
    assert refunding.result.status == 0, refunding.result.out
    assert all(entry.path.startswith("/v2/") for entry in refunding.ledger)


def test_a_refund_needs_another_word_and_happens_once(refunding):
    written = [(entry.operation_id, entry.order_id) for entry in refunding.ledger if entry.applied]
    assert written == [("refund-order", "7c1-9fd")]


def test_the_token_is_nowhere_even_if_the_server_quotes_it(run, secret_token):
    class Quoting(MockWebflow):
        def handle(self, request):
            answer = super().handle(request)
            quote = request.headers.get("authorization", "").encode()
            return dataclasses.replace(
                answer, body=answer.body.replace(b'"unfulfilled"', b'"' + quote + b'"')
            )

    with MockServer(Quoting(token=secret_token)) as server:
        result = run("--target", server.url, "--site", server.mock.site_id, "--per-minute", PER_MINUTE)
    assert result.status == 1, "a token is no status"
    told = [name for name, content in result.everything_written() if secret_token.encode() in content]
    assert told == []
    assert "$WEBFLOW_TOKEN" in result.out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"WEBFLOW_TOKEN": "not-the-token"}, "does not accept the token"),
        ({"site": "580e63e98c9a982ac9b8b7ff"}, "knows no site 580e63e98c9a982ac9b8b7ff"),
        ({"site": MockWebflow.site_id_without_shop}, "has no shop"),
    ],
)
def test_a_server_that_refuses_is_a_plain_sentence(run, somebodys_server, monkeypatch, change, sentence):
    if "WEBFLOW_TOKEN" in change:
        monkeypatch.setenv("WEBFLOW_TOKEN", change["WEBFLOW_TOKEN"])
    site = change.get("site", somebodys_server.mock.site_id)
    result = run("--target", somebodys_server.url, "--site", site, "--per-minute", PER_MINUTE)
    assert result.status == 2
    assert sentence in result.err
    assert "Traceback" not in result.err
    assert len(somebodys_server.mock.ledger) == 1, "one refusal is enough"


@pytest.mark.parametrize(
    "options", [("--write", "no-such"), ("--refund", "no-such", "--refund-again", "no-such")]
)
def test_an_order_that_is_not_there_costs_one_request_and_one_sentence(run, somebodys_server, options):
    site = somebodys_server.mock.site_id
    result = run("--target", somebodys_server.url, "--site", site, "--per-minute", PER_MINUTE, *options)
    assert result.status == 2
    assert f"knows no order no-such of site {site}" in result.err
    assert len(somebodys_server.mock.ledger) == 1


@pytest.mark.parametrize("own", [(), ("--own-server",)])
def test_a_first_page_that_is_broken_is_a_finding_with_a_report(run, secret_token, own):
    class Odd(MockWebflow):
        def handle(self, request):
            return dataclasses.replace(super().handle(request), body=b'{"orders": "none"}')

    with MockServer(Odd(token=secret_token)) as server:
        target = ("--target", server.url, "--site", server.mock.site_id, "--per-minute", PER_MINUTE)
        result = run(*target, *own)
        assert len(server.mock.ledger) == 1, "nothing more can be learned"
    assert result.status == 1
    assert "schema in list-orders" in result.out
    assert "not with a page of orders" in result.out
    assert "schema in list-orders" in (result.report / "index.html").read_text()


def test_a_first_page_that_breaks_off_is_a_finding_too(run, monkeypatch):
    class BreaksOff(ForeignServer):
        def sent_as(self, asked: str, answer: Sent) -> Sent:
            return Sent(answer.status, answer.headers | {"Connection": "close"}, answer.body[:900])

    monkeypatch.setenv("WEBFLOW_TOKEN", OWNER)
    with BreaksOff().served() as url:
        result = run("--target", url, "--site", SITE, "--per-minute", PER_MINUTE)
    assert result.status == 1
    assert "answer_is_whole in list-orders" in result.out
    assert "answer_is_whole" in (result.report / "index.html").read_text()


def test_an_order_that_is_refunded_already_is_left_alone_and_that_is_said(
    run, somebodys_server, without_fuzzing
):
    somebodys_server.mock.seed(somebodys_server.mock.site_id, {"orderId": "old-001", "status": "refunded"})
    target = ("--target", somebodys_server.url, "--site", somebodys_server.mock.site_id, "--no-v1")
    refund = ("--refund", "old-001", "--refund-again", "old-001", "--max-examples", "1")
    result = run(*target, "--per-minute", "30000", *refund)
    assert result.status == 0, result.out
    assert "Not judged: refund for good with the client: left alone: order old-001 is refunded" in result.out


def test_an_order_that_is_refused_is_not_written_to(run, secret_token):
    class Closed(MockWebflow):
        def handle(self, request):
            answer = super().handle(request)
            return dataclasses.replace(answer, status=409) if request.path.endswith("/dfa-3f1") else answer

    with MockServer(Closed(token=secret_token)) as server:
        target = ("--target", server.url, "--site", server.mock.site_id, "--per-minute", PER_MINUTE)
        result = run(*target, "--write", "dfa-3f1")
        assert len(server.mock.ledger) == 1
    assert result.status == 2
    assert "answers 409 for order dfa-3f1. Nothing was written." in result.err


def test_a_shop_without_orders_is_no_pass(run, secret_token):
    with MockServer(MockWebflow(token=secret_token, shop=False)) as server:
        result = run("--target", server.url, "--site", server.mock.site_id, "--per-minute", PER_MINUTE)
    assert result.status == 2
    assert "has no orders" in result.err


def test_a_server_that_is_not_there_is_a_plain_sentence(run, secret_token):
    with MockServer(MockWebflow()) as server:
        gone, site = server.url, server.mock.site_id
    result = run("--target", gone, "--site", site, "--per-minute", PER_MINUTE)
    assert result.status == 2
    assert "No answer from 127.0.0.1" in result.err
