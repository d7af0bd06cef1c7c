"""Is a state small, without a customer, and refused where it is not what a run left?"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from webflow_orders.sync import StateError, changes
from webflow_orders.testing import MockWebflow, client

from contract_tests.sync.modelled import SITE, Shop, Shortcut


@pytest.fixture(scope="module")
def left() -> str:
    mock = MockWebflow()
    with client(mock) as orders:
        run = changes(orders)
        list(run)
        return json.dumps(run.state)


def test_it_is_small_and_says_nothing_about_a_customer(left: str) -> None:
    mock = MockWebflow()
    with client(mock) as orders:
        every = list(orders.iter())
    state = json.loads(left)
    assert len(state["orders"]) == len(every)
    assert max(map(len, state["orders"])) <= 22
    known = {each.order_id for each in every} | {str(each.status) for each in every}
    said = {text for each in every for text in texts(each.to_dict()) if len(text) > 5} - known
    assert len(said) > 300
    state["orders"] = [line.partition(" ")[2] for line in state["orders"]]
    assert not [text for text in said if text in json.dumps(state)]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
    elif value is not None:
        yield str(value)


def test_it_survives_a_database_that_sorts_names_and_writes_whole_numbers_as_such(left: str) -> None:
    state = json.loads(left)
    sorted_ = {name: int(value) if value == 0 else value for name, value in sorted(state.items())}
    shop: Any = Shortcut(Shop(random.Random(1)))
    for given in (state, sorted_, left, left.encode()):
        changes(shop, given)


SPOILED: dict[str, Any] = {
    "no JSON object": lambda state: "[]",
    "no JSON object ": lambda state: left_half(state),
    "of a newer webflow-orders": lambda state: state | {"version": 2},
    "no state of version 0": lambda state: state | {"version": 0},
    "unknown field": lambda state: state | {"more": 1},
    "missing required field `orders`": lambda state: {key: state[key] for key in state if key != "orders"},
    "Expected `array`": lambda state: state | {"orders": {}},
    "Expected `str`": lambda state: state | {"orders": [7]},
    "changed or cut": lambda state: state | {"orders": state["orders"][1:]},
    "changed or cut ": lambda state: state | {"watermark": 1.0},
    "of site 580e": lambda state: state,
}


def left_half(state: Any) -> str:
    text = json.dumps(state)
    return text[: len(text) // 2]


@pytest.mark.parametrize("says", SPOILED)
def test_what_is_not_what_a_run_left_is_refused_and_nothing_is_sent(says: str, left: str) -> None:
    shop: Any = Shortcut(Shop(random.Random(1)))
    shop.site_id = "0" * 24 if says.startswith("of site") else SITE
    with pytest.raises(StateError, match=says.strip()):
        changes(shop, SPOILED[says](json.loads(left)))
    assert shop.shop.asked == 0
