"""Would the comparison notice? The spec is spoiled in each place where it can be, and so are the documents."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from contract_tests.spec.comparison import datafiles
from contract_tests.spec.comparison.compare import compare, everything, unneeded
from contract_tests.spec.comparison.datafiles import Document, Table
from contract_tests.spec.comparison.fields import LACKS
from contract_tests.spec.comparison.rule import Difference
from contract_tests.spec.comparison.specfile import Spec, load
from contract_tests.spec.mutations import KINDS, spoiled

SPEC = Spec(load())
DIFFERENCES = list(everything(SPEC))


def keys(differences: Sequence[Difference]) -> set[tuple[str, str, str, str]]:
    return {(each.operation, each.section, each.name, each.what) for each in differences}


def unjudged() -> tuple[str, ...]:
    """What no document describes: nothing can be said against it, only its evidence can be missing."""
    whole = ("no document has it", "no document lists its fields", "no document lists the fields of its body")
    found = {each.evidence.pointer for each in DIFFERENCES if each.evidence and each.what in whole}
    # Of the headers of an answer the documents say only that they are there.
    return (*found, "#/components/headers", "#/webhooks/ecomm_new_order/post/responses/4XX")


UNJUDGED = unjudged()


def is_judged(pointer: str) -> bool:
    return not any(pointer == known or pointer.startswith(f"{known}/") for known in UNJUDGED)


def is_noticed(damaged: Spec) -> bool:
    """Something is new, or an evidence has become idle, or the spec departs from the documents less than it did."""
    found = []
    for each in everything(damaged):
        if each.new:
            return True
        found.append(each)
    return bool(unneeded(damaged, found)) or keys(found) < keys(DIFFERENCES)


def test_the_spec_as_it_is_is_not_noticed() -> None:
    assert not is_noticed(SPEC)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_to_the_spec_is_noticed_when(kind: str) -> None:
    done = [(pointer, what, data) for pointer, what, data in spoiled(kind, SPEC.data)]
    if kind != "an evidence is dropped":
        done = [each for each in done if is_judged(each[0])]
    assert done, f"nothing in the spec can be spoiled so that {kind}"
    missed = [f"{pointer}: {what}" for pointer, what, data in done if not is_noticed(Spec(data))]
    assert not missed, "\n".join(["not noticed:", *missed])


def tables_of(document: Document) -> Iterator[tuple[str, list[Table], int]]:
    places = {**document.parameters, "request": document.request_tables, **document.objects}
    for place, tables in places.items():
        for index in range(len(tables)):
            yield place, tables, index


@pytest.mark.parametrize("name", datafiles.names())
def test_each_line_of_a_data_file_is_compared(name: str) -> None:
    document = copy.deepcopy(datafiles.load(name))
    # What the spec leaves out of the request, and says so, has no type there that another could clash with.
    left_out = {
        each.name for each in compare(document, SPEC) if (each.section, each.what) == ("request", LACKS)
    }
    missed = []
    for place, tables, index in tables_of(document):
        kept = tables[index]
        for field, fact in kept.fields.items():
            others = {key: other for key, other in kept.fields.items() if key != field}
            changes = {"renamed": {**others, f"{field}Renamed": fact}}
            if fact.types and not (place == "request" and field in left_out):
                kind = "string" if "boolean" in fact.types else "boolean"
                changes["another type"] = {**others, field: replace(fact, types=frozenset({kind}))}
            for change, fields in changes.items():
                tables[index] = replace(kept, fields=fields)
                if not any(each.new for each in compare(document, SPEC)):
                    missed.append(f"{place}: {field}: {change}")
        tables[index] = kept
    assert not missed, "\n".join([f"{name}: not noticed:", *missed])


@pytest.mark.parametrize("name", datafiles.names())
def test_each_status_that_a_page_prints_is_compared(name: str) -> None:
    document = copy.deepcopy(datafiles.load(name))
    assert document.answers
    for status in list(document.answers):
        answer = document.answers.pop(status)
        if status != "200":
            assert any(each.new and each.name == status for each in compare(document, SPEC)), status
        document.answers[status] = answer
    document.answers["418"] = datafiles.Answer()
    assert [each.name for each in compare(document, SPEC) if each.new] == ["418"]
