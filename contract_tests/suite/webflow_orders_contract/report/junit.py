"""Every part of a run as JUnit has it: a suite for each, and each cause once, with its places and requests."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from .causes import Cause, causes
from .result import Checks, Result

# Where something was looked at, and what.
Name = tuple[str, str]


def junit(result: Result) -> ElementTree[Element]:
    looked_at: dict[str, list[Name]] = {
        "every answer": _names(result.validator.counts),
        "Schemathesis": _names({name: row.by_check for name, row in result.tally.rows.items()}),
        "the model": [
            ("the model", operation) for operation in (result.model.compared if result.model else ())
        ],
        "the generated client": [(f"{step.client} client", step.step) for step in result.drive],
    }
    if result.webhooks is not None:
        looked_at[result.webhooks.part] = _names({result.webhooks.part: result.webhooks.counts})
    skipped = {
        (f"{step.client} client", step.step): step.note for step in result.drive if step.verdict == "skipped"
    }
    suites = Element("testsuites")
    for part, failures in result.by_part().items():
        found = causes(failures, result.reset)
        # A cause fails the case where it was seen first; in the other places one is led there.
        failed: dict[Name, list[Cause]] = {}
        elsewhere: dict[Name, str] = {}
        for cause in found:
            first, *others = cause.where
            failed.setdefault((first, cause.what), []).append(cause)
            elsewhere |= {(where, cause.what): f"see {first}: {cause.title}" for where in others}
        left_out = {name: note for name, note in (skipped | elsewhere).items() if name not in failed}
        names = dict.fromkeys((*looked_at[part], *failed, *elsewhere))
        left_out = {name: note for name, note in left_out.items() if name in names}
        counts = {"tests": len(names), "failures": len(failed), "skipped": len(left_out), "errors": 0}
        suite = SubElement(suites, "testsuite", {"name": part, **{k: str(v) for k, v in counts.items()}})
        for where, what in names:
            case = SubElement(suite, "testcase", classname=where, name=what)
            if (where, what) in left_out:
                SubElement(case, "skipped", message=_printable(left_out[where, what]))
            _failed(case, failed.get((where, what), ()))
    if result.not_judged:
        count = str(len(result.not_judged))
        numbers = {"tests": count, "skipped": count, "failures": "0", "errors": "0"}
        suite = SubElement(suites, "testsuite", {"name": "not judged", **numbers})
        for what in result.not_judged:
            SubElement(SubElement(suite, "testcase", classname="not judged", name=what), "skipped")
    indent(suites)
    return ElementTree(suites)


def _names(checks: Checks) -> list[Name]:
    return [(operation, check) for operation, by_check in checks.items() for check in by_check]


def _failed(case: Element, found: Iterable[Cause]) -> None:
    for each in found:
        lines = [each.title, f"{each.what} in {each.places}", each.more, *each.curl, each.answer]
        text = _printable("\n".join(filter(None, lines)))
        SubElement(case, "failure", message=text.split("\n")[0]).text = text


def _printable(text: str) -> str:
    """Without what XML has no way to say."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
