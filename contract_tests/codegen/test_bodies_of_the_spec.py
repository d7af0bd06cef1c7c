"""Whatever openapi.yaml allows a server to answer is read, by the lenient models as by the strict ones.

What is not allowed stands in test_spoiled_bodies.py.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Listing, Model, parse_list

from contract_tests.codegen.bodies import SPEC, Bodies, Json, bodies_of_answers
from contract_tests.codegen.judges import (
    EXAMPLES,
    NAMES,
    all_same,
    exactly,
    is_valid,
    leniently,
    names_of,
    put,
    reached,
    strictly,
    walk,
)  # fmt: skip

VALID = Bodies(SPEC)
NEW_WORDS = Bodies(SPEC, new_words=True)


def test_every_body_that_a_server_may_answer_is_drawn_below() -> None:
    answered = {exactly(schema) for _, schema in bodies_of_answers(SPEC)}
    named = {exactly({"$ref": f"#/components/schemas/{name}"}) for name in NAMES}
    others = [json.loads(schema) for schema in answered - named]
    parts = [part for schema in others for part in schema.get("anyOf", [schema.get("items")])]
    assert named <= answered
    assert len(others) == 2
    assert {exactly(part) for part in parts} <= named | {exactly({"$ref": "#/components/schemas/OrderV1"})}


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(data=st.data())
def test_what_the_spec_allows_is_read_by_all_and_given_back_without_loss(
    name: str, data: st.DataObject
) -> None:
    body = data.draw(VALID.component(name))
    assert is_valid(name, body), "the strategy draws what it should not"
    read, strict = leniently(name, body), strictly(name, body)
    assert read.unreadable == {}
    assert all_same(read, strict)
    assert exactly(read.to_dict()) == exactly(body)
    assert exactly(json.loads(read.to_json())) == exactly(body)
    assert type(read).from_dict(read.to_dict()) == read


@EXAMPLES
@given(st.lists(VALID.component("OrderV1"), max_size=3))
def test_a_bare_list_is_read_whole(body: list[Json]) -> None:
    read = parse_list(json.dumps(body).encode(), models.OrderV1)
    assert [exactly(order.to_dict()) for order in read] == [exactly(order) for order in body]
    assert read.sent == len(body)


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(data=st.data())
def test_a_model_made_of_what_was_read_says_the_same(name: str, data: st.DataObject) -> None:
    body = data.draw(VALID.component(name))
    again = anew(leniently(name, body))
    assert is_valid(name, again.to_dict())
    assert all_same(leniently(name, again.to_dict()), strictly(name, cut_dates(body, name)))


def anew(model: Model) -> Model:
    """Made field by field, as a caller makes one, all the way down."""

    def inner(value: Any) -> Any:
        if isinstance(value, tuple | Listing):
            return tuple(map(inner, value))
        return anew(value) if isinstance(value, Model) else value

    return type(model)(**{name: inner(getattr(model, name)) for name in names_of(type(model)).values()})


def cut_dates(body: Json, name: str) -> Json:
    """A date is written in UTC and to the millisecond, as Webflow does; the instant stays."""
    places = walk(body, {"$ref": f"#/components/schemas/{name}"})
    copy = json.loads(json.dumps(body))
    for place in places:
        if place.schema.get("format") == "date-time" and isinstance(place.value, str):
            moment = datetime.fromisoformat(place.value.upper())
            moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
            put(copy, place.path, moment.isoformat())
    return copy


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(data=st.data())
def test_a_word_that_no_enum_lists_is_kept(name: str, data: st.DataObject) -> None:
    body = data.draw(NEW_WORDS.component(name))
    read = leniently(name, body)
    assert read.unreadable == {}
    assert exactly(read.to_dict()) == exactly(body)
    for place in walk(body, {"$ref": f"#/components/schemas/{name}"}):
        if "enum" in place.schema and isinstance(place.value, str):
            word = reached(read, place.path)
            assert (word.value, word.is_known) == (place.value, place.value in place.schema["enum"])


@pytest.mark.parametrize("moment", ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"])
def test_a_moment_that_python_has_no_date_for_is_shown_as_unreadable(moment: str) -> None:
    body = {"orderId": "dfa-3f1", "status": "pending", "acceptedOn": moment}
    assert is_valid("Order", body)
    assert leniently("Order", body).unreadable == {"/acceptedOn": moment}
    assert leniently("Order", body).to_dict() == body
