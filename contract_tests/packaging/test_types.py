"""Do type checkers know all of it, and do they see a user's mistakes?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from webflow_orders.models import (
    OrderStatus,
    OrderStatusWord,
    OrderTrigger,
    OrderTriggerWord,
    RefundReason,
    RefundReasonWord,
)

from contract_tests.packaging.checkers import TOOLS, Complaint, complaints, run_pyright
from contract_tests.packaging.conftest import ROOT, Environment

USER_CODE = (ROOT / "contract_tests" / "packaging" / "user_code.py").read_text("utf-8")

# What a user writes, what he writes by mistake, and what every checker's complaint names.
MISTAKES = {
    "attribute": ("each.customer_paid.amount if", "each.customer_payed.amount if", '"customer_payed"'),
    "absent": ("each.customer_paid.amount if each.customer_paid else None", "each.customer_paid.amount", '"amount"'),
    "type": ('orders.refund(order_id, reason="requested")', "orders.refund(order_id, reason=1)", '"reason"'),
    "reason": ('reason="requested"', 'reason="request"', '"reason"'),
    "status": ('orders.iter(status="unfulfilled")', 'orders.iter(status="unfulfiled")', '"status"'),
    "page": ("orders.list(limit=10)", 'orders.list(limit=10, status="shipped")', '"status"'),
    "file": ('status="fulfilled")', 'status="fullfilled")', '"status"'),
    "keyword": ("orders.list(limit=10)", "orders.list(max=10)", '"max"'),
}  # fmt: skip


@pytest.fixture(scope="session", params=TOOLS)
def verdicts(
    request: pytest.FixtureRequest, testing: Environment, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Complaint]]:
    sources = {name: USER_CODE.replace(good, bad) for name, (good, bad, _) in MISTAKES.items()}
    folder = tmp_path_factory.mktemp(request.param)
    return complaints(request.param, testing, {"code": USER_CODE, **sources}, folder)


def test_user_code_passes(verdicts: dict[str, list[Complaint]]) -> None:
    assert verdicts["code"] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_seen_where_it_is_made(name: str, verdicts: dict[str, list[Complaint]]) -> None:
    good, _, says = MISTAKES[name]
    (line,) = (number for number, line in enumerate(USER_CODE.splitlines(), 1) if good in line)
    first = verdicts[name][0]
    assert first.line == line
    assert says in first.message


@pytest.mark.parametrize(
    ("words", "members", "schema"),
    [
        (OrderStatusWord, OrderStatus, "OrderStatus"),
        (RefundReasonWord, RefundReason, "RefundReason"),
        (OrderTriggerWord, OrderTrigger, "OrderTrigger"),
    ],
)
def test_the_words_that_an_editor_offers_are_those_of_the_spec(
    words: Any, members: Any, schema: str, spec: dict[str, Any]
) -> None:
    published = spec["components"]["schemas"][schema]["enum"]
    assert list(get_args(words)) == published
    assert [member.value for member in members] == published


def test_the_public_interface_is_typed_in_full(everything: Environment, tmp_path: Path) -> None:
    arguments = ("--verifytypes", "webflow_orders", "--ignoreexternal", "--outputjson")
    done = run_pyright(*arguments, cwd=tmp_path, path=everything.python.parent)
    report = json.loads(done.stdout)["typeCompleteness"]
    assert Path(report["packageRootDirectory"]).is_relative_to(everything.python.parents[1]), (
        "the wheel was read"
    )
    unknown = [
        f"{symbol['name']}: {', '.join(each['message'] for each in symbol['diagnostics'])}"
        for symbol in report["symbols"]
        if symbol["isExported"] | symbol["referenceCount"] and not symbol["isTypeKnown"]
    ]
    assert unknown == []
    assert report["completenessScore"] == 1
