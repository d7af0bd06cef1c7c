"""Read a saved docs page into the shape of a data file: its text, its markdown, or an OpenAPI document of it.

Fields are bullets since 2026 (bullets.py), or stand in an OpenAPI document (fragments.py). In the text of a page,
name, type and marks run together: `orderIdstringRead-only`, `Accept-VersionstringOptional`,
`shippingTrackingURLstring or nullformat: "uri"`. A line that is not of that form is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.spec.pages import bullets, fragments

METHODS = "GET|POST|PUT|PATCH|DELETE"
SECTIONS = {
    "authentication": "authentication",
    "path parameters": "path parameters",
    "query parameters": "query parameters",
    "headers": "headers",
    "request": "request fields",
    "request body": "request fields",
    "body": "request fields",
    "payload": "request fields",
    "response": "response fields",
    "errors": "errors",
}
# Longest first, so that `datetime` is not taken for `date`.
SCALAR = "string|integer|long|number|double|boolean|datetime|date|uuid|object|enum|any"
# English words end like this too ("update", "company"); without a mark they are prose.
WORD_ENDINGS = ("date", "any", "long")
PLURAL = "strings|integers|longs|numbers|doubles|booleans|objects|enums|maps from strings to any"
KIND = rf"(?:list of (?:{PLURAL})|map from strings to any|{SCALAR})(?: or null)?"
MARK = r'Read-only|Required|Optional|format: ?"[^"]*"|[<>]=-?\d+|Defaults? to \S+'
FIELD = r"(?P<name>[A-Za-z_][\w-]*?){gap}(?P<kind>{kind})(?P<marks>(?:{gap}(?:{mark}))*)"
GLUED = re.compile(FIELD.format(gap="", kind=KIND, mark=MARK))
# In markdown the parts stand apart; in plain text two words apart are prose ("An object").
APART = re.compile(FIELD.format(gap=r"[\s:,()]*", kind=KIND, mark=MARK) + r"\)?")
MARKDOWN = re.compile(r"\s*([-*+|]\s|\*\*|`)")
# Not a field that we can read, and yet it looks like one: a mark glued to a word, or a name and nothing else.
FIELDLIKE = re.compile(rf".*\w(?:{MARK})|[a-z]+[A-Z_]\w*")
SCOPE = re.compile(r"required scopes?\W+(?P<scope>\w+:\w+)", re.IGNORECASE)
# An address of an operation, in whatever form; and the page's own, which ends in what it is about.
ADDRESS = re.compile(r"(?:https?://[\w.-]+)?/(?:v2/|beta/)?sites/[\w{}:<>$./-]+[\w}>]")
REFERENCE = re.compile(
    r"developers\.webflow\.com/\S*/(?P<slug>[a-z0-9_-]+)(?:\.mdx?)?(?=[\s)]|$)", re.MULTILINE
)
ENDPOINT = re.compile(rf"(?P<method>{METHODS})\b\s*(?P<path>(?:https?://\S+|/\S+)?)")
STATUS = re.compile(r"(?P<status>[1-5]\d\d)\b(?!\d)|(?P<glued>[1-5]\d\d)(?=[A-Z])")
LISTED = re.compile(r"(?:Allowed values|One of)[: ]+(?P<values>.+)")
DEFAULT = re.compile(r"Defaults? to (\S+?)\.?")


class UnreadablePage(Exception):
    """Why a page cannot be read."""


def read(text: str) -> list[dict[str, Any]]:
    """What is in a file: one page, or one for each operation of an OpenAPI document."""
    data = fragments.document(text)
    found = list(fragments.parse(data)) if data else [parse(text)]
    for page in found:
        # What is said in a group of operations is said of one of them.
        page["mentions"] = mentions(text) if len(found) == 1 else set()
        page |= told(page.pop("description") if data else text)
    return found


def mentions(text: str) -> set[str]:
    """The paths that a page speaks of, in its URLs and its samples; the last words of its own address."""
    paths = {found[0] for found in ADDRESS.finditer(text)}
    return paths | {found["slug"] for found in REFERENCE.finditer(text)}


def told(text: str) -> dict[str, str]:
    """What prose tells: the scope."""
    found = SCOPE.search(text)
    return {"scope": found["scope"]} if found else {}


def parse(text: str) -> dict[str, Any]:
    """The page as a data file would have it: fields under their section, one line of the notation each."""
    if "\0" in text or re.match(r"\s*<(!doctype|html)", text, re.IGNORECASE):
        raise UnreadablePage("it is not text; save the page's text or markdown, not its HTML")
    lines = [(line, bool(MARKDOWN.match(raw))) for raw in text.splitlines() if (line := plain(raw))]
    if not lines:
        raise UnreadablePage("it is empty")
    page = bullets.parse(text) | top(text) if bullets.are_in(text) else glued(lines)
    if not any(page.get(section) for section in SECTIONS.values() if section != "authentication"):
        raise UnreadablePage(
            "no field, parameter or status was found in it; is it a page of the API reference?"
        )
    return page


def top(text: str) -> dict[str, Any]:
    """Method and path, on the first line that has them."""
    return next((found for line in text.splitlines() if "method" in (found := head(plain(line)))), {})


def glued(lines: list[tuple[str, bool]]) -> dict[str, Any]:
    """A page on which each field is one line of text."""
    page: dict[str, Any] = {"title": lines[0][0], "unread": []}
    section, last = "", ""
    for line, markdown in lines[1:]:
        heading = SECTIONS.get(line.rstrip(":").lower())
        if heading:
            section, last = heading, ""
            page.setdefault(section, [] if section == "errors" else {})
        elif section == "errors":
            page["errors"] += statuses(line)
        elif section in ("", "authentication") or SCOPE.search(line):
            page |= head(line)
        else:
            last = read_line(page, section, last, line, APART if markdown else GLUED)
    return page


def plain(line: str) -> str:
    """A line without its markdown: heading marks, bullets, emphasis, backticks, the bars of a table."""
    line = re.sub(r"^\s*(#+|[-*+]|\|)\s+", "", line.strip())
    line = re.sub(r"[*`]+|\s*\|\s*$", "", line).replace("\\_", "_")
    return line.replace(" | ", " ").strip()


def head(line: str) -> dict[str, Any]:
    """What stands before the first section: scope, method and path; and in the one on authentication."""
    if found := SCOPE.search(line):
        return {"scope": found["scope"]}
    if found := ENDPOINT.fullmatch(line):
        path = re.sub(r"^https?://[^/]+", "", found["path"])
        path = re.sub(r":(\w+)", r"{\1}", path)
        return {"method": found["method"]} | ({"path": path} if path else {})
    if re.match(r"Authorization\s*Bearer|Bearer authentication", line):
        return {"authentication": "Bearer"}
    return {}


def statuses(line: str) -> Iterator[str]:
    if found := STATUS.match(line):
        yield found["status"] or found["glued"]


def read_line(page: dict[str, Any], section: str, last: str, line: str, form: re.Pattern[str]) -> str:
    """Put a field into its section, or what a description adds to the field above it."""
    fields = page[section]
    found = form.fullmatch(line)
    if found and not found["marks"] and found["kind"] in WORD_ENDINGS:
        found = None
    if found and found["name"] not in fields:
        fields[found["name"]] = ", ".join([found["kind"], *marks(found["marks"])])
        return found["name"]
    kind, _, rest = fields.get(last, "").partition(", ")
    if (listed := LISTED.match(line)) and kind in ("enum", "enum or null"):
        fields[last] = ", ".join(
            [f"{kind} [{', '.join(enumerated(listed['values']))}]", *([rest] if rest else [])]
        )
    elif (stated := DEFAULT.fullmatch(line)) and last:
        fields[last] += f", default {stated[1]}"
    elif found or FIELDLIKE.fullmatch(line):
        page["unread"].append(line)
    return last


def marks(text: str) -> Iterator[str]:
    """A page's marks in the notation's words."""
    for mark in re.findall(MARK, text):
        if mark[:2] in ("<=", ">="):
            yield f"at {'most' if mark[0] == '<' else 'least'} {mark[2:]}"
        elif mark.startswith("format"):
            yield "format " + mark.split('"')[1]
        elif stated := DEFAULT.fullmatch(mark):
            yield f"default {stated[1]}"
        else:
            yield mark.lower()


def enumerated(text: str) -> list[str]:
    """The values of `pending, fulfilled, or refunded`."""
    return [
        value
        for part in re.split(r",\s*|\s+or\s+", text.rstrip(". "))
        if (value := part.removeprefix("or ").strip())
    ]
