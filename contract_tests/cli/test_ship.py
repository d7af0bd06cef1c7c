"""Shipping an order and a file: what is sent, in which order, what is told of it, and what the next run does."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders_cli import shipping
from webflow_orders_cli.parcels import Parcel, Step
from webflow_orders_cli.report import Entry, Report
from webflow_orders_cli.terminal import NotDone, UsageError
from webflow_orders_mock import order

from contract_tests.cli.conftest import IDS, Shop


def parcels(*ids: str) -> str:
    return "order,tracking,provider\n" + "".join(f"{each},TR{each},DHL\n" for each in ids)


def report(shop: Shop, name: str = "parcels.report.csv") -> list[dict[str, str]]:
    return list(csv.DictReader((shop.folder / name).read_text("utf-8").splitlines()))


def ends(shop: Shop) -> list[tuple[str, str, str]]:
    return [(row["order"], row["result"], row["e-mail"]) for row in report(shop)]


def leave(shop: Shop, method: str = "fulfill", *, applied: bool, **arguments: Any) -> None:
    """What a run that was killed leaves of its first order: a write that nobody knows of."""
    journal = shop.folder / "state" / "webflow-orders" / "journal.sqlite"
    journal.parent.mkdir(parents=True, exist_ok=True)
    shop.mock.faults.outage(status=502, operation=f"{method}-order", applied=applied)
    with OrdersClient(journal=journal, confirm=False) as orders, pytest.raises(errors.OutcomeUnknownError):
        getattr(orders, method)(IDS[0], **arguments)


def test_an_order_is_shipped_with_its_number(shop: Shop) -> None:
    said = shop.run(
        "ship", IDS[0], "--tracking", "TR1", "--provider", "DHL", "--url", "https://example.com/TR1"
    )
    assert (said.status, said.out) == (0, "")
    assert f"Order {IDS[0]}: shipped." in said.err
    found = shop.order(IDS[0])
    assert (found.status, found.shipping_tracking, found.shipping_provider) == ("fulfilled", "TR1", "DHL")
    assert shop.sent() == [("update", IDS[0]), ("fulfill", IDS[0])]
    again = shop.run("ship", IDS[0], "--tracking", "TR1")
    assert (again.status, len(shop.sent())) == (0, 2)
    assert "was shipped before; nothing was sent" in again.err
    other = shop.run("ship", IDS[0], "--tracking", "TR2")
    assert (other.status, len(shop.sent())) == (1, 2)
    assert "with another number, TR1" in other.err
    assert shop.run("ship", IDS[1]).status == 0, "a number is not needed"
    assert shop.sent()[2:] == [("fulfill", IDS[1])]
    assert not list(shop.folder.glob("*.report.csv"))


def test_a_file_is_shipped_in_its_order(shop: Shop) -> None:
    file = shop.file(parcels(*IDS))
    said = shop.run("ship", file, "--yes", "--email", "--json")
    assert said.status == 0
    assert shop.sent() == [(what, each) for each in IDS for what in ("update", "fulfill")]
    assert [json.loads(line)["order"] for line in said.out.splitlines()] == IDS
    assert {(line["result"], line["email"]) for line in map(json.loads, said.out.splitlines())} == {
        ("shipped", "asked for")
    }
    assert ends(shop) == [(each, "shipped", "asked for") for each in IDS]
    assert stat.S_IMODE((shop.folder / "parcels.report.csv").stat().st_mode) == 0o600
    again = shop.run("ship", file, "--yes", "--email")
    assert (again.status, len(shop.sent()), len(report(shop))) == (0, 2 * len(IDS), len(IDS))
    assert f"{len(IDS)} shipped before." in again.err


def test_a_list_is_read_where_that_takes_fewer_requests(shop: Shop) -> None:
    shop.put(*(order(f"111-{number:03x}", status="fulfilled") for number in range(150)))
    shop.run("ship", shop.file(parcels(*IDS[:5])), "--dry-run")
    reads = [entry.operation_id for entry in shop.mock.ledger]
    assert reads == ["list-orders"] * 2, "how many, and a page"
    before = shop.mock.ledger.last_seq
    shop.run("ship", shop.file(parcels(*IDS[:2])), "--dry-run")
    assert [entry.operation_id for entry in shop.mock.ledger.since(before)] == ["get-order"] * 2


def test_many_that_are_not_listed_are_said_to_be_asked_for_one_by_one(shop: Shop) -> None:
    said = shop.run("ship", shop.file(parcels(*(f"fff-{number:03x}" for number in range(101)))), "--dry-run")
    assert (
        "101 orders were not listed, and are asked for one by one: some 2 min at 60 requests a minute."
        in said.err
    )


def test_without_a_terminal_it_goes_on_with_yes_alone(shop: Shop) -> None:
    file = shop.file(parcels(*IDS))
    said = shop.run("ship", file)
    assert said.status == 2
    assert "--yes" in said.err
    assert "--dry-run" in said.err
    assert len(shop.mock.ledger) == 0
    dry = shop.run("ship", file, "--dry-run", "--json")
    assert dry.status == 0
    assert [json.loads(line)["plan"] for line in dry.out.splitlines()] == ["ship"] * len(IDS)
    assert shop.sent() == []
    assert not list(shop.folder.glob("*.report.csv"))


def test_how_long_it_takes_is_told_at_the_rate_of_the_shop(shop: Shop) -> None:
    shop.put(*(order(f"111-{number:03x}", status="unfulfilled") for number in range(300)))
    shop.mock.add_token("hasty", plan="business")
    file = shop.file(parcels(*(f"111-{number:03x}" for number in range(300))))
    said = shop.run("ship", file, "--dry-run", "--token", "hasty")
    assert "It would take some 5 min at 120 requests a minute." in said.err


def test_one_that_is_refused_does_not_keep_the_others(shop: Shop) -> None:
    shop.mock.faults.outage(status=500, operation="list-orders")  # A read is made again.
    file = shop.file(parcels(*IDS))
    original = OrdersClient.fulfill

    def meanwhile(self: OrdersClient, order_id: str, **options: Any) -> Any:
        if order_id == IDS[1]:
            original(self, order_id)
        return original(self, order_id, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OrdersClient, "fulfill", meanwhile)
        said = shop.run("ship", file, "--yes")
    assert said.status == 1
    assert [result for _, result, _ in ends(shop)] == ["shipped", "not done", *["shipped"] * 4]
    assert "409" in report(shop)[1]["detail"]
    assert shop.run("ship", file, "--yes").status == 0


def test_one_that_somebody_else_changed_meanwhile_is_not_shipped(shop: Shop) -> None:
    file = shop.file(parcels(*IDS))
    original = OrdersClient.update

    def meanwhile(self: OrdersClient, order_id: str, **notes: Any) -> Any:
        if order_id == IDS[0]:
            self.refund(order_id)
        if order_id == IDS[1]:
            self.fulfill(order_id)
        return original(self, order_id, **notes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OrdersClient, "update", meanwhile)
        said = shop.run("ship", file, "--yes", "--email")
    assert said.status == 1
    assert [result for _, result, _ in ends(shop)] == ["not done", "noted", *["shipped"] * 4]
    assert report(shop)[0]["detail"] == "the order is refunded now"
    assert report(shop)[1]["detail"] == "it was shipped by somebody else meanwhile"
    assert [what for what in shop.sent() if what[0] == "fulfill"] == [("fulfill", each) for each in IDS[1:]]


def test_a_lost_answer_that_is_seen_leaves_its_e_mail_in_doubt(shop: Shop) -> None:
    shop.mock.faults.outage(status=502, operation="fulfill-order", order_id=IDS[1], applied=True)
    said = shop.run("ship", shop.file(parcels(*IDS)), "--yes", "--email")
    assert said.status == 3
    assert [row for row in ends(shop) if row[2] != "asked for"] == [(IDS[1], "shipped", "in doubt")]
    assert f"Whether the e-mail about order {IDS[1]} went out is not known" in said.err


def test_at_one_that_nobody_knows_of_it_stops_and_the_next_run_does_that_last(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shop.file(parcels(*IDS))
    leave(shop, applied=False, send_email=True)
    monkeypatch.setattr(
        shipping.Shipment, "_ship",
        lambda self, step: Entry("shipped") if self.orders.fulfill(step.parcel.order_id) else Entry(""),
    )  # fmt: skip
    said = shop.run("ship", file, "--yes", "--email")
    assert said.status == 0
    assert [(each, result) for each, result, _ in ends(shop)] == [
        (IDS[0], "unknown"), *((each, "shipped") for each in (*IDS[1:], IDS[0])),
    ]  # fmt: skip


def test_not_one_more_is_sent_after_one_that_nobody_knows_of(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        OrdersClient, "fulfill", lambda self, order_id, **_: self.with_options(confirm=False).refund(order_id)
    )
    shop.mock.faults.outage(status=502, operation="refund-order", order_id=IDS[1])
    said = shop.run("ship", shop.file(parcels(*IDS)), "--yes", "--email")
    assert said.status == 3
    assert [result for _, result, _ in ends(shop)] == ["shipped", "unknown"]
    assert "Run it again in a minute" in said.err


@pytest.mark.parametrize("email", [True, False])
@pytest.mark.parametrize("applied", [True, False])
def test_what_a_killed_run_left_is_looked_at_first(shop: Shop, email: bool, applied: bool) -> None:
    file = shop.file(parcels(IDS[0]))
    with OrdersClient() as orders:
        orders.update(IDS[0], shipping_tracking=f"TR{IDS[0]}", shipping_provider="DHL")
    leave(shop, applied=applied, send_email=email)
    said = shop.run("ship", file, "--yes", *(["--email"] if email else []))
    fulfills = [what for what in shop.sent() if what[0] == "fulfill"]
    if applied:
        assert ends(shop) == [(IDS[0], "shipped", "in doubt" if email else "")]
        assert (said.status, len(fulfills)) == (3 if email else 0, 1)
    else:
        asked = "asked for" if email else ""
        assert ends(shop) == [(IDS[0], "unknown", asked), (IDS[0], "shipped", asked)]
        assert (said.status, len(fulfills)) == (0, 2)
    assert shop.run("unsettled").status == 0
    assert shop.run("ship", file, "--yes").status == 0, "it is named once"


def test_one_that_lands_after_the_look_is_named_too(shop: Shop) -> None:
    """The report of the run that did not see it has it as unknown, and no journal any more."""
    file = shop.file(parcels(IDS[0]))
    path = shop.folder / "parcels.report.csv"
    with Report(path) as notes:
        notes.add(Parcel(2, IDS[0], f"TR{IDS[0]}", "DHL"), Entry("unknown", "asked for"))
    with OrdersClient() as orders:
        orders.update(IDS[0], shipping_tracking=f"TR{IDS[0]}", shipping_provider="DHL")
        orders.fulfill(IDS[0], send_email=True)
    said = shop.run("ship", file, "--yes")
    assert said.status == 3
    assert ends(shop)[-1] == (IDS[0], "shipped", "in doubt")


def test_what_other_commands_left_unsettled_is_left_to_them(shop: Shop) -> None:
    leave(shop, "refund", applied=True)
    shop.run("ship", shop.file(parcels(*IDS[1:])), "--yes")
    assert [json.loads(line)["of"] for line in shop.run("unsettled", "--json").out.splitlines()] == [IDS[0]]


def test_an_order_that_is_gone_is_a_wrong_row_and_stays_in_the_journal(shop: Shop) -> None:
    leave(shop, applied=False)
    shop.mock.reset()
    shop.put(order(IDS[1], status="unfulfilled"))
    file = shop.file(parcels(*IDS[:2]))
    said = shop.run("ship", file, "--yes")
    assert (said.status, shop.sent()) == (1, [])
    assert re.search(rf"{IDS[0]} .* CANNOT BE RIGHT: there is no such order", said.err)
    assert "add --skip-wrong" in said.err
    said = shop.run("ship", file, "--yes", "--skip-wrong")
    assert (said.status, "1 shipped, 1 skipped." in said.err) == (1, True)
    assert ends(shop) == [(IDS[1], "shipped", "")]
    said = shop.run("ship", IDS[0])
    assert said.status == 1
    assert f"Order {IDS[0]}: there is no such order; nothing was sent." in said.err
    assert [json.loads(line)["of"] for line in shop.run("unsettled", "--json").out.splitlines()] == [IDS[0]]


def test_two_runs_of_one_file_do_not_meet(shop: Shop) -> None:
    file = shop.file(parcels(*IDS))
    with Report(shop.folder / "parcels.report.csv"):
        said = shop.run("ship", file, "--yes")
    assert said.status == 1
    assert "Another run is at work" in said.err
    assert shop.sent() == []


def test_a_report_is_never_something_else(shop: Shop, tmp_path: Path) -> None:
    file = shop.file(parcels(*IDS))
    precious = tmp_path / "precious.txt"
    precious.write_text("do not touch\n")
    said = shop.run("ship", file, "--yes", "--report", str(precious))
    assert said.status == 2
    assert precious.read_text() == "do not touch\n"
    (tmp_path / "link.csv").symlink_to(precious)
    assert shop.run("ship", file, "--yes", "--report", str(tmp_path / "link.csv")).status == 1
    assert shop.run("ship", file, "--yes", "--report", str(tmp_path / "no" / "such.csv")).status == 1
    assert shop.sent() == []


NO_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes on this system")


@pytest.mark.parametrize("kind", [pytest.param("pipe", marks=NO_PIPES), "folder", "latin-1", "utf-16"])
def test_what_can_be_no_report_is_named(shop: Shop, tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes("time,line,Müller\n".encode(kind))
    said = shop.run("ship", IDS[0], "--report", str(path))
    assert (said.status, shop.sent()) == (2, [])
    assert f"{path} is no " in said.err
    assert "choose another with --report" in said.err
    assert path.exists()


def test_a_report_that_was_cut_off_goes_on_in_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    parcel = Parcel(2, "000-001", "=1+1", "a;=1 für München")
    with Report(path) as report:
        report.add(parcel, Entry("shipped", "asked for"))
    whole = path.read_bytes()
    assert b"'=1+1" in whole
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with Report(path) as report:
            report.add(parcel._replace(order_id="000-002"), Entry("not done"))
        with Report(path) as report:
            assert report.result("000-002") == "not done"
            assert report.result("000-001") in ("shipped", "")
    path.write_text("something else\n")
    with pytest.raises(UsageError, match="is no report"):
        Report(path)
    with Report(tmp_path / "held.csv"), pytest.raises(NotDone):
        Report(tmp_path / "held.csv")


@pytest.mark.parametrize("detail", ["refused, again", 'it said "no"', "a, b\u2028c", '"'])
def test_a_line_that_was_cut_within_quotes_takes_no_other_with_it(tmp_path: Path, detail: str) -> None:
    path = tmp_path / "report.csv"
    with Report(path) as report:
        report.add(Parcel(2, "000-001", "TR1"), Entry("unknown", "asked for", detail))
    whole = path.read_bytes()
    for length in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:length])
        with Report(path) as report:
            report.add(Parcel(3, "000-002", "TR2"), Entry("unknown", "asked for", detail))
            report.add(Parcel(4, "000-003", "TR3"), Entry("shipped", "in doubt"))
        with Report(path) as report:
            assert report.result("000-002") == "unknown"
            assert report.last["000-003"] == Entry("shipped", "in doubt")


def test_words_that_contradict_each_other_are_refused(shop: Shop) -> None:
    file = shop.file(parcels(*IDS))
    for words in ((file, "--tracking", "x"), ("no-such-file.csv", "--yes"), ("a b",), (IDS[0], "--url", "x")):
        assert shop.run("ship", *words).status in (1, 2)
    assert shop.sent() == []


def test_a_file_without_parcels_is_said_to_have_none(shop: Shop) -> None:
    said = shop.run("ship", shop.file("order,tracking\n\n"), "--yes")
    assert (said.status, said.err.splitlines()[-1]) == (
        0,
        f"There are no parcels in {shop.folder / 'parcels.csv'}.",
    )


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="this system has no /dev")
def test_no_report_is_made_beside_a_device(shop: Shop) -> None:
    said = shop.run("ship", "/dev/stdin", "--yes")
    assert (said.status, "say with --report where to note what became of each row" in said.err) == (2, True)
    assert not list(Path("/dev").glob("*.csv"))


@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="only Linux has files in /dev/shm")
def test_a_report_is_kept_beside_a_file_in_memory(shop: Shop) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, "parcels.csv")
        path.write_text(parcels(*IDS[:1]))
        assert shop.run("ship", str(path), "--yes").status == 0
        assert path.with_name("parcels.report.csv").exists()


def test_a_mock_keeps_no_report(shop: Shop) -> None:
    file = shop.file("order,tracking\ndfa-3f1,TR1\n")
    assert shop.run("ship", file, "--yes", "--mock").status == 0
    assert sorted(os.listdir(shop.folder)) == ["parcels.csv"]
    assert shop.sent() == []


def test_a_plan_is_shown_in_part_unless_asked_for(shop: Shop) -> None:
    many = [f"111-{number:03x}" for number in range(30)]
    shop.put(*(order(each, status="unfulfilled") for each in many))
    file = shop.file(parcels(*many))
    assert "… and 10 more; --dry-run shows all." in shop.run("ship", file, "--yes").err
    dry = shop.run("ship", file, "--dry-run")
    assert len(dry.out.splitlines()) == 31
    assert str(Step(Parcel(1, "x", "y"))) == "nothing: shipped already"
