"""Hold openapi.yaml to one document, both ways. Which differences are explained, rule.py says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from contract_tests.spec.comparison import datafiles
from contract_tests.spec.comparison.datafiles import Answer, Document, Table
from contract_tests.spec.comparison.fields import LACKS, UNDOCUMENTED, Fields, names_of
from contract_tests.spec.comparison.notation import Fact, shown
from contract_tests.spec.comparison.rule import (
    ALONE,
    BODY,
    FIELDS,
    SCHEME,
    Difference,
    explanation,
    gone,
    named,
)
from contract_tests.spec.comparison.specfile import Evidence, Node, Operation, Spec


def compare(document: Document, spec: Spec) -> list[Difference]:
    """All differences between a document and the spec; those without evidence are `new`."""
    found = next((operation for operation in spec.operations() if operation.id == document.operation), None)
    if found is None:
        what = "the spec does not have it"
        return [Difference(document.operation, "page", "operation", what, "there", "absent", None)]
    return list(Comparison(document, spec, found).run())


def everything(spec: Spec) -> Iterator[Difference]:
    """The differences between the spec and all the data files."""
    for name in datafiles.names():
        yield from compare(datafiles.load(name), spec)
    yield from authentication(spec)


def unneeded(spec: Spec, differences: Iterable[Difference]) -> list[Evidence]:
    """Evidence that explains no difference."""
    used = {difference.evidence for difference in differences}
    return [evidence for evidence in spec.evidence.values() if evidence not in used]


def authentication(spec: Spec) -> Iterator[Difference]:
    """The security schemes of the spec against the published ones."""
    published = datafiles.raw("authentication.yaml")
    ours = {scheme["type"]: scheme for scheme in spec.data["components"].get("securitySchemes", {}).values()}
    flow = ours.get("oauth2", {}).get("flows", {}).get("authorizationCode", {})
    sides = {key: (published["OAuth2"][key], flow.get(key)) for key in ("authorizationUrl", "tokenUrl")}
    sides["scheme"] = (published["Bearer"]["scheme"], ours.get("http", {}).get("scheme"))
    sides |= {
        scope: (scope, scope if scope in flow.get("scopes", {}) else None) for scope in published["scopes"]
    }
    for name, (page, mine) in sides.items():
        if page != mine:
            what = f"the published description says {page}, the spec {mine}"
            evidence = explanation(spec, [flow], [named(page.removeprefix("https://api.webflow.com"))])
            yield Difference("authentication", "security", name, what, page, str(mine), evidence)


class Comparison(Fields):
    """One document against its operation."""

    def __init__(self, document: Document, spec: Spec, operation: Operation) -> None:
        super().__init__(document, spec)
        self.operation = operation

    def run(self) -> Iterator[Difference]:
        yield from self.head()
        yield from self.security()
        yield from self.parameters()
        yield from self.request()
        yield from self.response()
        yield from self.answers()
        yield from self.headers()

    def head(self) -> Iterator[Difference]:
        node = self.operation.node
        ours = {
            # A v1 title is marked as such in the spec, where both versions stand side by side.
            "title": node.get("summary", "").removesuffix(" (v1)"),
            "method": self.operation.method,
            "path": self.operation.path,
            "deprecated": node.get("deprecated", False),
        }
        for name, value in ours.items():
            page = getattr(self.document, name)
            if page is not None and page != value:
                what = f"the document says {page}, the spec {value}"
                sides = {"page": str(page), "ours": str(value)}
                yield self.differ("page", name, what, [node], [named(str(page))], **sides)

    def accepted(self) -> dict[str, set[str]]:
        """What the operation accepts, Bearer or OAuth2, with the scopes."""
        declared = self.spec.data["components"].get("securitySchemes", {})
        accepted: dict[str, set[str]] = {}
        for requirement in self.operation.node.get("security", []):
            for key, scopes in requirement.items():
                kind = "OAuth2" if declared[key]["type"] == "oauth2" else "Bearer"
                accepted.setdefault(kind, set()).update(scopes)
        return accepted

    def security(self) -> Iterator[Difference]:
        accepted, around, scope = self.accepted(), [self.operation.node], self.document.scope
        ours = set().union(*accepted.values())
        if scope and scope not in ours:
            what = f"the spec does not ask for {scope}"
            yield self.differ("security", "scope", what, around, [named(scope)], page=scope)
        for extra in sorted(ours - {scope}):
            what = f"the spec alone asks for {extra}"
            yield self.differ("security", "scope", what, around, [named(extra)], ours=extra)
        if self.document.authentication and not accepted:
            yield self.differ("security", "authentication", "the spec asks for no token", around, [SCHEME])
        for scheme in self.document.schemes:
            if scheme not in accepted:
                what = "the spec does not accept it"
                yield self.differ("security", scheme, what, around, [named(scheme)], page=scheme)
            for other in sorted(set(accepted) - {scheme}):
                yield self.differ(
                    "security", other, "the spec alone accepts it", around, [SCHEME], ours=other
                )

    def parameters(self) -> Iterator[Difference]:
        ours: dict[str, dict[str, Node]] = {"path": {}, "query": {}, "header": {}}
        for node in self.operation.node.get("parameters", []):
            whole = self.spec.whole(node)
            ours[whole["in"]][whole["name"]] = node
        for where, nodes in ours.items():
            tables = self.document.parameters.get(where, [])
            # A saved page that has no such section says nothing of it; the data files are complete.
            if tables or self.document.unfolds:
                yield from self.parameter_tables(where, nodes, tables)

    def parameter_tables(
        self, where: str, nodes: dict[str, Node], tables: Sequence[Table]
    ) -> Iterator[Difference]:
        section = f"{where} parameters" if where != "header" else "headers"
        for table in tables:
            for name, page in table.fields.items():
                if name not in nodes:
                    around = [self.operation.node]
                    yield self.differ(section, name, LACKS, around, [gone(named(name))], page=shown(page))
                    continue
                ours, holders = self.parameter(nodes[name])
                yield from self.facts(section, name, page, ours, holders, table.silent)
        for name in sorted(set(nodes) - {name for table in tables for name in table.fields}):
            ours, holders = self.parameter(nodes[name])
            yield self.differ(section, name, UNDOCUMENTED, holders, ALONE, ours=shown(ours))

    def parameter(self, node: Node) -> tuple[Fact, list[Node]]:
        whole = self.spec.whole(node)
        fact = self.spec.fact(whole["schema"], required=whole.get("required", False))
        fact = replace(fact, may_be_empty=whole.get("allowEmptyValue", False))
        return fact, self.spec.chain(node) + self.spec.holders(whole["schema"])

    def request(self) -> Iterator[Difference]:
        body, tables = self.operation.node.get("requestBody"), self.document.request_tables
        page = self.document.request or ("none" if self.document.unfolds else None)
        ours = "none" if body is None else "required" if body.get("required") else "optional"
        if page and page != ours:
            what = f"a body is {page} in the document, {ours} in the spec"
            yield self.differ("request", "body", what, [self.operation.node], [BODY], page=page, ours=ours)
        if tables and body:
            yield from self.object("request", "", tables, body["content"]["application/json"]["schema"])
        for name, fact in (
            (name, fact) for table in tables if not body for name, fact in table.fields.items()
        ):
            yield self.differ(
                "request", name, LACKS, [self.operation.node], [gone(named(name))], page=shown(fact)
            )

    def response(self) -> Iterator[Difference]:
        page = self.document.response
        if page is None:
            return
        status = self.succeeds()
        content = self.spec.whole(self.operation.node["responses"].get(status, {})).get("content", {})
        if not content:
            yield self.differ(
                "response", status, "the spec has no body for it", [self.operation.node], [BODY]
            )
            return
        schema = content["application/json"]["schema"]
        if self.document.unfolds:
            ours = self.spec.fact(schema)
            yield from self.facts("response", "the body", page, ours, self.spec.holders(schema), frozenset())
        name = page.item.holds if page.item else page.holds
        yield from self.object("response", "", self.document.objects[name or ""], schema)

    def succeeds(self) -> str:
        """With which status: 200, unless the document has another. A saved page does not say."""
        printed = (status for status in self.document.answers or () if status.startswith("2"))
        return next(printed, "200" if self.document.unfolds else self.operation.success)

    def answers(self) -> Iterator[Difference]:
        if self.document.answers is None:
            return
        around, ours = [self.operation.node], dict(self.operation.node["responses"])
        documented = {self.succeeds(): Answer(), **self.document.answers}
        for status, answer in documented.items():
            if status not in ours:
                yield self.differ("errors", status, LACKS, around, [gone(named(status))], page=status)
            elif answer.body:
                yield from self.answer(status, answer.words, answer.body, ours[status])
        for status in sorted(set(ours) - set(documented)):
            needs = (*ALONE, *self.whose(ours[status]))
            yield self.differ(
                "errors", status, UNDOCUMENTED, self.spec.chain(ours[status]), needs, ours=status
            )

    def whose(self, node: Node) -> tuple[str, ...]:
        """An answer that other kinds of operations share says of which it is that no document has it."""
        mine = self.operation.node.get("tags", [])
        sharing = (each.node for each in self.spec.operations() if node in each.node["responses"].values())
        if "$ref" not in node or all(each.get("tags", []) == mine for each in sharing):
            return ()
        return tuple(named(f"operations of {tag}") for tag in mine)

    def answer(self, status: str, words: Sequence[str], body: str, node: Node) -> Iterator[Difference]:
        media = self.spec.whole(node)["content"]["application/json"]
        examples = [self.spec.whole(example)["value"] for example in media.get("examples", {}).values()]
        around = self.spec.chain(node)
        for word in [str(example.get("name", example.get("code"))) for example in examples]:
            if word not in words:
                what = f"no document answers it with {word}"
                yield self.differ("errors", status, what, around, [named(word)], ours=word)
        schema = media["schema"]
        if body == "any":
            around = self.spec.holders(schema, objects=True)
            yield self.differ("errors", status, "no document lists the fields of its body", around, [FIELDS])
            return
        tables = self.document.objects[body]
        kinds = self.spec.alternatives(schema) or [schema]
        best = max(kinds, key=lambda kind: len(names_of(self.spec, kind) & set(tables[0].fields)))
        if len(kinds) > 1:
            yield self.differ("errors", status, "the spec alone has a second body", around, [BODY])
        yield from self.object("errors", f"{status}.", tables, best)

    def headers(self) -> Iterator[Difference]:
        declared, promised = self.document.declared_headers, self.document.promised_headers
        if not promised:
            return
        for status, node in self.operation.node["responses"].items():
            whole = self.spec.whole(node)
            ours = whole.get("headers", {})
            around = self.spec.chain(node)
            wanted = (declared or {}).get(status, [])
            for name in [*wanted, *promised.get("every", []), *promised.get(status, [])]:
                if name not in ours:
                    place = f"{status} {name}"
                    yield self.differ(
                        "response headers", place, LACKS, around, [gone(named(name))], page=name
                    )
            for name in sorted(set(ours) - set(wanted)):
                what = "the published description does not declare it here"
                holders = [*self.spec.chain(ours[name]), *around]
                yield self.differ("response headers", f"{status} {name}", what, holders, ours=name)
