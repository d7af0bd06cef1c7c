"""`make docs PAGE=<saved page>`: how a docs page differs from openapi.yaml, field by field.

Save the page's text, its markdown (.md, .mdx), or the OpenAPI document of a page or a group, in a file. Exit
status: 0 when openapi.yaml says why wherever it is not what the page says, 1 when something on the page is new, 2
when the page cannot be read.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from contract_tests.spec.comparison import datafiles
from contract_tests.spec.comparison.compare import compare
from contract_tests.spec.comparison.rule import Difference
from contract_tests.spec.comparison.specfile import Operation, Spec, load
from contract_tests.spec.pages import reader
from contract_tests.spec.pages.reader import UnreadablePage

# A section of the report: its title, its key in a page, its name in a difference.
SECTIONS = (
    ("Path parameters", "path parameters", "path parameters"),
    ("Query parameters", "query parameters", "query parameters"),
    ("Headers", "headers", "headers"),
    ("Request fields", "request fields", "request"),
    ("Response fields", "response fields", "response"),
    ("Errors", "errors", "errors"),
)
HEAD = ("title", "method", "path", "scope", "authentication")
LEGEND = (
    "= as in the spec   ~ differs, and why   + only in the spec, and why   ! new: the spec does not say why"
)


def decide(page: dict[str, Any], spec: Spec) -> Operation:
    """Which operation the page is about. A trait that fits no operation that is left is passed over."""
    known = list(spec.operations())
    left = next(
        (
            found
            for trait in (_title, _path, _mentioned)
            if (found := [e for e in known if trait(page, e, spec)])
        ),
        [],
    )
    if not left:
        raise UnreadablePage(f"no operation has the title {page['title']!r}; name one with --operation")
    for trait in (_path, _method, _mentioned, _versioned, _scope):
        left = [operation for operation in left if trait(page, operation, spec)] or left
    if len(left) > 1:
        names = " or ".join(operation.id for operation in left)
        raise UnreadablePage(f"it could be {names}; name one with --operation")
    return left[0]


def _title(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    return bool(page["title"].lower() == operation.node["summary"].removesuffix(" (v1)").lower())


def _path(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    return "path" in page and page["path"] in (operation.path, operation.path.removeprefix("/v2"))


def _mentioned(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    """The page has an address of the operation somewhere, or ends its own with the operation's name."""
    form = re.escape(operation.path).replace(r"\{", "{").replace(r"\}", "}")
    form = re.sub(r"{\w+}", r"[^/]+", form)
    short = form.removeprefix("/v2")
    # An address with a host has the version where it belongs; one without may leave it to the server.
    pattern = re.compile(rf"https?://[^/]+{form}|{form}|{short}")
    return any(pattern.fullmatch(each) or each == operation.id for each in page.get("mentions", ()))


def _method(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    return bool(page.get("method") == operation.method)


def _versioned(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    """v1 pages print the header that v1 operations have."""
    names = {spec.whole(parameter)["name"] for parameter in operation.node.get("parameters", [])}
    return ("Accept-Version" in page.get("headers", {})) == ("Accept-Version" in names)


def _scope(page: dict[str, Any], operation: Operation, spec: Spec) -> bool:
    scopes = [
        scope for entry in operation.node.get("security", []) for found in entry.values() for scope in found
    ]
    return page.get("scope") in scopes


def report(
    page: dict[str, Any], operation: Operation, differences: Sequence[Difference], spec: Spec
) -> Iterator[str]:
    """The report, line by line."""
    yield f"{page['title']}: {operation.id}, {operation.method} {operation.path}"
    yield LEGEND
    by_section: dict[str, list[Difference]] = {}
    for difference in differences:
        by_section.setdefault(difference.section, []).append(difference)
    head = {key: str(page[key]) for key in HEAD if page.get(key)}
    yield from section("Page", head, by_section.pop("page", []) + by_section.pop("security", []))
    for title, key, name in SECTIONS:
        lines = page.get(key, {})
        lines = lines if isinstance(lines, dict) else dict.fromkeys(lines, "")
        yield from section(title, lines, by_section.pop(name, []))
    for line in page["unread"]:
        yield f"\n  ! {line}\n      this looks like a field, and cannot be read"
    absent = [f"{key} ({has})" for key, has in beyond(operation, spec).items() if has and not page.get(key)]
    yield f"\nNot on the page, so not compared: {'; '.join(absent) or 'nothing'}."
    yield summary(page, differences)


def beyond(operation: Operation, spec: Spec) -> dict[str, str]:
    """What the spec has in each section of a page."""
    node = operation.node
    security = {scheme: scopes for entry in node.get("security", []) for scheme, scopes in entry.items()}
    parameters = [spec.whole(each) for each in node.get("parameters", [])]
    has = {
        "method": [operation.method],
        "path": [operation.path],
        "scope": [scope for scopes in security.values() for scope in scopes],
        "authentication": list(security),
        "request fields": ["a body"] if "requestBody" in node else [],
        "response fields": ["a body"]
        if "content" in spec.whole(node["responses"][operation.success])
        else [],
        "errors": [status for status in node["responses"] if status != operation.success],
    }
    for section, where in datafiles.PARAMETERS.items():
        has[section] = [each["name"] for each in parameters if each["in"] == where]
    return {section: ", ".join(found) for section, found in has.items()}


def section(title: str, lines: dict[str, str], differences: Sequence[Difference]) -> Iterator[str]:
    """One section: the names that agree in one paragraph, then each that differs."""
    if not lines and not differences:
        return
    yield f"\n{title} ({len(lines)})"
    odd = {difference.name: None for difference in differences}
    agreed = ", ".join(
        f"{name} {line}" if title == "Page" else name for name, line in lines.items() if name not in odd
    )
    if agreed:
        yield textwrap.fill(
            agreed, 110, initial_indent="  = ", subsequent_indent="    ", break_on_hyphens=False
        )
    width = max((len(name) for name in odd), default=0)
    for name in odd:
        found = [difference for difference in differences if difference.name == name]
        mark = "!" if any(difference.new for difference in found) else "~" if name in lines else "+"
        page, spec = lines.get(name, "") or found[0].documented, found[0].spec
        yield f"  {mark} {name:<{width}}  page: {short(page)}   spec: {short(spec)}"
        for text in reasons(found):
            yield textwrap.fill(text, 110, initial_indent=" " * 6, subsequent_indent=" " * 8)


def short(line: str) -> str:
    """A line of the notation without a long list of values, which the reason repeats if it matters."""
    return re.sub(r" \[([^\]]{40,})\]", lambda match: f" [{match[1].count(',') + 1} values]", line) or "-"


def reasons(differences: Sequence[Difference]) -> Iterator[str]:
    """What differs, and why; said once where one reason covers more than one thing."""
    for evidence in dict.fromkeys(difference.evidence for difference in differences):
        whats = [difference.what for difference in differences if difference.evidence == evidence]
        text = "; ".join(whats).replace("no document has it", "the page does not have it")
        text = text.replace("the document", "the page")
        yield f"{text}. {evidence.text}" if evidence else f"NEW: {text}"


def summary(page: dict[str, Any], differences: Sequence[Difference]) -> str:
    printed = sum(len(page.get(key, ())) for _, key, _ in SECTIONS) + sum(bool(page.get(key)) for key in HEAD)
    places = {(difference.section, difference.name): False for difference in differences}
    for difference in differences:
        places[difference.section, difference.name] |= difference.new
    new = sum(places.values()) + len(page["unread"])
    return (
        f"{printed} facts on the page; {len(places) - sum(places.values())} differences explained, {new} new."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="docs.py", description=(__doc__ or "").strip())
    parser.add_argument("page", type=Path, help="a file with the text or markdown of a docs page")
    parser.add_argument("--operation", help="the operationId, if the page does not tell")
    options = parser.parse_args(arguments)
    spec = Spec(load())
    try:
        found = reader.read(read(options.page))
        about = [(page, decide(page, spec)) for page in found if len(found) > 1 or not options.operation]
        if options.operation:
            wanted = named(options.operation, spec)
            about = [each for each in about if each[1] == wanted] or [(page, wanted) for page in found[:1]]
    except UnreadablePage as problem:
        print(f"{options.page}: {problem}", file=sys.stderr)
        return 2
    return max(judge(page, operation, spec) for page, operation in about)


def judge(page: dict[str, Any], operation: Operation, spec: Spec) -> int:
    """Print the report on one page; 1 if there is something new on it."""
    if _path(page, operation, spec):
        page["path"] = operation.path  # A page may leave out /v2, which belongs to the server there.
    differences = compare(datafiles.from_page(operation.id, page), spec)
    print("\n".join(report(page, operation, differences, spec)))
    return int(bool(page["unread"]) or any(difference.new for difference in differences))


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise UnreadablePage(problem.strerror or "it cannot be opened") from None
    except UnicodeDecodeError:
        raise UnreadablePage("it is not UTF-8 text") from None


def named(operation_id: str, spec: Spec) -> Operation:
    known = {operation.id: operation for operation in spec.operations()}
    if operation_id not in known:
        raise UnreadablePage(f"there is no operation {operation_id!r}; there are {', '.join(known)}")
    return known[operation_id]


if __name__ == "__main__":
    sys.exit(main())
