"""Does the model say what is due, and does its machine show a failure in as few requests as it takes?"""

from __future__ import annotations

import pytest
from webflow_orders_contract import trial
from webflow_orders_contract.bodies import Body
from webflow_orders_contract.found import ModelResult
from webflow_orders_contract.matching import Near, Word, differences
from webflow_orders_contract.model import OPERATIONS, READ, Ask, Token, World, changed
from webflow_orders_contract.modelrun import STEPS, run
from webflow_orders_contract.transport import Line
from webflow_orders_contract.trial import trial_of_our_mock
from webflow_orders_mock import OPERATIONS as KNOWN
from webflow_orders_mock import MockServer, MockWebflow

SITE = "a" * 24
NOW = 1_742_558_400.0


def _order(
    order_id: str = "aaa-111", status: str = "unfulfilled", processor: str | None = "stripe", paid: int = 5
):
    return {"orderId": order_id, "status": status, "paymentProcessor": processor,
            "customerPaid": {"unit": "USD", "value": paid}, "fulfilledOn": None, "refundedOn": None}  # fmt: skip


def _world(*orders, **token) -> World:
    known = Token(sites=frozenset({SITE}), **token)
    return World(sites={SITE: {each["orderId"]: each for each in orders}}, tokens={"t": known})


def _ask(operation: str, order: str = "aaa-111", **more) -> Ask:
    return Ask(operation=operation, site=SITE, order=order, authorization="Bearer t", **more)


def test_the_model_has_the_operations_of_the_mock_and_their_paths():
    mine = {name: (method, path.replace("{site}", "{site_id}").replace("{order}", "{order_id}"))
            for name, (method, path, _) in OPERATIONS.items()}  # fmt: skip
    assert mine == {name: (each.method, each.path) for name, each in KNOWN.items()}


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
        (401, Ask(operation="get-order", site=SITE, order="aaa-111", authorization="Basic t")),
        (405, _ask("get-order", method="DELETE")),
        (404, _ask("list-orders", tail="/")),
    ],
)
def test_each_request_has_one_status_that_is_due(status, ask):
    assert _world(_order()).due(ask, NOW).status == status


def test_a_token_without_the_scope_and_one_that_hurries_are_refused():
    assert _world(_order(), scopes=frozenset({READ})).due(_ask("refund-order"), NOW).status == 403
    world = _world(_order(), limit=1)
    due = [world.due(_ask("get-order"), NOW + second) for second in (0, 1, 61)]
    assert [each.status for each in due] == [200, 429, 200]
    assert due[1].retry_after == 59


def test_a_refund_says_when_and_by_which_id_and_a_free_order_has_none():
    after = changed(_order(status="fulfilled"), "refund-order", {"reason": "requested"}, NOW)
    assert after["stripeDetails"] == {"refundId": Word(), "refundReason": "requested_by_customer"}
    assert (after["status"], after["refundedOn"]) == ("refunded", Near(NOW))
    world = _world(_order(processor=None, paid=0))
    assert world.due(_ask("refund-order"), NOW).status == 409


def test_a_difference_is_named_by_where_it_is():
    due = {"a": [{"b": 1}], "on": Near(NOW), "id": Word(), "gone": 1}
    got = {"a": [{"b": "1"}], "on": "2025-03-21T14:00:00.000Z", "id": "", "new": 1}
    told = sorted(each.partition(":")[0] for each in differences(due, got))
    assert told == ["/a/0/b", "/gone", "/id", "/new", "/on"]
    assert list(differences({"on": Near(NOW)}, {"on": "2025-03-21T12:00:01.000Z"})) == []
    assert list(differences(True, 1)), "a number is no flag"


def _run(mock: MockWebflow, **how) -> ModelResult:
    with MockServer(mock) as server:
        line = Line(token=mock.token)
        trial = trial_of_our_mock(
            server.url, mock.site_id, mock.token, line, exact=mock.dialect == "observed"
        )
        try:
            return run(trial, **how)
        finally:
            trial.close()


def test_both_dialects_of_the_mock_are_as_the_model_says():
    for dialect in ("observed", "documented"):
        result = _run(MockWebflow(dialect=dialect), seed=3, sequences=4)
        assert result.ok, result.complaint
        assert result.requests > 100


def test_the_same_seed_sends_as_many_requests():
    first, again, other = (_run(MockWebflow(), seed=seed, sequences=2).requests for seed in (1, 1, 5))
    assert first == again != other


def test_a_failure_is_shown_by_the_requests_that_it_takes(monkeypatch):
    # A busy machine must not be the reason that the search for the shortest sequence ends early.
    monkeypatch.setattr(trial, "SHORTENING", 300.0)
    monkeypatch.setattr(trial, "PATIENCE", 300.0)
    result = _run(MockWebflow(defect="read-lags-behind"), seed=0)
    assert not result.ok
    assert [line.split()[3:5] for line in result.curl[:-1]], "a write comes first"
    assert len(result.curl) == 2
    assert result.curl[0].startswith("curl -sS -i -X P")
    assert "mock-token" not in "".join(result.curl)
    assert result.answer.startswith("200 OK\n")
    assert "orderId" in result.answer


def test_without_time_to_shorten_it_the_whole_sequence_is_shown(monkeypatch):
    monkeypatch.setattr(trial, "SHORTENING", 0.0)
    result = _run(MockWebflow(defect="read-lags-behind"), seed=0)
    assert len(result.curl) > 2
    assert result.answer.startswith("200 OK\n")


def test_what_was_compared_is_counted_by_operation():
    result = _run(MockWebflow(), seed=2, sequences=2)
    assert result.compared.keys() == OPERATIONS.keys()
    # Beside them there are the requests to the mock's own door.
    assert 0 < result.requests - sum(result.compared.values()) < 30
    assert result.seed == 2
    assert 2 <= result.steps <= 2 * STEPS
