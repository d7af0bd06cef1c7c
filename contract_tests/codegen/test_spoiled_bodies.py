"""A body with one thing wrong: what the strict models refuse, the lenient ones show as unreadable, or tolerate.

Where the judges may disagree, `tolerated` and `is_lax` say so; nowhere else do they.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from webflow_orders_generated.client.errors import UnexpectedBody

from contract_tests.codegen.bodies import SPEC, Bodies, Json
from contract_tests.codegen.judges import (
    EXAMPLES,
    NAMES,
    WHOLE,
    exactly,
    is_accepted,
    is_valid,
    leniently,
    names_of,
    put,
    walk,
)

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
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


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
        return "object" in kinds  # So is a field that is missing.
    if isinstance(value, bool | list):
        return False
    if isinstance(value, int | float):
        if is_date:
            return True  # A number is a moment of Unix.
        if "boolean" in kinds:
            return value in (0, 1) and isinstance(value, int)
        return value == int(value) if is_whole else "string" in kinds  # A number is its digits.
    if is_date:
        return reads_as_a_date(value)  # A date without a zone is in UTC.
    if is_whole or "number" in kinds:
        return reads_as_a_number(value, whole=is_whole)  # Digits are their number.
    if "boolean" in kinds:
        return value.lower() in ("true", "false", "0", "1")
    # A word may be new, and a format or a pattern is nobody's affair but the server's.
    return any(key in part for part in parts for key in ("enum", "format", "pattern"))


def reads_as_a_number(text: str, *, whole: bool) -> bool:
    """As JSON spells a number: "-007", "+1" and "1." are none. Only a whole number may begin with zeros."""
    if whole and re.fullmatch("-?[0-9]+", text):
        return True
    return NUMBER.fullmatch(text) is not None and (not whole or float(text).is_integer())


def reads_as_a_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return reads_as_a_number(text, whole=False)
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
    valid, accepted = is_valid(name, body), is_accepted(name, body)
    if not is_lax(place.schema, junk):
        assert accepted is valid or _is_whole(junk), "2.0 is a whole number to JSON Schema, not to pydantic"
    try:
        read = leniently(name, body)
    except UnexpectedBody:
        assert name in WHOLES
        assert place.path[0] in WHOLES[name]
        return
    assert exactly(read.to_dict()) == exactly(body), "read or not, nothing is lost"
    in_list = isinstance(place.path[-1], int)
    if valid:
        assert read.unreadable == {}
    elif junk is None and (in_list or place.required):
        assert read.unreadable == {place.pointer: None}
    elif tolerated(place.schema, junk):
        missing = missing_of(place.schema, junk)
        assert read.unreadable == {f"{place.pointer}/{key}": None for key in missing}
    elif junk == [{}] and len(read.unreadable) > 1:
        # An object whose required fields are missing is read, in a list too.
        assert all(pointer.startswith(f"{place.pointer}/0/") for pointer in read.unreadable)
    elif read.unreadable:
        (pointer, shown), *others = read.unreadable.items()
        assert pointer in (place.pointer, f"{place.pointer}/0")
        assert (shown, others) == (junk if pointer == place.pointer else junk[0], [])
    else:
        # A list of what is no object, or of objects that need nothing.
        assert junk == [{}]


# What is nothing without its parts.
WHOLES = {
    "OrderList": ["orders", "pagination"],
    "WebhookList": ["webhooks"],
    "NewOrderEvent": ["payload"],
    "OrderChangedEvent": ["payload"],
}


def missing_of(schema: Json, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    parts = [WHOLE(part) for part in schema.get("alternatives", [schema])]
    return [key for part in parts for key in part.get("required", ()) if key not in value]


@pytest.mark.parametrize("name", NAMES)
def test_a_required_field_that_is_missing_is_refused_by_the_strict_and_named_by_the_lenient(
    name: str,
) -> None:
    required = SPEC["components"]["schemas"][name]["required"]
    assert not is_valid(name, {})
    assert not is_accepted(name, {})
    if name in WHOLES:
        with pytest.raises(UnexpectedBody, match=WHOLES[name][0]):
            leniently(name, {})
        return
    read = leniently(name, {})
    assert read.unreadable == {f"/{key}": None for key in required}
    assert read.to_dict() == {}
    for key, python in names_of(type(read)).items():
        assert not getattr(read, python), f"{key} has a value that nobody sent"


def _is_whole(junk: Any) -> bool:
    return isinstance(junk, float) and junk.is_integer()
