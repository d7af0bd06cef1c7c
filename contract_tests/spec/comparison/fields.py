"""Hold the fields of an object in openapi.yaml, and what they hold, to those of the documents, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from contract_tests.spec.comparison.datafiles import Document, Table
from contract_tests.spec.comparison.notation import Fact, shown
from contract_tests.spec.comparison.rule import (
    ALONE,
    FIELDS,
    OBJECT,
    Difference,
    clashes,
    explanation,
    gone,
    named,
)
from contract_tests.spec.comparison.specfile import Node, Spec

LACKS, UNDOCUMENTED = "the spec lacks it", "no document has it"


class Fields:
    """The part of a comparison that is about fields."""

    def __init__(self, document: Document, spec: Spec) -> None:
        self.document = document
        self.spec = spec
        self.seen: set[tuple[str, int]] = set()

    def differ(
        self,
        section: str,
        name: str,
        what: str,
        holders: Sequence[Node],
        needs: Sequence[str] = (),
        **sides: str,
    ) -> Difference:
        evidence = explanation(self.spec, holders, needs)
        page, ours = sides.get("page", ""), sides.get("ours", "")
        return Difference(self.document.operation, section, name, what, page, ours, evidence)

    def facts(
        self, section: str, name: str, page: Fact, ours: Fact, holders: Sequence[Node], silent: Set[str]
    ) -> Iterator[Difference]:
        for clash in clashes(page, ours, silent):
            yield self.differ(
                section, name, clash.what, holders, clash.needs, page=shown(page), ours=shown(ours)
            )

    def object(self, section: str, path: str, tables: Sequence[Table], schema: Node) -> Iterator[Difference]:
        """The fields of one object: those that are documented, then those that are not."""
        found = self.spec.object(schema)
        if found is None:
            around = self.spec.holders(schema)
            yield self.differ(section, path, "the spec does not list its fields", around, [FIELDS])
            return
        whole, owner = self.spec.whole(found), self.spec.chain(found)
        properties, required = whole["properties"], whole.get("required", [])
        if whole.get("type") != "object":
            yield self.differ(
                section, path or "the body", "the spec does not call it an object", owner, [OBJECT]
            )
        for table in tables:
            for name, page in table.fields.items():
                if name in properties:
                    node = properties[name]
                    ours = self.spec.fact(node, required=name in required)
                    yield from self.field(section, path + name, (page, ours), node, owner, table.silent)
                else:
                    around = [*self.spec.chain(schema), *owner]
                    yield self.differ(
                        section, path + name, LACKS, around, [gone(named(name))], page=shown(page)
                    )
        if not all("fields" in table.silent for table in tables):
            for name in sorted(set(properties) - {name for table in tables for name in table.fields}):
                sides = {"ours": shown(self.spec.fact(properties[name]))}
                yield self.differ(section, path + name, UNDOCUMENTED, [properties[name]], ALONE, **sides)
        yield from self.unfold(section, path, tables, properties)

    def field(
        self,
        section: str,
        name: str,
        facts: tuple[Fact, Fact],
        node: Node,
        owner: Sequence[Node],
        silent: Set[str],
    ) -> Iterator[Difference]:
        page, ours = facts
        for clash in clashes(page, ours, silent):
            # Whether a field is required is the owner's affair, not that of the type it refers to.
            holders = [node, *owner] if clash.of_owner else [*self.spec.holders(node), *owner]
            sides = {"page": shown(page), "ours": shown(ours)}
            yield self.differ(section, name, clash.what, holders, clash.needs, **sides)

    def unfold(
        self, section: str, path: str, tables: Sequence[Table], properties: dict[str, Node]
    ) -> Iterator[Difference]:
        """Go into the objects that the fields hold, once each."""
        for name, node in properties.items():
            facts = [table.fields[name] for table in tables if name in table.fields]
            kinds = {_holds(fact) for fact in facts if fact.types}
            inner = self.spec.object(node)
            if inner is None or not kinds:
                continue
            for kind in sorted(kind for kind in kinds if kind):
                if (kind, id(inner)) not in self.seen:
                    self.seen.add((kind, id(inner)))
                    yield from self.object(section, f"{path}{name}.", self.document.objects[kind], node)
            # A page prints `object` and may stop there; the data files go on.
            if kinds == {None} and self.document.unfolds:
                around = self.spec.holders(node, objects=True)
                yield self.differ(section, path + name, "no document lists its fields", around, [FIELDS])


def _holds(fact: Fact) -> str | None:
    return fact.item.holds if fact.item else fact.holds


def names_of(spec: Spec, schema: Node) -> set[str]:
    node = spec.object(schema)
    return set(spec.whole(node)["properties"]) if node else set()
