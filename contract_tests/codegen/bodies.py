"""JSON that openapi.yaml allows, drawn from its schemas: what a server may answer, and what a caller may ask.

Made from the parsed file alone. Neither of the generators whose models are held to these bodies has a part in it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contract_tests.conftest import ROOT

Json = dict[str, Any]
SPEC: Json = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)

# What a schema may say beside what is drawn here. A new word stops the tests until somebody has read it.
SAID = {"description", "summary", "example", "examples", "title", "default", "readOnly"}
DRAWN = {"type", "enum", "format", "pattern", "minimum", "maximum", "items", "properties", "required"}
DRAWN |= {"oneOf", "anyOf"}

# Fields that nobody documents. Among them are the names that our own objects use inside.
UNKNOWN_NAMES = st.one_of(
    st.sampled_from(
        ["loyalty", "", "a/b", "_raw", "_origin", "additional_properties", "order_id", "type_", "self"]
    ),
    st.text(max_size=6),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@st.composite
def date_times(draw: st.DrawFn) -> str:
    """RFC 3339 in all its spellings, but for two that no Python date can hold: a leap second, and the year 0."""
    # A day away from the ends, so that every zone can be converted to every other.
    moment = draw(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)))
    text = moment.isoformat(timespec="seconds")
    if digits := draw(st.text(string.digits, max_size=9)):
        text += f".{digits}"
    minutes = draw(st.integers(-(23 * 60 + 59), 23 * 60 + 59))
    offset = moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()[-6:]
    return draw(st.sampled_from([str, str.lower]))(text + draw(st.sampled_from(["Z", "-00:00", offset])))


FORMATS: dict[str, SearchStrategy[str]] = {
    "date-time": date_times(),
    "email": st.from_regex(r"[a-z0-9.+]{1,8}@example\.(com|org|net)", fullmatch=True).filter(
        lambda text: not re.search(r"^\.|\.\.|\.@", text)
    ),
    "uri": st.from_regex(r"https?://[a-z]{1,8}\.example/[A-Za-z0-9_~.%-]{0,8}", fullmatch=True).filter(
        lambda text: "%" not in text
    ),
}


class Bodies:
    """Draws from the schemas of one spec.

    Args:
        spec: openapi.yaml, parsed.
        surprises: draw fields that the spec does not list, as it allows everywhere.
        new_words: draw words that an enum does not list, as a server will one day send them.
    """

    def __init__(self, spec: Json, *, surprises: bool = True, new_words: bool = False) -> None:
        self.spec = spec
        self.surprises = surprises
        self.new_words = new_words

    def whole(self, schema: Json) -> Json:
        """The schema with what it refers to; what stands beside a reference wins."""
        if "$ref" not in schema:
            return schema
        node: Any = self.spec
        for key in schema["$ref"].removeprefix("#/").split("/"):
            node = node[key]
        return self.whole(node) | {key: value for key, value in schema.items() if key != "$ref"}

    def component(self, name: str) -> SearchStrategy[Any]:
        return self.of(self.spec["components"]["schemas"][name])

    def of(self, schema: Json) -> SearchStrategy[Any]:
        """Values that the schema allows."""
        schema = self.whole(schema)
        unread = [key for key in schema if key not in SAID | DRAWN and not key.startswith("x-")]
        assert not unread, f"nothing is drawn for {unread}"
        if alternatives := schema.get("oneOf") or schema.get("anyOf"):
            return st.one_of(*map(self.of, alternatives))
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        makers: dict[str, Callable[[Json], SearchStrategy[Any]]] = {
            "null": lambda _: st.none(),
            "boolean": lambda _: st.booleans(),
            "string": self.strings,
            "integer": integers,
            "number": lambda _: (
                st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
            ),
            "array": lambda schema: st.lists(self.of(schema["items"]), max_size=3),
            "object": self.objects,
        }
        return st.one_of(*(makers[kind](schema) for kind in kinds))

    def strings(self, schema: Json) -> SearchStrategy[str]:
        if "enum" in schema:
            words = st.sampled_from(schema["enum"])
            # A null in quotes is no word: see test_reading.py.
            new = st.text(max_size=8).filter(lambda text: text.lower() != "null")
            return words | new if self.new_words else words
        if "pattern" in schema:
            # Of digits the client reads no more than 40, for their cost grows with the square of their number.
            return st.from_regex(
                schema["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii")
            ).filter(lambda text: len(text) <= 64 if "A-Z" in schema["pattern"] else len(text) <= 40)
        return FORMATS[schema["format"]] if "format" in schema else st.text(max_size=12)

    def objects(self, schema: Json) -> SearchStrategy[Json]:
        properties, required = schema["properties"], schema.get("required", [])
        optional = [name for name in properties if name not in required]

        @st.composite
        def draw_object(draw: st.DrawFn) -> Json:
            # Not all at once: an order has thirty fields, and objects in them that have as many.
            some = draw(st.lists(st.sampled_from(optional), max_size=6, unique=True)) if optional else []
            drawn = {name: draw(self.of(properties[name])) for name in [*required, *some]}
            if self.surprises:
                names = UNKNOWN_NAMES.filter(lambda name: name not in properties)
                drawn |= draw(st.dictionaries(names, ANYTHING, max_size=2))
            return drawn

        return draw_object()


def integers(schema: Json) -> SearchStrategy[int]:
    least, most = schema.get("minimum", -(10**30)), schema.get("maximum", 10**30)
    near = [value for value in (least, most, 0, 1, -1, 2**53 + 1, -(2**63)) if least <= value <= most]
    return st.sampled_from(near) | st.integers(least, most)


def bodies_of_answers(spec: Json) -> Iterator[tuple[str, Json]]:
    """Every body that a server may answer or post: where the spec has it, and its schema."""
    bodies = Bodies(spec)
    for path, item in [*spec["paths"].items(), *spec["webhooks"].items()]:
        for method in ("get", "post", "patch", "put", "delete"):
            operation = item.get(method, {})
            for status, response in operation.get("responses", {}).items():
                for media in bodies.whole(response).get("content", {}).values():
                    yield f"{operation['operationId']} {status}", media["schema"]
            if path in spec["webhooks"] and operation:
                yield (
                    operation["operationId"],
                    operation["requestBody"]["content"]["application/json"]["schema"],
                )
