"""A body with one thing wrong: what the strict models refuse, the lenient ones show as unreadable, or tolerate.

Where the judges may disagree, `tolerated` and `is_lax` say so; nowhere else do they.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Model

from contract_tests.codegen.bodies import SPEC, Bodies, Json
from contract_tests.codegen.judges import (
    EXAMPLES,
    NAMES,
    exactly,
    is_accepted,
    is_valid,
    leniently,
    put,
    walk,
)

MODELS = [
    model
    for name in models.__all__
    if isinstance(model := getattr(models, name), type) and issubclass(model, Model)
]
PLAIN = Bodies(SPEC, surprises=False)

# A date in another spelling than RFC 3339's, which pydantic reads, too. (It even reads a number as a date.)
ODD_DATES = [
    "2021-03-20T18:22:46", "2021-03-20", 
    "20210320T182246Z", "2021-03-20 18:22:46Z", "2021-03-20T18:22Z", "",
]  # fmt: skip
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), st.floats(-99, 99),
    st.sampled_from([2.0, "2", "-007", "1_0", " 2"]),
    st.sampled_from(["true", "FALSE", "1.5", "x", *ODD_DATES]), st.text(max_size=3),
    st.sampled_from([[], [None], ["x"], [[]], [{}], {}, {"x": 1}]),
)  # fmt: skip


def tolerated(schema: Json, value: Any) -> bool:
    """What the lenient models read though the spec does not allow it; each line is one kind of leniency."""
    parts = schema.get("alternatives", [schema])
    kinds = {
        kind for part in parts for kind in ([part["type"]] if isinstance(part["type"], str) else part["type"])
    }
    is_date = any(part.get("format") == "date-time" for part in parts)
    # Money is read as a whole number, however it is sent.
    is_whole = "integer" in kinds and ("string" not in kinds or any("pattern" in part for part in parts))
    if value is None:
        return True  # A null is a field that is not there.
    if isinstance(value, dict):
        return "object" in kinds  # So is a field that is required, and missing.
    if value == [{}]:
        # An object whose required fields are missing is read, in a list too.
        return any("$ref" in part.get("items", {}) for part in parts)
    if isinstance(value, bool | list):
        return False
    if isinstance(value, int | float):
        return (
            value == int(value) if is_whole else "string" in kinds and not is_date
        )  # A number is its digits.
    if is_date:
        return reads_as_a_date(value)  # A date without a zone is in UTC.
    if is_whole:
        return value.removeprefix("-").isdigit() and value.isascii()  # Digits are their number.
    if "boolean" in kinds:
        return value.lower() in ("true", "false")
    # A word may be new, and a format is nobody's affair but the server's.
    return any("enum" in part or "format" in part for part in parts)


def reads_as_a_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_lax(schema: Json, value: Any) -> bool:
    """What the strict models take though the spec does not allow it: a time of Unix as a date, and any format."""
    is_date = schema.get("format") == "date-time"
    kinds = (str, int, float) if is_date else (str,)
    return "format" in schema and isinstance(value, kinds) and not isinstance(value, bool)


@pytest.mark.parametrize("name", NAMES)
@EXAMPLES
@given(data=st.data())
def test_what_the_strict_models_refuse_is_unreadable_or_known_to_be_tolerated(
    name: str, data: st.DataObject
) -> None:
    body = data.draw(PLAIN.component(name))
    place = data.draw(st.sampled_from(list(walk(body, {"$ref": f"#/components/schemas/{name}"}))))
    junk = data.draw(JUNK)
    put(body, place.path, junk)
    read = leniently(name, body)
    assert exactly(read.to_dict()) == exactly(body), "read or not, nothing is lost"
    valid, accepted = is_valid(name, body), is_accepted(name, body)
    in_list = isinstance(place.path[-1], int)
    if not is_lax(place.schema, junk):
        assert accepted is valid or _is_whole(junk), "2.0 is a whole number to JSON Schema, not to pydantic"
    if valid:
        assert read.unreadable == {}
    elif junk is None and in_list:
        assert read.unreadable == {place.pointer: None}
    elif tolerated(place.schema, junk):
        assert read.unreadable == {}
    else:
        (pointer, shown), *others = read.unreadable.items()
        assert pointer in (place.pointer, f"{place.pointer}/0")
        assert (shown, others) == (junk if pointer == place.pointer else junk[0], [])


@pytest.mark.parametrize("name", NAMES)
def test_a_required_field_that_is_missing_is_refused_by_the_strict_and_empty_to_the_lenient(
    name: str,
) -> None:
    schema = SPEC["components"]["schemas"][name]
    assert schema["required"]
    assert not is_valid(name, {})
    assert not is_accepted(name, {})
    read = leniently(name, {})
    assert read.unreadable == {}
    assert read.to_dict() == {}
    for python, field in read.FIELDS.items():
        value = getattr(read, python)
        empty = value.to_dict() == {} if isinstance(value, Model) else not value
        assert empty, f"{field.key} has a value that nobody sent"


def _is_whole(junk: Any) -> bool:
    return isinstance(junk, float) and junk.is_integer()


# fmt: off
ODD = [
    None, True, 0, -7, 2.0, 2.5, "", "2", "-007", "true", "paid", "2021-03-20",
    [], ["x"], [{}], [None], {}, {"x": 1},
]
# fmt: on


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("value", ODD, ids=json.dumps)
def test_fields_are_read_together_as_each_is_read_alone(model: type[Model], value: Any) -> None:
    read = model.from_dict({field.key: value for field in model.FIELDS.values()})
    for name in model.FIELDS:
        alone = read.peek(name)
        assert (getattr(read, name), type(getattr(read, name))) == (alone, type(alone))
