"""Is every kind of drift told, with its place and its count, and mended by what is proposed?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from webflow_orders_contract.description import Description, read as described
from webflow_orders_contract.drift import __main__ as command, compare, patch, proposal
from webflow_orders_contract.drift.recordings import added_up, read
from webflow_orders_contract.drift.spec_fixes import applied
from webflow_orders_contract.record import Recorder

SITE = "580e63e98c9a982ac9b8b741"
URL = f"https://api.webflow.com/v2/sites/{SITE}/orders/dfa-3f1"
HEADERS = {"Content-Type": "application/json", "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59"}
SECRET = "Wilhelmina"

Spoil = Callable[[dict[str, Any]], object]


def _item(order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = order["purchasedItems"][0]
    return found


# kind, pointer, what is done to an order: (once in two answers)
DRIFTS: dict[str, tuple[str, str, Spoil]] = {
    "a field that nobody knows": ("unknown field", "/giftWrap", lambda o: o.update(giftWrap=SECRET)),
    "a field with fields": ("unknown field", "/gift", lambda o: o.update(gift={"to": SECRET, "on": [1, None]})),
    "a field three levels down": (
        "unknown field", "/purchasedItems/*/variantImage/focus", lambda o: _item(o)["variantImage"].update(focus=1.5)
    ),
    "null for a text": (
        "undocumented null", "/purchasedItems/*/productName", lambda o: _item(o).update(productName=None)
    ),
    "null for an object": ("undocumented null", "/totals", lambda o: o.update(totals=None)),
    "null for a list": ("undocumented null", "/customData", lambda o: o.update(customData=None)),
    "null in a field written in braces": (
        "undocumented null", "/customerInfo/fullName", lambda o: o["customerInfo"].update(fullName=None)
    ),
    "null for an enum": ("undocumented null", "/stripeCard/brand", lambda o: o["stripeCard"].update(brand=None)),
    "null in a list": ("undocumented null", "/customData/*", lambda o: o["customData"].append(None)),
    "a word that is new": ("new enum value", "/status", lambda o: o.update(status="half-shipped")),
    "a number for a text": ("wrong type", "/orderComment", lambda o: o.update(orderComment=7)),
    "a text for a number": ("wrong type", "/purchasedItemsCount", lambda o: o.update(purchasedItemsCount="2")),
    "a fraction for an integer": ("wrong type", "/purchasedItemsCount", lambda o: o.update(purchasedItemsCount=2.5)),
    "a text for an object": ("wrong type", "/billingAddress", lambda o: o.update(billingAddress=SECRET)),
    "a date without a zone": ("wrong format", "/acceptedOn", lambda o: o.update(acceptedOn="2025-03-29T21:29:21")),
    "an address that is none": (
        "wrong format", "/customerInfo/email", lambda o: o["customerInfo"].update(email=SECRET)
    ),
    "a required field that is absent": ("required, but missing", "/status", lambda o: o.pop("status")),
    "an amount of another form": ("does not fit", "/netAmount/value", lambda o: o["netAmount"].update(value="1.5")),
}  # fmt: skip


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "traffic.ndjson")


def _record(recorder: Recorder, body: Any, status: int = 200, headers: dict[str, str] = HEADERS) -> None:
    recorder.record("GET", URL, status, headers, json.dumps(body).encode())


def _answers(recorder: Recorder):
    return added_up(read(recorder.path, described()))


@pytest.fixture
def spoiled(recorder, examples):
    def spoiled(name: str) -> Recorder:
        _record(recorder, examples["Order"])
        order = json.loads(json.dumps(examples["Order"]))
        DRIFTS[name][2](order)
        _record(recorder, order)
        return recorder

    return spoiled


def test_what_the_description_allows_is_no_drift(recorder, spec, examples):
    for name in ("Order", "DigitalOrder"):
        _record(recorder, examples[name])
    found = proposal.drift(Description(spec), _answers(recorder))
    assert (found.drifted, found.changes) == ([], [])


@pytest.mark.parametrize(
    ("customers", "seen"),
    [(("A B", "C D", "E F"), "Carte Bleue"), (("A B", "C D", "A B"), compare.NOT_SHOWN)],
)
def test_a_new_word_of_an_open_list_is_named_when_several_customers_have_it_in_common(
    customers, seen, recorder, examples, spec
):
    orders = [
        {**examples["Order"], "customerInfo": {"fullName": name}, "stripeCard": {"brand": "Carte Bleue"}}
        for name in customers
    ]
    pagination = {"limit": 3, "offset": 0, "total": 3}
    body = json.dumps({"orders": orders, "pagination": pagination})
    recorder.record("GET", URL.rpartition("/")[0], 200, HEADERS, body.encode())
    (found,) = proposal.drift(Description(spec), _answers(recorder)).drifted
    assert (found.kind, found.pointer, found.seen) == ("new enum value", "/orders/*/stripeCard/brand", seen)
    assert (found.times, bool(found.changes)) == (3, seen == "Carte Bleue")


@pytest.mark.parametrize("name", DRIFTS)
def test_a_drift_is_told_with_its_place_and_its_count(name, spoiled, spec):
    kind, pointer, _ = DRIFTS[name]
    found = proposal.drift(Description(spec), _answers(spoiled(name)))
    assert [(each.kind, each.pointer, each.times) for each in found.drifted] == [(kind, pointer, 1)]
    assert SECRET not in proposal.render(found)
    assert f"{kind} {pointer}: the spec says" in proposal.render(found)


@pytest.mark.parametrize("name", [name for name, row in DRIFTS.items() if row[0] != "does not fit"])
def test_what_is_proposed_mends_the_file_and_changes_nothing_else(name, spoiled, spec, root):
    answers = _answers(spoiled(name))
    found = proposal.drift(Description(spec), answers, source="store-2026")
    text = (root / "openapi.yaml").read_text("utf-8")
    after = patch.patched(text, found.changes)
    document = yaml.load(after, Loader=yaml.CSafeLoader)
    assert proposal.drift(Description(document), answers).drifted == [], patch.diff(
        text, found.changes, "openapi.yaml"
    )
    assert document == applied(spec, found.changes), "the file says what was meant"
    untouched = [line for line in text.splitlines() if line not in after.splitlines()]
    assert len(untouched) <= 8, "no other lines are rewritten"
    assert "observed: " in after
    assert "[store-2026]" in after
    assert "store-2026" in document["x-sources"]


def test_the_proposal_is_written_in_the_convention_of_the_file(spoiled, spec, root):
    found = proposal.drift(Description(spec), _answers(spoiled("null for a text")), source="store-2026")
    shown = patch.diff((root / "openapi.yaml").read_text("utf-8"), found.changes, "openapi.yaml")
    assert "-        productName: {type: string, description: The product's name.}" in shown
    assert "+          type: [string, 'null']" in shown
    assert "+          x-evidence: 'observed: null in 1 of 2 [store-2026]'" in shown


def test_several_drifts_at_once_are_all_mended(recorder, spec, examples, root):
    for name, (kind, _, spoil) in DRIFTS.items():
        if kind not in ("does not fit",) and name != "a text for an object":
            order = json.loads(json.dumps(examples["Order"]))
            spoil(order)
            _record(recorder, order)
    _record(recorder, {"code": 7}, status=418)
    answers = _answers(recorder)
    found = proposal.drift(Description(spec), answers)
    assert len(found.drifted) > 12
    document = yaml.load(
        patch.patched((root / "openapi.yaml").read_text("utf-8"), found.changes), Loader=yaml.CSafeLoader
    )
    assert proposal.drift(Description(document), answers).drifted == []


def test_a_new_status_a_new_header_and_a_missing_one_are_told_and_mended(recorder, spec, examples, root):
    _record(recorder, {"teapot": True}, status=418)
    _record(
        recorder, examples["Order"], headers=HEADERS | {"X-Shop-Mood": "good", "CF-Ray": "x", "Server": "x"}
    )
    _record(
        recorder, examples["Order"], headers={"Content-Type": "application/json", "X-RateLimit-Limit": "60"}
    )
    answers = _answers(recorder)
    found = proposal.drift(Description(spec), answers)
    told = {(each.kind, each.seen) for each in found.drifted}
    assert told == {("new status", "418"), ("new header", "x-shop-mood"), ("header missing", "absent")}
    text = (root / "openapi.yaml").read_text("utf-8")
    document = yaml.load(patch.patched(text, found.changes), Loader=yaml.CSafeLoader)
    assert proposal.drift(Description(document), answers).drifted == []
    assert "'418'" in patch.diff(text, found.changes, "openapi.yaml")


def test_another_media_type_is_told(recorder, spec, examples):
    _record(recorder, examples["Order"], headers=HEADERS | {"Content-Type": "text/html; charset=utf-8"})
    assert [each.kind for each in proposal.drift(Description(spec), _answers(recorder)).drifted] == [
        "new media type"
    ]


def test_what_was_never_seen_is_a_note_and_no_drift(recorder, spec, examples):
    order = examples["Order"]
    del order["hasDownloads"]
    _record(recorder, order)
    found = proposal.drift(Description(spec), _answers(recorder))
    assert "/hasDownloads" in [each.pointer for each in found.findings if each.kind == "never seen"]
    assert found.drifted == []
    assert "never seen: " in proposal.render(found)


@pytest.mark.parametrize("kind", ["har", "ndjson"])
def test_the_command_reports_and_proposes_from_either_kind_of_file(
    kind, spoiled, examples, tmp_path, root, capsys
):
    path = spoiled("a field that nobody knows").path
    if kind == "har":
        path = tmp_path / "traffic.har"
        path.write_text(json.dumps(_har(examples["Order"] | {"giftWrap": SECRET})))
    spec = str(root / "openapi.yaml")
    assert command.main([str(path), "--spec", spec, "--fail"]) == 1
    told = capsys.readouterr().out
    assert "unknown field /giftWrap" in told
    assert "+        giftWrap:" in told
    assert SECRET not in told
    assert command.main([str(path), "--spec", spec]) == 0


def _har(order: dict[str, Any]) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
    content = {"mimeType": "application/json", "text": json.dumps(order)}
    response = {"status": 200, "headers": headers, "content": content}
    return {"log": {"entries": [{"request": {"method": "GET", "url": URL}, "response": response}]}}
