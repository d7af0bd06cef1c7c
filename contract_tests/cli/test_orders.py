"""What is listed, shown, added up and exported; and can what somebody else wrote do any harm?"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import example, given, strategies as st
from rich.console import Console
from webflow_orders import OrdersClient
from webflow_orders_cli import hooks, orders as commands, terminal
from webflow_orders_cli.terminal import cell, print_table, safe
from webflow_orders_mock import order

from contract_tests.cli.conftest import IDS, Run, Shop
from contract_tests.cli.terminals import Terminal

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m[red]bold[/red]:smile:\u202eevil\u2028next\ttab\rreturn"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def evil(order_id: str = "666-666", text: str = EVIL, **fields: Any) -> dict[str, Any]:
    return {
        **order(order_id, status="fulfilled"), "comment": text, "orderComment": text, "shippingProvider": text,
        "shippingTracking": text, "shippingTrackingURL": text, "customerInfo": {"fullName": text, "email": text},
        **fields,
    }  # fmt: skip


def test_orders_are_listed_on_stdout_and_nothing_else_is(shop: Shop) -> None:
    said = shop.run("list", "--status", "unfulfilled")
    assert said.status == 0
    assert [line.split()[0] for line in said.out.splitlines()] == ["Order", *IDS]
    assert said.err == f"The server is {shop.url}, from the environment.\n"
    assert shop.run("list", "--status", "refunded").out == ""


def test_json_is_an_order_a_line_as_the_server_sent_it(shop: Shop) -> None:
    shop.put(evil())
    lines = shop.run("list", "--json").out.splitlines()
    assert len(lines) == len(IDS) + 1
    with OrdersClient() as client:
        assert [json.loads(line) for line in lines] == [each.to_dict() for each in client.iter()]
    assert json.loads(lines[-1])["comment"] == EVIL
    assert "".join(lines).isascii()


@pytest.mark.parametrize(
    "words",
    [
        ("list",), ("list", "--csv"), ("list", "--json"), ("list", "--sum"), ("list", "--sum", "--csv"),
        ("show", "666-666"), ("ship", "parcels.csv", "--dry-run"), ("ship", "666-666", "--tracking", "x"),
        ("refund", "666-666", "--yes", "666-666"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_a_server_sends_cannot_write_to_the_terminal(shop: Shop, words: tuple[str, ...]) -> None:
    totals = {
        "extras": [{"type": "discount", "name": f"Discount ({EVIL})", "price": {"unit": "USD", "value": -1}}]
    }
    shop.put(evil(totals=totals))
    shop.file(f"order,tracking\n{IDS[0]},a\n{IDS[1]},b\n666-666,c\n")
    said = shop.run(*words)
    for text in said[1:]:
        assert not CONTROLS.search(text.replace("\n", "")), repr(text)
    if words[:2] in (("list",), ("show", "666-666")):
        assert "[red]bold[/red]:smile:" in said.out, "it is shown as it is, and not obeyed"


def test_neither_can_an_error_of_the_server(shop: Shop) -> None:
    said = shop.run("show", "no-such")
    assert said.status == 1
    assert "404" in said.err
    assert not CONTROLS.search(safe(EVIL))


FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    '"=1',
    "a;=1",
    "a\t@x",
    "a\n+cmd",
    'a;"=1',
    "＝1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_for_a_spreadsheet_is_no_formula(shop: Shop, text: str) -> None:
    shop.put(evil(text=text))
    out = shop.run("list", "--csv", "--status", "fulfilled").out
    for delimiter in ",;\t":  # Whichever the spreadsheet takes for it.
        for row in csv.reader(io.StringIO(out), delimiter=delimiter):
            for each in row:
                assert not re.match(r'["\s]*[=+\-@＝＋－＠]', each) or re.fullmatch(
                    r"-?[0-9]+(\.[0-9]+)?", each
                ), each


@example("-1 ")
@given(st.text(alphabet="=+-@;,\t\r\n\"' a1.＝", max_size=12))
def test_no_text_makes_a_formula(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(["x", cell(text)])
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(out.getvalue()), delimiter=delimiter):
            for each in row:
                found = each.strip().lstrip('"').strip()
                is_a_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", found)
                assert found[:1] not in "=+-@＝＋－＠" or not found or is_a_number, (text, each)


@pytest.mark.parametrize("number", ["-5.00", "0", "123456789012345678901234567890.12", "-0.5"])
def test_a_number_stays_one(number: str) -> None:
    assert cell(number) == number


def test_a_table_for_a_spreadsheet_has_what_an_accountant_asks(shop: Shop) -> None:
    rows = {row["order"]: row for row in csv.DictReader(io.StringIO(shop.run("list", "--csv", "--mock").out))}
    assert {name: rows["dfa-3f1"][name] for name in ("currency", "paid", "tax", "shipping", "discount", "codes")} == {
        "currency": "USD", "paid": "68.44", "tax": "4.44", "shipping": "10.00", "discount": "-5.00", "codes": "SAVE5",
    }  # fmt: skip
    assert (rows["dfa-3f1"]["scale"], rows["8fe-d22"]["scale"]) == ("certain", "assumed")


def test_sums_are_those_of_the_client_and_say_what_is_assumed(shop: Shop) -> None:
    lines = [json.loads(line) for line in shop.run("list", "--mock", "--sum", "--json").out.splitlines()]
    by_currency = {line["currency"]: line for line in lines}
    assert by_currency["USD"]["discount"] == {"value": -500, "amount": "-5.00"}
    assert by_currency["USD"]["codes"] == {"SAVE5": -500}
    assert [line["currency"] for line in lines if not line["scaleCertain"]] == ["JPY", "KWD"]
    said = shop.run("list", "--mock", "--sum")
    assert re.search(r"^JPY \? +2 +9998 ", said.out, re.MULTILINE)
    assert "? Nobody has shown how Webflow counts JPY" in said.err
    assert "USD" not in said.err


def test_only_orders_of_that_time_are_listed(shop: Shop) -> None:
    shop.put(order("old-000", accepted_on="2020-01-01T00:00:00Z"), {**order("new-000"), "acceptedOn": None})
    listed = {
        json.loads(line)["orderId"]
        for line in shop.run("list", "--json", "--until", "2021-01-01").out.splitlines()
    }
    assert listed == {"old-000"}
    said = shop.run("list", "--json", "--since", "5200w")
    assert len(said.out.splitlines()) == len(IDS) + 1
    assert "1 more do not say when they were placed." in said.err
    assert shop.run("list", "--since", "1m").out == ""


@pytest.mark.parametrize(
    "text", ["7", "d7", "7y", "", "2026-13-01", "yesterday", "-7d", "9999999d", "999999d", "999999w"]
)
def test_a_time_that_is_none_is_refused(run: Run, text: str) -> None:
    said = run("list", f"--since={text}")
    assert said.status == 2
    assert "write 7d, 12h" in said.err


def test_a_time_without_a_zone_is_that_of_the_wall() -> None:
    found = commands.since("2026-11-01T08:00")
    assert found is not None
    assert found.tzinfo is not None
    assert f"{found.astimezone():%Y-%m-%d %H:%M}" == "2026-11-01 08:00"


@pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="the zone of a process cannot be changed on this system"
)
@pytest.mark.parametrize(("text", "zone"), [
    ("0001-01-01T00:00:00+00:00", "UTC+5"), ("9999-12-31T23:59:00+00:00", "UTC-9"),
    ("0001-01-01T00:00:00+14:00", "UTC"), ("9999-12-31T23:59:00-12:00", "UTC"),
])  # fmt: skip
def test_a_time_that_no_clock_here_can_show_is_shown_as_it_was_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, text: str, zone: str
) -> None:
    shop.put({**order("111-111"), "acceptedOn": text})
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        listed, shown, before = (
            shop.run("list"),
            shop.run("show", "111-111"),
            shop.run("list", "--until", "2000-01-01"),
        )
    time.tzset()
    assert (listed.status, shown.status, before.status) == (0, 0, 0)
    assert re.search(rf"^111-111 .* {text[:10]} ", listed.out, re.MULTILINE)
    assert text[:16].replace("T", " ") + text[19:] in shown.out


def test_an_order_is_shown(shop: Shop) -> None:
    said = shop.run("show", "dfa-3f1", "--mock")
    for text in (
        "wilhelmina.quandt@example.com",
        "68.44 USD",
        "Discount SAVE5",
        "-5.00 USD",
        "97477 Springfield",
    ):
        assert text in said.out
    assert json.loads(shop.run("show", IDS[0], "--json").out)["orderId"] == IDS[0]


def test_in_a_narrow_terminal_a_name_is_folded_at_its_words() -> None:
    with Terminal("list", "--mock", "--status", "refunded", width=80) as terminal:
        assert terminal.end() == 0
    lines = [line.split() for line in terminal.text.splitlines()]
    for first in ("a90-55c", "e00-002", "52a-7d3"):
        at = next(number for number, line in enumerate(lines) if line[:1] == [first])
        assert (lines[at][3], lines[at + 1][0]) == ("Wilhelmina", "Quandt")


@pytest.mark.parametrize("columns", ["0", "1", "7"])
def test_a_terminal_that_says_it_has_no_width_is_shown_everything(columns: str) -> None:
    with Terminal("list", "--mock", "--status", "disputed", COLUMNS=columns) as terminal:
        assert terminal.end() == 0
    for text in ("This is a mock", "c3d-118", "2025-03-29", "Quandt", "78.00 USD"):
        assert text in terminal.text


# Each of letters of its own, so that it can be read out of lines over which it is folded.
LETTERS = {
    "####": "000-000",
    "########": "Wilhelmina Quandt",
    "#####": "-1234567.89 ?",
    "#" * 9: "TRXTRXTRXTRXTRX",
}


@pytest.mark.parametrize("whole", [(), ("####", "#####")])
@pytest.mark.parametrize("times", [1, 5])
def test_no_value_of_a_table_is_cut_in_a_terminal_of_any_width(whole: tuple[str, ...], times: int) -> None:
    for width in range(20, 201):
        shown = io.StringIO()
        row = [*LETTERS.values()] * times
        print_table([*LETTERS] * times, [row], whole=whole, on=Console(file=shown, width=width))
        for value in LETTERS.values():
            letters = {*value} - {*" -"}
            found, there = (
                Counter(filter(letters.__contains__, text)) for text in (shown.getvalue(), value * times)
            )
            assert found == there, width


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100])
@pytest.mark.parametrize(
    "words", [("list",), ("list", "--sum"), ("ship", "parcels.csv", "--dry-run")], ids=" ".join
)
def test_no_amount_currency_or_id_is_cut_in_a_narrow_terminal(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, width: int, words: tuple[str, ...]
) -> None:
    price = {"unit": "USD", "value": 12345678901, "string": ""}
    shop.put({**order("111-111", status="fulfilled"), "customerPaid": price, "netAmount": price})
    shop.file("order,tracking\n" + "".join(f"{each},00340434161094000000\n" for each in IDS))
    wide = shop.run(*words).out
    monkeypatch.setattr(terminal, "_out", lambda: Console(width=width))
    narrow = "".join(shop.run(*words).out.split())
    whole = re.findall(r"\b[0-9]{3}-[0-9]{3}\b|[0-9]+\.[0-9]+|\b[A-Z]{3}\b", wide)
    assert len(whole) >= len(IDS)
    assert [each for each in whole if each not in narrow] == []


def test_a_fulfillment_is_taken_back(shop: Shop) -> None:
    shop.put(order("111-111", status="fulfilled"))
    assert shop.run("unship", "111-111").status == 0
    assert shop.order("111-111").status == "unfulfilled"
    said = shop.run("unship", "111-111")
    assert said.status == 1
    assert "webflow-orders show" in said.err


def test_all_orders_are_exported(shop: Shop) -> None:
    said = shop.run("export", "orders.ndjson", "--json")
    assert (said.status, json.loads(said.out)["orders"]) == (0, len(IDS))
    assert len(Path("orders.ndjson").read_text().splitlines()) == len(IDS)
    again = shop.run("export", "orders.ndjson")
    assert again.status == 1
    assert "is there already" in again.err
    assert shop.run("export", "orders.ndjson", "--overwrite").status == 0
    assert shop.run("export", "orders.xls").status == 2


def test_letters_that_a_terminal_does_not_have_are_spelled_out(shop: Shop) -> None:
    with pytest.MonkeyPatch.context() as patch:
        shown = io.BytesIO()
        patch.setattr(sys, "stdout", io.TextIOWrapper(shown, "ascii"))
        assert shop.run("list", "--mock").status == 0
        sys.stdout.flush()
        assert b"\\u898b\\u672c" in shown.getvalue()


def test_a_reader_that_has_enough_is_no_error(shop: Shop) -> None:
    shop.put(*(order(f"000-{number:03x}") for number in range(100, 300)))
    command = f"{sys.executable} -m webflow_orders_cli list --json | head -n 1"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    ("command", "option", "schema"),
    [
        (commands.list_, "status", "OrderStatus"),
        (commands.export, "status", "OrderStatus"),
        (commands.refund, "reason", "RefundReason"),
        (hooks.create, "trigger", "OrderTrigger"),
    ],
)
def test_the_words_that_can_be_chosen_are_those_of_the_spec(
    command: Any, option: str, schema: str, spec: dict[str, Any]
) -> None:
    hint = get_type_hints(command)[option]
    words = next((each for each in get_args(hint) if get_args(each)), hint)
    assert [*get_args(words)] == spec["components"]["schemas"][schema]["enum"]
