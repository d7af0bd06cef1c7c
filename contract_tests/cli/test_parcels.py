"""What a file of parcels may look like, what is told of a row that cannot be right, and what is to be done."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from webflow_orders import Order
from webflow_orders_cli import parcels
from webflow_orders_cli.parcels import Parcel, Step
from webflow_orders_cli.terminal import UsageError, cell
from webflow_orders_mock import order

from contract_tests.cli.conftest import IDS, Shop

ROWS = [("000-001", "00123", "DHL", "https://example.com/?n=00123"), ("000-002", "JJD01 4600", "", "")]


def read(folder: Path, text: str | bytes) -> list[Step]:
    path = folder / "parcels.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return parcels.read(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("hint", ["", "sep={}"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("names", [
    ("order", "tracking", "provider", "url"), ("Order ID", "Tracking number", "Carrier", "Tracking URL"),
    ("ORDER_ID", "tracking-no", "Shipping Provider", "Link"),
])  # fmt: skip
def test_a_file_is_read_however_a_spreadsheet_wrote_it(
    tmp_path: Path, delimiter: str, mark: str, end: str, hint: str, quoting: Any, names: tuple[str, ...]
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    order = (3, 1, 0, 2)
    writer.writerow([*(names[each] for each in order), "What I think, really"])
    writer.writerow([])
    for row in ROWS:
        writer.writerow([*(row[each] for each in order), "a;b,c"])
    before = hint.format(delimiter) + end if hint else ""
    steps = read(tmp_path, mark + before + out.getvalue())
    assert [step.parcel[1:] for step in steps] == ROWS
    assert [step.parcel.line for step in steps] == ([4, 5] if hint else [3, 4])
    assert not any(step.wrong for step in steps)


def test_what_spreadsheets_put_around_a_cell_is_taken_off(tmp_path: Path) -> None:
    steps = read(
        tmp_path,
        'order,tracking\n000-001,"=""0012"""\n000-002,\'-77\n000-003, 5 \n000-004,"two\nlines"\n000-005,6\n',
    )
    assert [step.parcel.tracking for step in steps] == ["0012", "-77", "5", "two\nlines", "6"]
    assert [step.parcel.line for step in steps] == [2, 3, 4, 5, 7]
    assert [step.wrong for step in steps][3:] == [
        "its tracking holds a line break or a control character",
        "",
    ]


@given(st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text and text.isprintable()))
def test_what_this_command_writes_it_reads_again(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([cell(text)])
    (row,) = csv.reader(io.StringIO(out.getvalue()))
    found = parcels._plain(row[0])
    assert found == text or cell(text) != text or text.startswith("'") or text.startswith('="')


@pytest.mark.parametrize(("text", "says"), [
    ("", "must begin with a line that names its columns"),
    ("\n\n", "must begin with a line"),
    ("order\n000-001\n", "must begin with a line"),
    ("000-001,TR1\n", "must begin with a line"),
    ("order|tracking\n000-001|TR1\n", "must begin with a line"),
    ("order,tracking,Order ID\n1,2,3\n", "two columns for the order"),
    ("order,tracking,carrier,provider\n1,2,3,4\n", "two columns for the provider"),
    ('order,tracking\n000-001,"TR1\n', "line [0-9]: unexpected end of data"),
    ('order,tracking\n000-001,"TR1"x\n', "line 2:"),
    (b"order,tracking\n000-001,M\xfcller\n", "is not UTF-8"),
    ("order,tracking\n".encode("utf-16"), "is not UTF-8"), ("order,tracking\n".encode("utf-16-le"), "is not UTF-8"),
    ("order,tracking\n".encode("utf-16-be"), "is not UTF-8"),
    ("order,tracking\n000-001," + "x" * 200_000, "field larger than"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        read(tmp_path, text)


@pytest.mark.parametrize(("row", "wrong"), [
    (",TR1", "there is no order id"), ("a b,TR1", "that is no order id"), ("../x,TR1", "that is no order id"),
    ("é,TR1", "that is no order id"), (f"{'0' * 65},TR1", "that is no order id"),
    ("000-001,", "there is no tracking number"), ("000-001", "there is no tracking number"),
    ("000-001,1.23E+12", "a spreadsheet has shortened the tracking number; make its column text"),
    ('000-001,"1,23457E+15"', "a spreadsheet has shortened the tracking number; make its column text"),
    ("000-001,340434161.0", "a program has taken the tracking number for an amount; make its column text"),
    ('000-001,"00340434,00"', "a program has taken the tracking number for an amount; make its column text"),
    ("000-001,-", "there is no tracking number"), ("000-001,?", "there is no tracking number"),
    ("000-001,TR\x1b[2J1", "its tracking holds a line break or a control character"),
    ("000-001,TR1,D\x07HL", "its provider holds a line break or a control character"),
    ("000-001,TR1,,javascript:alert(1)", "its url is no web address"),
    ("000-001,TR1,,www.example.com/TR1", "its url is no web address"),
    ("000-001,TR1,,https://", "its url is no web address"), ("000-001,TR1,,http://[", "its url is no web address"),
    ("000-001,TR1,,https://a b", "its url is no web address"),
    ("000-001,TR1,,,more", "the row has more cells than there are columns"),
])  # fmt: skip
def test_a_row_that_cannot_be_right_is_told(tmp_path: Path, row: str, wrong: str) -> None:
    (step, good) = read(tmp_path, f"order,tracking,provider,url\n{row}\n000-00f,TR9\n")
    assert (step.wrong, good.wrong) == (wrong, "")


@pytest.mark.parametrize("text", [
    "#REF!", "#N/A", "#NAME?", "#DIV/0!", "#ÜBERLAUF!", "#¡REF!", "########", "#", "Err:502", "=1+1", "'=1+1",
])  # fmt: skip
@pytest.mark.parametrize("name", ["tracking", "provider"])
def test_what_a_spreadsheet_shows_in_place_of_a_value_is_none(tmp_path: Path, text: str, name: str) -> None:
    row = {"order": "000-001", "tracking": "TR1", "provider": "DHL", name: text}
    (step,) = read(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n")
    assert (
        step.wrong == f"its {name} is what a spreadsheet shows of an error, a formula or a column too narrow"
    )


@pytest.mark.parametrize("text", ["nan", "NaN", "None", "NULL", "undefined", "<NA>"])
@pytest.mark.parametrize("name", ["tracking", "provider", "url"])
def test_what_a_program_writes_in_place_of_a_value_is_none(tmp_path: Path, text: str, name: str) -> None:
    row = {
        "order": "000-001",
        "tracking": "TR1",
        "provider": "DHL",
        "url": "https://example.com/1",
        name: text,
    }
    (step,) = read(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n")
    assert step.wrong == f"its {name} is what a program writes where there is none"


@pytest.mark.parametrize(
    "text", ["#1234", "00340434", "JJD=01", "-77", "Err", "TR#1", "1.5", "NONE1", "7.01"]
)
def test_a_tracking_number_may_have_signs(tmp_path: Path, text: str) -> None:
    (step,) = read(tmp_path, f"order,tracking\n000-001,{text}\n")
    assert (step.wrong, step.parcel.tracking) == ("", text)


def test_an_order_that_is_there_twice_is_told_at_both_rows(tmp_path: Path) -> None:
    steps = read(tmp_path, "order,tracking\n000-001,a\n000-002,b\n000-001,c\n")
    assert [step.wrong for step in steps] == ["the order is in line 4 too", "", "the order is in line 2 too"]
    # Filled down by a spreadsheet; a look at each other row for each would take minutes.
    steps = read(tmp_path, "order,tracking\n" + "000-001,a\n" * 30_000)
    assert {step.wrong for step in steps} == {"the order is in line 3 too", "the order is in line 2 too"}


PARCEL = Parcel(2, "000-001", "TR1", "DHL", "https://example.com/TR1")
NOTES = {
    "shippingTracking": "TR1",
    "shippingProvider": "DHL",
    "shippingTrackingURL": "https://example.com/TR1",
}


@pytest.mark.parametrize(("fields", "words"), [
    ({"status": "unfulfilled"}, "ship"),
    ({"status": "unfulfilled", "shippingTracking": "TR0"}, "ship; in place of TR0"),
    ({"status": "unfulfilled", **NOTES}, "ship"),
    ({"status": "fulfilled", **NOTES}, "nothing: shipped already"),
    ({"status": "fulfilled", **NOTES, "shippingTracking": " TR1 "}, "nothing: shipped already"),
    ({"status": "fulfilled"}, "shipped already: add its notes"),
    ({"status": "fulfilled", "shippingTracking": "TR1"}, "shipped already: add its notes"),
    ({"status": "fulfilled", "shippingTracking": "TR2"},
     "CANNOT BE RIGHT: the order was shipped with another number, TR2"),
    ({"status": "refunded"}, "CANNOT BE RIGHT: the order is refunded"),
    ({"status": "pending"}, "CANNOT BE RIGHT: the order is pending"),
    ({"status": "disputed"}, "CANNOT BE RIGHT: the order is disputed"),
    ({"status": "something-new"}, "CANNOT BE RIGHT: the order is something-new"),
])  # fmt: skip
def test_what_is_to_be_done_follows_from_how_the_order_stands(fields: dict[str, Any], words: str) -> None:
    step = parcels.planned(Step(PARCEL), Order.from_dict({"orderId": "000-001", **fields}))
    assert str(step) == words
    assert step.ships is (fields["status"] == "unfulfilled")
    if step.ships:
        assert ("shipping_tracking" in step.notes) is (fields.get("shippingTracking") != "TR1")


def test_an_order_that_is_not_there_cannot_be_shipped() -> None:
    assert parcels.planned(Step(PARCEL), None).wrong == "there is no such order"
    for made_a_date in ("3-Jan", "12-Dec", "Dec-12", "01-Feb-2003"):
        assert "made a date" in parcels.planned(Step(PARCEL._replace(order_id=made_a_date)), None).wrong
    assert parcels.planned(Step(PARCEL, wrong="so"), None).wrong == "so"


def test_nothing_is_sent_for_a_file_with_a_row_that_cannot_be_right(shop: Shop) -> None:
    shop.put(
        {**parcel_order("bad-001"), "status": "refunded"}, {**parcel_order("bad-002"), "status": "fulfilled"}
    )
    file = shop.file(f"order,tracking\n{IDS[0]},a\nbad-001,b\nbad-002,c\nbad-003,d\n")
    for more in ((), ("--dry-run",)):
        said = shop.run("ship", file, "--yes", *more)
        assert said.status == 1
        shown = said.err + said.out
        for text in (
            "the order is refunded",
            "with another number, TR0",
            "no such order",
            "cannot be right: 3.",
        ):
            assert text in shown
        assert shop.sent() == []
        assert not (shop.folder / "parcels.report.csv").exists()
    said = shop.run("ship", file, "--yes", "--skip-wrong")
    assert said.status == 1
    assert "1 shipped, 3 skipped." in said.err
    assert shop.sent() == [("update", IDS[0]), ("fulfill", IDS[0])]


def parcel_order(order_id: str) -> dict[str, Any]:
    return {**order(order_id, status="fulfilled"), "shippingTracking": "TR0"}
