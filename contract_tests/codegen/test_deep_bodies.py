"""Is what is nested deep read, or refused as an unexpected body, wherever the program is when it is asked?"""

from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from webflow_orders.models import NewOrderEvent, Order, OrderList, OrderV1
from webflow_orders_generated.client.errors import UnexpectedBody
from webflow_orders_generated.client.types import parse_list

FIELDS = ["new", "comment", "customerInfo", "purchasedItems", "metadata", "acceptedOn", "totals"]
WRAPPED: dict[Any, str] = {
    Order: "%s",
    OrderV1: "%s",
    OrderList: '{"orders":[%s],"pagination":{"limit":1,"offset":0,"total":1}}',
    NewOrderEvent: '{"triggerType":"ecomm_new_order","payload":%s}',
}
SHAPES = {"lists": ("[", "]", 1), "objects": ('{"a":', "}", 1), "both": ('[{"b":', "}]", 2)}


def at(depth: int, ask: Callable[[], Any]) -> Any:
    """Ask from so many calls deep."""
    return ask() if depth == 0 else at(depth - 1, ask)


def answered(ask: Callable[[], Any]) -> bool:
    """Whether there was an answer; otherwise it was refused in the only way that is allowed."""
    try:
        ask()
    except UnexpectedBody as refusal:
        return str(refusal) != "nested too deeply" and pytest.fail(f"another refusal: {refusal}")
    return True


@pytest.mark.parametrize("depth", [0, 800])
@pytest.mark.parametrize("nested", [100, 600, 950, 990, 5000, 100_000])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", WRAPPED)
def test_it_is_read_or_refused_and_nothing_else(
    kind: Any, field: str, shape: str, nested: int, depth: int
) -> None:
    begin, end, each = SHAPES[shape]
    value = begin * (nested // each) + "1" + end * (nested // each)
    members = {"orderId": '"dfa-3f1"', "status": '"pending"', field: value}
    text, turned = (
        WRAPPED[kind] % "{%s}" % ",".join(f'"{name}":{member}' for name, member in order)
        for order in (members.items(), reversed(members.items()))
    )
    is_shallow = nested + depth < 900
    assert at(depth, lambda: answered(lambda: kind.from_json(text))) or not is_shallow
    if not answered(lambda: (kind.from_json(text), kind.from_json(turned))):
        return
    one, other = kind.from_json(text), kind.from_json(turned)
    asks: dict[str, Callable[[], Any]] = {
        "to_dict": one.to_dict, "==": lambda: one == other, "hash": lambda: hash(one),
        "pickle": lambda: pickle.loads(pickle.dumps(one)), "deepcopy": lambda: copy.deepcopy(one),
        "unreadable": lambda: one.unreadable, "additional_properties": lambda: one.additional_properties,
    }  # fmt: skip
    refused = [name for name, ask in asks.items() if not at(depth, functools.partial(answered, ask))]
    assert refused == [] or not is_shallow
    assert "deepcopy" not in refused
    assert at(depth, lambda: answered(lambda: repr(one)))


@pytest.mark.parametrize("depth", [0, 800])
@pytest.mark.parametrize("nested", [600, 5000, 100_000])
def test_a_list_of_v1_is_read_or_refused_too(nested: int, depth: int) -> None:
    content = '[{"orderId":"dfa-3f1","status":"pending","new":%s}]' % ("[" * nested + "]" * nested)
    is_read = at(depth, lambda: answered(lambda: list(parse_list(content.encode(), OrderV1))))
    assert is_read or nested + depth > 900
