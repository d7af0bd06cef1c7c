"""What a write may be sent, and what not: a body is read here as the spec says it must be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ..description import Place, fits, read
from ..description.writes import NOTES

JSON = Any
MOST = 1024 * 1024
IS_JSON = "application/json"


class Malformed(Exception):
    """The body is not what the operation takes."""


@dataclass(frozen=True)
class Body:
    content: bytes = b""
    media_type: str | None = None

    @classmethod
    def of(cls, sent: JSON, media_type: str | None = IS_JSON) -> Body:
        return cls(json.dumps(sent, ensure_ascii=False).encode(), media_type)

    @property
    def is_json(self) -> bool:
        """Whether it says so."""
        return (self.media_type or "").partition(";")[0].strip().lower() == IS_JSON


NOTHING = Body()


def fields_of(operation: str, body: Body) -> Mapping[str, JSON]:
    """The fields that the operation knows. Raises Malformed."""
    wanted = _wanted(operation)
    # One that takes no body does not look at one.
    if not wanted.schemas or not (body.content or wanted.required):
        return {}
    sent = _object(body)
    known = {name: sent[name] for name in wanted.schemas if name in sent}
    if not all(fits(wanted.schemas[name], value) for name, value in known.items()):
        raise Malformed
    return known


def needs_body(operation: str) -> bool:
    return _wanted(operation).required


def good_bodies(operation: str) -> tuple[Body, ...]:
    """None, an empty one, and one with each field that the operation knows, in each of its values."""
    wanted = _wanted(operation)
    alone = [
        Body.of({name: value})
        for name, schema in wanted.schemas.items()
        for value in schema.get("enum", [{"boolean": True}.get(schema["type"], "x")])
    ]
    return *(() if wanted.required else (Body(), Body.of({}))), *alone


class _Wanted(NamedTuple):
    schemas: Mapping[str, Mapping[str, JSON]]
    required: bool


@cache
def _wanted(operation: str) -> _Wanted:
    """The fields that an operation takes, by name, and whether it must be sent any."""
    known = read()
    named = known.named(operation)
    body = known.at(named.pointer).schema.get("requestBody") if named else None
    if body is None:
        return _Wanted({}, False)
    schema = known.resolved(Place("", body["content"]["application/json"]["schema"])).schema
    fields = {name: known.resolved(Place("", each)).schema for name, each in schema["properties"].items()}
    return _Wanted(fields, body.get("required", False))


def _object(body: Body) -> Mapping[str, JSON]:
    if not body.is_json or len(body.content) > MOST:
        raise Malformed
    try:
        sent = json.loads(body.content.decode(), parse_constant=_no_number)
        json.dumps(sent, ensure_ascii=False).encode()  # A lone surrogate is no character.
    except ValueError:
        raise Malformed from None
    if not isinstance(sent, dict):
        raise Malformed
    return sent


def _no_number(text: str) -> JSON:
    raise ValueError(f"{text} is no JSON")


_NOTES: tuple[JSON, ...] = (5, None, True, ["x"], {"text": "x"})
_FLAGS: tuple[JSON, ...] = ("yes", "true", 1, 0, None, [])
# Also in the words in which an order then shows them.
_REASONS: tuple[JSON, ...] = ("because", "", "Requested", "requested_by_customer", " duplicate ", None, 5)
_NO_FIELDS: tuple[JSON, ...] = (None, [], [{}], "comment", 5, True, {"note": 1}, {"": ""})
_BROKEN = (b'{"comment": "x"', b"{'comment': 'x'}", b'{"comment": "x"}}', b"{" * 500, b"hello", b"[" * 500)
# What a reader makes of these is its own affair: RFC 8259 lets one be lenient.
_LENIENT = (b'{"comment": NaN}', b"\xff\xfe{\x00}\x00", b'{"comment": "\xff"}', b'{"comment": "\\ud800"}')

_LARGE = Body(b'{"comment": "' + b"x" * MOST + b'"}', IS_JSON)

# Each is refused by one operation or another, or taken although it looks odd: fields_of says which.
ODD_BODIES: tuple[Body, ...] = (
    NOTHING,
    Body(b"", IS_JSON),
    Body(b"{}", IS_JSON),
    *(Body.of(sent) for sent in _NO_FIELDS),
    *(Body.of({"comment": wrong}) for wrong in _NOTES),
    *(Body.of({"comment": "half", "shippingProvider": wrong}) for wrong in _NOTES),
    *(Body.of({note: 5}) for note in NOTES[1:]),
    *(Body.of({"sendOrderFulfilledEmail": wrong}) for wrong in _FLAGS),
    *(Body.of({"reason": wrong}) for wrong in _REASONS),
    *(Body.of({"comment": "typed"}, name) for name in (None, "", "text/plain", "application/jsonx")),
    *(Body.of({"comment": "typed"}, name) for name in (f"{IS_JSON}; charset=utf-8", "Application/JSON")),
    Body(b"comment=typed", "application/x-www-form-urlencoded"),
    *(Body(broken, IS_JSON) for broken in (*_BROKEN, *_LENIENT)),
    _LARGE,
)


def refused(operation: str, body: Body) -> bool:
    try:
        fields_of(operation, body)
    except Malformed:
        return True
    return False


def published() -> list[Body]:
    """Those of which the description says what becomes of them: no word of their size, of a note
    that is null, of no type at all."""
    return [
        body
        for body in ODD_BODIES
        if body is not _LARGE
        and body.content not in _LENIENT
        and not (b": null" in body.content and any(note.encode() in body.content for note in NOTES))
        and (body.media_type or body is NOTHING)
    ]
