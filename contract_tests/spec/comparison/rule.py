"""The evidence rule: when does an `x-evidence` line explain that the spec is not what a document says?

It must stand beside the place that differs, and its sentence must name what differs.

*Beside* is, nearest first: the place itself; what it refers to, its alternatives and its items, unless that
is an object, whose evidence speaks of its members; the object that owns the place. (What is required is known
to the place and its owner alone.) For a parameter, an answer or a header: itself or what it refers to. For
security, and for what an operation lacks: the operation.

*To name* is to use the word of the table:

    what differs                                        the sentence must have
    ------------------------------------------------    --------------------------------------------------
    a type that only one side has                       that type (integer or whole, number or double, ...)
    null, which only the spec allows                    null
    null, which only the document allows                never null
    a format that is another, or that is added          the document's format, or else the spec's
    an enum whose values the document does not list     enum
    an enum that is open in the spec                    enum, and: open
    an enum value, a mark (required, default, ...) or   that value; require or always, default, read-only,
      a limit that only the spec has                    bounds or minimum or maximum, pattern or digits
    a default or a limit that is not the same           those words, and the document's value
    a field, parameter or status that only the spec     documented, and: alone, nowhere or neither
      has (the line stands at the thing itself)
    such a status, if its answer is shared with the    that, and: operations of (the tag)
      operations of another tag
    a header of an answer that only the spec has        nothing
    an object whose fields no document lists            fields
    another body; a word in an example of an error      body or bodies; that word
    a scheme that only the spec accepts                 token
    whatever else only the document has: a field,       its name, and in the same clause: left out, without,
      a status, a format, an enum value, a mark ...     not in, not kept, not fit or means nothing

So a line that excuses a null does not excuse a changed type, and a value that Webflow adds tomorrow
is not excused by a line that was written yesterday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from contract_tests.spec.comparison.notation import Fact, shown
from contract_tests.spec.comparison.specfile import Evidence, Node, Spec

NULL, NEVER_NULL, BODY, SCHEME = r"\bnull\b", r"\bnever null\b", r"\bbod(y|ies)\b", r"\btokens?\b"
GONE = r"\b(left out|without|not in|not kept|not fit|means nothing)\b"
ALONE = (r"\bdocumented\b", r"\b(alone|nowhere|neither)\b")
FIELDS = r"\bfields\b"
REQUIRED = r"\b(requires?d?|always)\b"
OBJECT = r"\b(objects?|maps?)\b"
TYPES = {
    "integer": r"\b(integers?|whole)\b",
    "number": r"\b(numbers?|double)\b",
    "tuple": r"\barray of schemas\b",
    "object": OBJECT,
    "array": r"\b(arrays?|list)\b",
}
LIMITS = {"minimum": r"\b(bounds|minimum)\b", "maximum": r"\b(bounds|maximum)\b"}


class Clash(NamedTuple):
    """What differs, and the patterns that the sentence must match."""

    what: str
    needs: tuple[str, ...]
    of_owner: bool = False


@dataclass(frozen=True)
class Difference:
    """One thing on which a document and the spec do not agree."""

    operation: str
    section: str
    name: str
    what: str
    documented: str
    spec: str
    evidence: Evidence | None

    @property
    def new(self) -> bool:
        return self.evidence is None

    def __str__(self) -> str:
        reason = self.evidence.text if self.evidence else "no x-evidence in openapi.yaml explains it"
        return f"{self.operation}, {self.section}: {self.name}: {self.what} ({reason})"


def named(word: str) -> str:
    """The pattern of a name: that word and no longer one."""
    return rf"(?<![\w-]){re.escape(word)}(?![\w-])"


def gone(word: str) -> str:
    """The pattern of a clause that says of a word that the spec does without."""
    return rf"{word}[^;.]*{GONE}|{GONE}[^;.]*{word}"


def explanation(spec: Spec, holders: Iterable[Node], needs: Sequence[str]) -> Evidence | None:
    """The nearest evidence whose sentence names all that it must."""
    for node in holders:
        evidence = spec.beside(node)
        if evidence and all(re.search(need, evidence.sentence, re.IGNORECASE) for need in needs):
            return evidence
    return None


def clashes(page: Fact, ours: Fact, silent: Set[str] = frozenset()) -> Iterator[Clash]:
    """How a field in the spec is not what a document says. What a document is silent about is ignored."""
    if not page.types:
        return
    odd = page.types ^ ours.types
    if odd:
        what = f"the document says {shown(_bare(page))}, the spec {shown(_bare(ours))}"
        yield Clash(what, tuple(TYPES.get(kind, rf"\b{kind}s?\b") for kind in sorted(odd)))
    if page.nullable and not ours.nullable:
        yield Clash("it may be null in the document, not in the spec", (NEVER_NULL,))
    if ours.nullable and not page.nullable and "null" not in silent:
        yield Clash("it may be null in the spec, not in the document", (NULL,))
    if page.format != ours.format and not ("format" in silent and page.format is None):
        what = f"the document has {_format(page.format)}, the spec {_format(ours.format)}"
        form = named(page.format or ours.format or "")
        yield Clash(what, (form if ours.format else gone(form),))
    yield from _enum_clashes(page, ours, silent)
    yield from _mark_clashes(page, ours, silent)
    if page.item and ours.item:
        yield from clashes(page.item, ours.item, silent)


def _bare(fact: Fact) -> Fact:
    return Fact(types=fact.types, item=Fact(types=fact.item.types) if fact.item else None)


def _format(form: str | None) -> str:
    return f"format {form}" if form else "no format"


def _enum_clashes(page: Fact, ours: Fact, silent: Set[str]) -> Iterator[Clash]:
    if page.enum is None:
        if ours.enum is not None and "enum" not in silent:
            yield Clash("it is an enum in the spec alone", (r"\benum\b",))
        return
    if not page.enum:
        if ours.enum is None:
            yield Clash("it is an enum in the document alone", (r"\benum\b",))
        elif "enum" not in silent:
            what = f"the spec lists the values that the document leaves out: {', '.join(ours.enum)}"
            yield Clash(what, (r"\benum\b",))
        return
    if ours.open_enum:
        yield Clash("the enum is open in the spec, closed in the document", (r"\benum\b", r"\bopen\b"))
    for value in page.enum:
        if value not in (ours.enum or ()):
            yield Clash(f"the spec lacks the enum value {value}", (gone(named(value)),))
    for value in ours.enum or ():
        if value not in page.enum:
            yield Clash(f"the document lacks the enum value {value}", (named(value),))


def _mark_clashes(page: Fact, ours: Fact, silent: Set[str]) -> Iterator[Clash]:
    if page.read_only != ours.read_only and not ("read-only" in silent and ours.read_only):
        what = f"it is read-only in the {_one(page.read_only)} alone"
        yield Clash(what, _lost("read-?only", page.read_only))
    if bool(page.required) != bool(ours.required) and not ("required" in silent and page.required is None):
        what = f"it is required in the {_one(page.required)} alone"
        yield Clash(what, _lost(REQUIRED, page.required), of_owner=True)
    if page.default != ours.default and not ("default" in silent and not page.default):
        what = f"the document has {_default(page)}, the spec {_default(ours)}"
        yield Clash(what, _lost(r"\bdefault\b", not ours.default) + _both(*page.default, *ours.default))
    for key in sorted({*page.limits, *ours.limits}):
        theirs, mine = page.limits.get(key), ours.limits.get(key)
        if theirs != mine and not ("limits" in silent and theirs is None):
            what = f"{key} is {_set(theirs)} in the document, {_set(mine)} in the spec"
            needs = _lost(LIMITS.get(key, r"\b(pattern|digits)\b"), mine is None)
            yield Clash(what, needs + (() if theirs is None or mine is None else _both(theirs, mine)))
    if page.may_be_empty != ours.may_be_empty and not ("limits" in silent and ours.may_be_empty):
        what = f"it may be empty in the {_one(page.may_be_empty)} alone"
        yield Clash(what, _lost("allowEmptyValue", page.may_be_empty))


def _both(*values: object) -> tuple[str, ...]:
    """Where each side has a value, and not the same, the sentence must have the document's."""
    return (named(str(values[0])),) if len(values) == 2 else ()


def _lost(word: str, lost: bool | None) -> tuple[str, ...]:
    return (gone(word) if lost else word,)


def _one(documented: bool | None) -> str:
    return "document" if documented else "spec"


def _default(fact: Fact) -> str:
    return f"the default {fact.default[0]!r}" if fact.default else "no default"


def _set(limit: object) -> object:
    return "not set" if limit is None else limit
