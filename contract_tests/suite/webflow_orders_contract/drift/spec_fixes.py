"""What in the description would have to change so that what was seen fits it; each with the evidence for it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..description import Place, escape, types_of, words_of
from .recordings import Answers

EVIDENCE = "x-evidence"
# Stands for the name of the recording, which only the report knows.
SOURCE = "\N{SYMBOL FOR SUBSTITUTE}"


@dataclass(frozen=True)
class Change:
    """Set what is at this pointer of the description, be it there or new."""

    pointer: str
    value: Any


def _with_evidence(schema: Mapping[str, Any], what: str) -> dict[str, Any]:
    return {**schema, EVIDENCE: evidence(what)}


def evidence(what: str) -> str:
    return f"observed: {what} [{SOURCE}]"


def another_type(place: Place, base: str, times: int, of: int) -> Change:
    schema: dict[str, Any] = copy.deepcopy(dict(place.schema))
    if "$ref" in schema:
        schema = {"oneOf": [{"$ref": schema.pop("$ref")}, {"type": base}], **schema}
    elif "oneOf" in schema or "anyOf" in schema:
        schema["oneOf" if "oneOf" in schema else "anyOf"].append({"type": base})
    else:
        schema["type"] = [*types_of(schema), base]
        if base == "null" and "enum" in schema:
            schema["enum"].append(None)
    return Change(place.pointer, _with_evidence(schema, f"{base} in {times} of {of}"))


def without_format(place: Place, times: int, of: int) -> Change:
    schema = {name: value for name, value in place.schema.items() if name != "format"}
    what = f"not {place.schema['format']} in {times} of {of}"
    return Change(place.pointer, _with_evidence(schema, what))


def more_words(place: Place, words: list[str], times: int, of: int) -> Change:
    schema = copy.deepcopy(dict(place.schema))
    schema["enum" if "enum" in schema else "x-extensible-enum"] += words
    return Change(place.pointer, _with_evidence(schema, f"{', '.join(words)}, in {times} of {of}"))


def not_required(owner: Place, name: str, times: int, of: int) -> list[Change]:
    left = [each for each in owner.schema["required"] if each != name]
    what = evidence(f"{name} is missing from {times} of {of}")
    return [Change(f"{owner.pointer}/required", left), Change(f"{owner.pointer}/{EVIDENCE}", what)]


def header_not_sure(header: Place, times: int, of: int) -> list[Change]:
    what = evidence(f"missing from {times} of {of} answers")
    return [Change(f"{header.pointer}/required", False), Change(f"{header.pointer}/{EVIDENCE}", what)]


def new_header(response: Place, name: str, times: int, of: int) -> Change:
    header = {"description": "Undocumented.", "schema": {"type": "string"}}
    what = f"in {times} of {of} answers; documented nowhere"
    return Change(f"{response.pointer}/headers/{escape(name)}", _with_evidence(header, what))


def new_field(owner: Place, name: str, pointer: str, group: Answers) -> Change:
    of = group.times(pointer.rpartition("/")[0], "object")
    what = f"in {group.times(pointer)} of {of}; documented nowhere"
    return Change(f"{owner.pointer}/properties/{name}", _with_evidence(shape_of(group, pointer), what))


def new_status(operation: str, group: Answers) -> Change:
    response: dict[str, Any] = {"description": "Undocumented."}
    for media in group.media:
        schema = {"schema": shape_of(group, "")} if media == "application/json" and "" in group.seen else {}
        response.setdefault("content", {})[media] = schema
    times = f"{group.count} times" if group.count > 1 else "once"
    changed = _with_evidence(response, f"answered {times}; documented nowhere")
    return Change(f"{operation}/responses/{group.status}", changed)


def shape_of(group: Answers, pointer: str) -> dict[str, Any]:
    """A schema for what was seen at a pointer, and below it."""
    types = group.seen[pointer]["types"]
    bases = sorted({name.split(":")[0] for name in types}, key=lambda base: (base == "null", base))
    schema: dict[str, Any] = {"type": bases[0] if len(bases) == 1 else bases}
    if {name for name in types if name.startswith("string")} == {"string:date-time"}:
        schema["format"] = "date-time"
    members = _below(group, pointer)
    if "object" in bases and members:
        schema["properties"] = {name: shape_of(group, f"{pointer}/{name}") for name in members if name != "*"}
    if "array" in bases and "*" in members:
        schema["items"] = shape_of(group, f"{pointer}/*")
    return schema


def _below(group: Answers, pointer: str) -> list[str]:
    depth = pointer.count("/") + 1
    return [
        each.rpartition("/")[2]
        for each in group.seen
        if each.startswith(f"{pointer}/") and each.count("/") == depth
    ]


def applied(document: Mapping[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The description with the changes made."""
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    for change in changes:
        node: Any = changed
        *path, last = words_of(change.pointer)
        for word in path:
            node = node[int(word)] if isinstance(node, list) else node.setdefault(word, {})
        node[int(last) if isinstance(node, list) else last] = change.value
    return changed
