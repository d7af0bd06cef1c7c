"""What a recording shows, held against the description: where they differ, how often, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..description import JUDGED, Description, Place, is_of, types_of, words_of as path_of
from ..gateway.words import CUSTOMERS, HIDDEN, words_of
from . import spec_fixes
from .recordings import Answers
from .spec_fixes import Change

# Headers of HTTP itself, and of what stands between a server and the world: no part of an API's description.
_USUAL = """
accept-ranges age allow alt-svc cache-control connection content-encoding content-length
content-type date etag expires keep-alive last-modified location nel pragma report-to server
server-timing set-cookie strict-transport-security transfer-encoding vary via x-powered-by
cf-cache-status cf-ray x-cache x-cache-hits x-served-by x-timer referrer-policy
x-content-type-options x-frame-options x-xss-protection content-security-policy
access-control-allow-origin access-control-expose-headers surrogate-control
"""
USUAL = frozenset(_USUAL.split())
NOTES = ("never seen",)
NOT_SHOWN = f"a word that no {CUSTOMERS} customers of one page have in common, and so is not shown"


@dataclass(frozen=True)
class Finding:
    """`spec` and `seen` are words for people; `times` of `of` is how often."""

    operation: str
    status: int
    pointer: str
    kind: str
    spec: str
    seen: str
    times: int
    of: int
    changes: list[Change] = field(default_factory=list, compare=False)

    @property
    def is_drift(self) -> bool:
        """Whether the description is wrong; or only says more than was seen."""
        return self.kind not in NOTES


def compared(description: Description, answers: list[Answers]) -> list[Finding]:
    return [finding for each in answers for finding in _group(description, each)]


def _group(description: Description, group: Answers) -> Iterator[Finding]:
    response = description.response(group.operation, group.status)
    if response is None:
        known = description.named(group.operation)
        if known is not None:
            changes = [spec_fixes.new_status(known.pointer, group)]
            yield _finding(group, "", "new status", "no such status", str(group.status), group.count, changes)
        return
    yield from _headers(description, group, response)
    declared = response.schema.get("content", {})
    for media, count in group.media.items():
        if media not in declared:
            yield _finding(group, "", "new media type", ", ".join(declared) or "no body", media, count)
    for pointer in group.seen:
        yield from _at(description, group, pointer)


def _finding(
    group: Answers,
    pointer: str,
    kind: str,
    spec: str,
    seen: str,
    times: int,
    changes: list[Change] | None = None,
) -> Finding:
    of = group.times(pointer.rpartition("/")[0], "object") if pointer else group.count
    return Finding(
        group.operation, group.status, pointer, kind, spec, seen, times, max(of, times), changes or []
    )


def _headers(description: Description, group: Answers, response: Place) -> Iterator[Finding]:
    declared = {name.lower(): name for name in response.schema.get("headers", {})}
    for name, count in group.headers.items():
        if name not in declared and name not in USUAL:
            changes = [spec_fixes.new_header(response, name, count, group.count)]
            yield _finding(group, "", "new header", "no such header", name, count, changes)
    for lower, name in declared.items():
        place = Place(f"{response.pointer}/headers/{name}", response.schema["headers"][name])
        header = description.resolved(place)
        missing = group.count - group.headers.get(lower, 0)
        if missing and header.schema.get("required"):
            changes = spec_fixes.header_not_sure(header, missing, group.count)
            yield _finding(group, "", "header missing", f"{name}, required", "absent", missing, changes)


def places_at(description: Description, group: Answers, pointer: str) -> list[Place]:
    places = description.body(group.operation, group.status)
    for name in path_of(pointer):
        places = description.items(places) if name == "*" else description.child(places, name)
    return places


def _at(description: Description, group: Answers, pointer: str) -> Iterator[Finding]:
    places = places_at(description, group, pointer)
    if not places:
        yield from _unknown(description, group, pointer)
        return
    flat = description.flat(places)
    found = [
        *_types(group, pointer, places, flat),
        *_formats(group, pointer, places, flat),
        *_words(group, pointer, flat),
        *_members(group, pointer, flat),
    ]
    unfit = group.seen[pointer]["unfit"]
    if unfit and not found and any(each.schema.keys() & {"pattern", "minimum", "maximum"} for each in flat):
        found.append(_finding(group, pointer, "does not fit", said(flat), "another value", unfit))
    yield from found


def _unknown(description: Description, group: Answers, pointer: str) -> Iterator[Finding]:
    parent, _, name = pointer.rpartition("/")
    owners = [
        each
        for each in description.flat(places_at(description, group, parent))
        if "properties" in each.schema
    ]
    # Of what is unknown as a whole, its parts need no mention.
    if pointer and name != "*" and owners:
        changes = [spec_fixes.new_field(owners[0], name, pointer, group)]
        seen, times = render(group.seen[pointer]["types"]), group.times(pointer)
        yield _finding(group, pointer, "unknown field", "no such field", seen, times, changes)


def _types(group: Answers, pointer: str, places: list[Place], flat: list[Place]) -> Iterator[Finding]:
    types = group.seen[pointer]["types"]
    for base in sorted({name.split(":")[0] for name in types}):
        if any(is_of(base, types_of(each.schema)) for each in flat):
            continue
        times = group.times(pointer, base)
        kind = "undocumented null" if base == "null" else "wrong type"
        mend = spec_fixes.another_type(places[0], base, times, group.times(pointer))
        yield _finding(group, pointer, kind, said(flat), base, times, [mend])


def _formats(group: Answers, pointer: str, places: list[Place], flat: list[Place]) -> Iterator[Finding]:
    texts = [each for each in flat if "string" in types_of(each.schema)]
    wanted = {each.schema.get("format") for each in texts}
    if len(wanted) != 1 or not wanted <= set(JUDGED):
        return
    (name,) = wanted
    types = group.seen[pointer]["types"]
    other = {each: n for each, n in types.items() if each.startswith("string") and each != f"string:{name}"}
    if other:
        mend = spec_fixes.without_format(texts[0], sum(other.values()), group.times(pointer))
        yield _finding(group, pointer, "wrong format", said(flat), render(other), sum(other.values()), [mend])


def _words(group: Answers, pointer: str, flat: list[Place]) -> Iterator[Finding]:
    known = words_of(flat)
    owner = next((each for each in flat if each.schema.keys() & {"enum", "x-extensible-enum"}), None)
    if known is None or owner is None:
        return
    new = {word: count for word, count in group.seen[pointer]["words"].items() if word not in known}
    hidden = new.pop(HIDDEN, 0)
    if new:
        seen, times = ", ".join(sorted(new)), sum(new.values())
        mend = spec_fixes.more_words(owner, sorted(new), times, group.times(pointer))
        yield _finding(group, pointer, "new enum value", f"{len(known)} words", seen, times, [mend])
    if hidden:
        yield _finding(group, pointer, "new enum value", f"{len(known)} words", NOT_SHOWN, hidden)


def _members(group: Answers, pointer: str, flat: list[Place]) -> Iterator[Finding]:
    objects = group.times(pointer, "object")
    owners = [each for each in flat if "properties" in each.schema]
    if not objects or len(owners) != 1:
        return  # of several kinds of object it is not known which one it was
    owner = owners[0]
    required = owner.schema.get("required", [])
    for name, schema in owner.schema["properties"].items():
        below = f"{pointer}/{name}"
        times = group.times(below)
        if name in required and times < objects:
            changes = spec_fixes.not_required(owner, name, objects - times, objects)
            yield _finding(
                group, below, "required, but missing", "required", "absent", objects - times, changes
            )
        elif not times and group.status < 300:
            yield _finding(group, below, "never seen", said_of(schema), "absent", objects)


def said(flat: list[Place]) -> str:
    return " or ".join(dict.fromkeys(said_of(each.schema) for each in flat))


def said_of(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    parts = schema.get("oneOf") or schema.get("anyOf")
    if parts:
        return " or ".join(said_of(part) for part in parts)
    words = (
        "one of " + ", ".join(map(str, schema["enum"])) if "enum" in schema else " or ".join(types_of(schema))
    )
    return f"{words or 'anything'} {schema.get('format', '')}".strip()


def render(types: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace(':', ' ')} {count}" for name, count in sorted(types.items()))
