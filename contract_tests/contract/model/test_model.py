"""Does the model say what is due, and does its machine show a failure in as few requests as it takes?"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from types import SimpleNamespace
from urllib.parse import unquote, unquote_plus

import pytest
from hypothesis.stateful import precondition
from webflow_orders_contract.model import checker, machine
from webflow_orders_contract.model.bodies import Body
from webflow_orders_contract.model.checker import ModelChecker
from webflow_orders_contract.model.diff import ApproxTime, NonEmpty, differences
from webflow_orders_contract.model.examples import LISTS
from webflow_orders_contract.model.runner import STEPS, ModelResult, run
from webflow_orders_contract.model.state import READ, ModelState, Request, Token, changed
from webflow_orders_contract.model.strategies import COMMENTS, GETS_OF_ONE, ODD_QUERIES
from webflow_orders_mock import OPERATIONS, MockWebflow

from contract_tests.contract.conftest import gateway_to

SITE = "a" * 24
NOW = 1_742_558_400.0


def _order(
    order_id: str = "aaa-111", status: str = "unfulfilled", processor: str | None = "stripe", paid: int = 5
):
    return {"orderId": order_id, "status": status, "paymentProcessor": processor,
            "customerPaid": {"unit": "USD", "value": paid}, "fulfilledOn": None, "refundedOn": None}  # fmt: skip


def _world(*orders, **token) -> ModelState:
    known = Token(sites=frozenset({SITE}), **token)
    return ModelState(sites={SITE: {each["orderId"]: each for each in orders}}, tokens={"t": known})


def _ask(operation: str, order: str = "aaa-111", **more) -> Request:
    return Request(operation=operation, site=SITE, order=order, authorization="Bearer t", **more)


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (200, _ask("fulfill-order")),
        (409, _ask("unfulfill-order")),
        (404, _ask("get-order", "bbb-222")),
        (400, _ask("get-order", "a b")),
        (400, _ask("list-orders", query=(("limit", "101"),))),
        (400, _ask("update-order", body=Body.of({"comment": 5}))),
        (400, _ask("get-order-v1", accept_version="2")),
        (401, Request(operation="get-order", site=SITE, order="aaa-111", authorization="Basic t")),
        (405, _ask("get-order", method="DELETE")),
        (404, _ask("list-orders", tail="/")),
    ],
)
def test_each_request_has_one_status_that_is_due(status, ask):
    assert _world(_order()).expected(ask, NOW).status == status


def test_a_token_without_the_scope_and_one_that_hurries_are_refused():
    assert _world(_order(), scopes=frozenset({READ})).expected(_ask("refund-order"), NOW).status == 403
    world = _world(_order(), limit=1)
    due = [world.expected(_ask("get-order"), NOW + second) for second in (0, 1, 61)]
    assert [each.status for each in due] == [200, 429, 200]
    assert due[1].retry_after == 59


def test_a_refund_says_when_and_by_which_id_and_a_free_order_has_none():
    after = changed(_order(status="fulfilled"), "refund-order", {"reason": "requested"}, NOW)
    assert after["stripeDetails"] == {"refundId": NonEmpty(), "refundReason": "requested_by_customer"}
    assert (after["status"], after["refundedOn"]) == ("refunded", ApproxTime(NOW))
    world = _world(_order(processor=None, paid=0))
    assert world.expected(_ask("refund-order"), NOW).status == 409


def test_a_difference_is_named_by_where_it_is():
    due = {"a": [{"b": 1}], "on": ApproxTime(NOW), "id": NonEmpty(), "gone": 1}
    got = {"a": [{"b": "1"}], "on": "2025-03-21T14:00:00.000Z", "id": "", "new": 1}
    told = sorted(each.partition(":")[0] for each in differences(due, got))
    assert told == ["/a/0/b", "/gone", "/id", "/new", "/on"]
    assert list(differences({"on": ApproxTime(NOW)}, {"on": "2025-03-21T12:00:01.000Z"})) == []
    assert list(differences(True, 1)), "a number is no flag"


def _run(mock: MockWebflow, **how) -> ModelResult:
    with gateway_to(mock, reset="/_mock/reset") as gateway:
        checker = ModelChecker(gateway, exact=mock.dialect == "observed")
        try:
            return run(checker, **how)
        finally:
            checker.close()


def test_both_dialects_of_the_mock_are_as_the_model_says():
    for dialect in ("observed", "documented"):
        result = _run(MockWebflow(dialect=dialect), seed=3, sequences=4)
        assert result.ok, result.failure
        assert result.requests > 100


@pytest.fixture(scope="module")
def in_time() -> ModelResult:
    """Two sequences of seed 3, on this machine."""
    return _run(MockWebflow(), seed=3, sequences=2)


def test_the_same_seed_sends_as_many_requests(in_time):
    again, other = (_run(MockWebflow(), seed=seed, sequences=2).requests for seed in (3, 5))
    assert in_time.requests == again != other


@pytest.mark.parametrize("seconds", [1.7, 7.0, 40.0])
def test_on_a_machine_of_any_speed_the_same_is_asked_and_everything_holds(seconds, monkeypatch, in_time):
    looks = itertools.count()

    def time() -> float:
        """So long passes from one look at the clock to the next, be it ours or the server's."""
        return NOW + seconds * next(looks)

    monkeypatch.setattr(checker, "time", SimpleNamespace(time=time))
    late = _run(MockWebflow(clock=time), seed=3, sequences=2)
    assert late.ok, late.failure
    assert late.compared == in_time.compared


def test_what_is_drawn_does_not_depend_on_what_was_answered():
    """A rule that is there only after some answers makes of a server that can not start over one that flakes."""
    assert precondition not in vars(machine).values()


@pytest.mark.parametrize(
    "spoil",
    [
        str.rstrip, str.lstrip, html.escape, html.unescape, unquote, unquote_plus, str.lower, str.expandtabs,
        str.title, lambda text: text.encode("ascii", "replace").decode(),
        lambda text: unicodedata.normalize("NFC", text), lambda text: unicodedata.normalize("NFKC", text),
        lambda text: text.encode("utf-16", "surrogatepass")[:510].decode("utf-16", "ignore"),
        lambda text: text.encode()[:2048].decode(errors="ignore"), lambda text: text[:4096],
        lambda text: text.partition("\0")[0], lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\n", " "), lambda text: text.replace("\u202e", ""),
        lambda text: text.removeprefix("\ufeff"), lambda text: text.replace("\u200d", ""),
        lambda text: re.sub("<[^>]*>", "", text), lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text),
        lambda text: text.replace("'", "''"), lambda text: text.replace("\\", "\\\\"),
        lambda text: re.sub(r"\\(n|u[0-9a-f]{4})", " ", text), lambda text: text.lstrip("0"),
        lambda text: None if text == "null" else text, lambda text: re.sub(" +", " ", text),
    ],
)  # fmt: skip
def test_whatever_a_server_makes_of_a_text_a_note_of_the_pool_is_made_otherwise(spoil):
    assert any(text and spoil(text) != text for text in COMMENTS)


def test_a_failure_is_shown_by_the_requests_that_it_takes():
    failure = _run(MockWebflow(defect="read-lags-behind"), seed=0).failure
    assert failure is not None
    assert len(failure.curl) == 2
    assert failure.curl[0].startswith("curl -sS -i -X P"), "a write comes first"
    assert "mock-token" not in "".join(failure.curl)
    assert failure.answer.startswith("200 OK\n")
    assert "orderId" in failure.answer


def test_without_a_try_to_shorten_it_the_whole_sequence_is_shown(monkeypatch):
    monkeypatch.setattr(checker, "MOST_TRIES", 0)
    failure = _run(MockWebflow(defect="read-lags-behind"), seed=0).failure
    assert failure is not None
    assert failure.answer.startswith("200 OK\n")


def test_what_was_compared_is_counted_by_operation():
    result = _run(MockWebflow(), seed=2, sequences=2)
    assert set(result.compared) == {
        name for name in OPERATIONS if not name.endswith(("-webhook", "-webhooks"))
    }
    # Of an odd query only a 5xx is wrong, which the gateway sees.
    glances = len(ODD_QUERIES) * len((*LISTS, *GETS_OF_ONE))
    assert result.requests == sum(result.compared.values()) + glances
    assert result.seed == 2
    assert 2 <= result.steps <= 2 * STEPS
