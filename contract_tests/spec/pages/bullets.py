"""Read a docs page whose fields are bullets, as `<page>.md` has them since 2026:

    ### Query parameters

    - `status` (enum, optional, nullable) — What it is
      - Allowed values: `pending`, `fulfilled`

A field of an object stands below it, indented; its name in the result is the path to it: `customerPaid.unit`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.spec.comparison import notation

SECTIONS = {
    "path parameters": "path parameters",
    "query parameters": "query parameters",
    "headers": "headers",
    "header parameters": "headers",
    "body": "request fields",
    "request body": "request fields",
    "payload": "request fields",
}
FIELD = re.compile(
    r"(?P<indent>\s*)[-*+] `(?P<name>[^`]+)` \((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)(?P<text>.*)"
)
FIELDLIKE = re.compile(r"(?P<indent>\s*)[-*+] `(?P<name>[^`]+)`(?P<text>.*)")
LISTED = re.compile(r"\s*[-*+] (?:Allowed values|One of|Values?): *(?P<values>.+)")
HEADING = re.compile(r"#{2,6} (?P<words>.+?)(?: \([\w/+.-]+\))?\s*")
STATUS = re.compile(r"(?P<status>[1-5]\d\d)\b.*")
ARRAY = re.compile(r"(?:array|list) of (?P<of>.+)|(?P<item>.+)\[\]|(?:array|list)<(?P<inner>.+)>")
WORDS = {*notation.WORDS, "any"}
# What such a page does not print at all where it prints it nowhere.
UNPRINTED = {"format": "format ", "read-only": "read-only", "limits": "at "}


def are_in(text: str) -> bool:
    return any(FIELD.fullmatch(line) for line in text.splitlines())


def parse(text: str) -> dict[str, Any]:
    """The page as a data file would have it; nested fields under their path."""
    lines = text.splitlines()
    title = next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")
    page: dict[str, Any] = {"title": title, "unread": []}
    section, parents = "", [(-1, "")]
    for line in lines:
        if heading := HEADING.fullmatch(line):
            section, parents = _section(heading["words"], section, page), [(-1, "")]
        elif section and section != "errors":
            parents = _line(page, section, parents, line)
        elif "`Authorization`" in line and "bearer" in line.lower():
            page["authentication"] = "Bearer"
    printed = [field for each in page.values() if isinstance(each, dict) for field in each.values()]
    page["silent"] = {
        what for what, mark in UNPRINTED.items() if not any(f", {mark}" in each for each in printed)
    }
    return page


def _section(words: str, before: str, page: dict[str, Any]) -> str:
    """Which section begins with this heading; nothing where its bullets are no fields."""
    found = SECTIONS.get(words.lower(), "")
    if status := STATUS.fullmatch(words):
        if status["status"].startswith("2"):
            found = "response fields"
        else:
            page.setdefault("errors", []).append(status["status"])
    if found:
        page.setdefault(found, {})
    return found


def _line(
    page: dict[str, Any], section: str, parents: list[tuple[int, str]], line: str
) -> list[tuple[int, str]]:
    """Put a field under its path, or add to the field above what stands below it; the fields that are open now."""
    fields = page[section]
    found = FIELD.fullmatch(line)
    if found:
        depth = len(found["indent"].expandtabs())
        parents = [parent for parent in parents if parent[0] < depth]
        path = f"{parents[-1][1]}.{found['name']}".lstrip(".")
        try:
            fields[path] = ", ".join(_notation(found["inside"]))
        except ValueError:
            page["unread"].append(line.strip())
        return [*parents, (depth, path)]
    last = parents[-1][1]
    if fields.get(last, "").startswith(("enum", "list of enum")):
        values = re.findall(r"`([^`]+)`", listed["values"]) if (listed := LISTED.fullmatch(line)) else []
        lone = FIELDLIKE.fullmatch(line)
        if lone and not lone["text"].strip(" —-:"):
            values = [lone["name"]]
        if values:
            fields[last] = _with_values(fields[last], values)
            return parents
    if FIELDLIKE.fullmatch(line):
        page["unread"].append(line.strip())
    return parents


def _with_values(line: str, values: list[str]) -> str:
    """The line of an enum with these values as well."""
    head, bracket, rest = line.partition(" [")
    if bracket:
        return f"{head} [{rest.replace(']', ', ' + ', '.join(values) + ']', 1)}"
    kind, comma, marks = line.partition(", ")
    return f"{kind} [{', '.join(values)}]{comma}{marks}"


def _notation(inside: str) -> Iterator[str]:
    """What stands in the brackets behind a name, in the notation's words. Raises ValueError."""
    kind, *marks = [part.strip(" `") for part in inside.split(",")]
    nullable = " or null" if "nullable" in marks else ""
    yield _kind(kind.lower()) + nullable
    for mark in marks:
        word, _, value = (part.strip(" `\"'") for part in mark.partition(":"))
        match word.lower(), value:
            case "nullable" | "deprecated", "":
                pass
            case (("required" | "optional" | "read-only"), ""):
                yield word.lower()
            case (("format" | "default"), _) if value:
                yield f"{word.lower()} {value}"
            case (("min" | "minimum" | "max" | "maximum"), _) if re.fullmatch(r"-?\d+", value):
                yield f"at {'least' if word.lower().startswith('min') else 'most'} {value}"
            case _:
                raise ValueError(mark)


def _kind(text: str) -> str:
    if found := ARRAY.fullmatch(text):
        inner = _kind(next(filter(None, found.groups())))
        return notation.list_of(inner)
    if text.startswith("map"):
        return "map from strings to any"
    word = text.removesuffix("s") if text.removesuffix("s") in WORDS else text
    if word not in WORDS:
        raise ValueError(text)
    return word
