"""Does openapi.yaml say what the docs pages say, and only that, except where it gives evidence?"""

from __future__ import annotations

import pytest

from contract_tests.spec.comparison import datafiles
from contract_tests.spec.comparison.compare import everything, unneeded
from contract_tests.spec.comparison.rule import Difference
from contract_tests.spec.comparison.specfile import Evidence, Spec, load

SPEC = Spec(load())
SOURCES = SPEC.data["x-sources"]
DIFFERENCES = list(everything(SPEC))
SECTIONS = (
    "page",
    "security",
    "path parameters",
    "query parameters",
    "headers",
    "request",
    "response",
    "errors",
    "response headers",
)
DOCUMENTS = sorted({*datafiles.names(), "authentication"})


HOW = "If a page has it, write it into contract_tests/spec/documents/; if not, put an x-evidence line beside it in"
HOW += " openapi.yaml, with the words that comparison/rule.py asks for."


def sentences(differences: list[Difference]) -> str:
    return "\n".join(["", *dict.fromkeys(str(difference) for difference in differences), HOW])


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_where_the_spec_is_not_what_a_page_says_it_has_its_evidence(document: str, section: str) -> None:
    found = [each for each in DIFFERENCES if (each.operation, each.section) == (document, section)]
    new = [difference for difference in found if difference.new]
    assert not new, sentences(new)


def test_no_difference_falls_outside_the_sections() -> None:
    assert {difference.section for difference in DIFFERENCES} <= set(SECTIONS)
    assert {difference.operation for difference in DIFFERENCES} <= set(DOCUMENTS)


def test_each_operation_and_webhook_has_a_data_file_and_no_file_is_left_over() -> None:
    assert sorted(operation.id for operation in SPEC.operations()) == datafiles.names()


@pytest.mark.parametrize("name", sorted(path.name for path in datafiles.FOLDER.glob("*.yaml")))
def test_a_data_file_says_where_it_comes_from(name: str) -> None:
    data = datafiles.raw(name)
    for source in (data["source"], data.get("not on the page", data)["source"]):
        assert source in SOURCES, f"{name}: {source} is not a key of x-sources"


@pytest.mark.parametrize("evidence", SPEC.evidence.values(), ids=lambda evidence: evidence.pointer)
def test_evidence_has_a_grade_a_sentence_and_known_sources(evidence: Evidence) -> None:
    assert evidence.grade in ("documented", "observed", "assumed"), f"{evidence.pointer}: {evidence.text}"
    assert len(evidence.sentence.split()) > 2, f"{evidence.pointer} says nothing: {evidence.text}"
    assert evidence.sources, f"{evidence.pointer} names no source"
    assert len(set(evidence.sources)) == len(evidence.sources), f"{evidence.pointer} names a source twice"
    unknown = set(evidence.sources) - set(SOURCES)
    assert not unknown, f"{evidence.pointer} names sources that x-sources does not explain: {unknown}"


@pytest.mark.parametrize("evidence", SPEC.evidence.values(), ids=lambda evidence: evidence.pointer)
def test_what_is_assumed_is_nobody_elses_and_what_is_observed_or_documented_is_not_ours_alone(
    evidence: Evidence,
) -> None:
    if evidence.grade != "assumed":
        assert evidence.sources != ["here"], f"{evidence.pointer} is {evidence.grade} by nobody but this file"


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_is_used(source: str) -> None:
    users = [evidence for evidence in SPEC.evidence.values() if source in evidence.sources]
    assert users, f"x-sources explains {source}, and no evidence names it"


def test_each_evidence_explains_a_difference() -> None:
    idle = [f"{evidence.pointer}: {evidence.text}" for evidence in unneeded(SPEC, DIFFERENCES)]
    assert not idle, "\n".join(["these explain nothing that differs:", *idle])
