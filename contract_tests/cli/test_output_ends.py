"""What a command says of what it did when nobody takes its output: a full disk, a pipe or stream that is closed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders_cli import hooks
from webflow_orders_cli.report import Report

from contract_tests.cli.conftest import IDS, Said, Shop

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full, on which no byte fits")


def run(redirection: str, *words: str, stdout: int = subprocess.PIPE) -> Said:
    """The command, started by a shell that redirects it."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "webflow_orders_cli", *words],
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return Said(done.returncode, done.stdout or "", done.stderr)


def run_into_a_pipe_that_is_left(*words: str) -> Said:
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        return run("", *words, stdout=theirs)
    finally:
        os.close(theirs)


REFUND = ("refund", IDS[0], "--yes", IDS[0])


@pytest.mark.parametrize("redirection", [
    pytest.param("1>/dev/full", marks=needs_full), "1>&-",
])  # fmt: skip
@pytest.mark.parametrize(("words", "sent", "says"), [
    ((*REFUND, "--json"), [("refund", IDS[0])], f"{IDS[0]} is refunded."),
    (("ship", IDS[0], "--json"), [("fulfill", IDS[0])], f"Order {IDS[0]}: shipped."),
])  # fmt: skip
def test_what_was_done_is_not_called_not_done(
    shop: Shop, redirection: str, words: tuple[str, ...], sent: list[tuple[str, str]], says: str
) -> None:
    said = run(redirection, *words)
    assert shop.sent() == sent
    assert said.status == 0
    assert "Not done" not in said.err
    assert redirection == "1>&-" or says in said.err


@needs_full
def test_all_parcels_are_shipped_though_nobody_takes_the_lines(shop: Shop) -> None:
    file = shop.file("order,tracking\n" + "".join(f"{each},TR{each}\n" for each in IDS))
    said = run("1>/dev/full", "ship", file, "--yes", "--json")
    assert said.status == 0
    assert {shop.order(each).status for each in IDS} == {"fulfilled"}


@needs_full
def test_what_a_settlement_found_and_a_lost_secret_are_told(shop: Shop) -> None:
    shop.mock.faults.outage(status=502, operation="refund-order", applied=True)
    journal = shop.folder / "journal.sqlite"
    with (
        OrdersClient(journal=journal, confirm=False, site_id=shop.mock.site_id) as orders,
        pytest.raises(errors.OutcomeUnknownError),
    ):
        orders.refund(IDS[0])
    said = run("1>/dev/full", "settle", "--json", "--journal", str(journal))
    assert (said.status, f"order {IDS[0]}" in said.err, "done" in said.err) == (0, True, True)
    said = run("1>/dev/full", "webhooks", "create", "https://shop.example/x", "--trigger", "ecomm_new_order")
    assert said.status == 0
    assert "Its secret is lost: webflow-orders webhooks delete " in said.err


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=needs_full), "<&-"])
def test_a_closed_or_full_stderr_ends_nothing(shop: Shop, redirection: str) -> None:
    said = run(redirection, *REFUND, "--json")
    assert (said.status, json.loads(said.out)["status"]) == (0, "refunded")
    assert len(run(redirection, "list", "--json").out.splitlines()) == len(IDS)


def test_nobody_is_asked_where_stdin_is_closed(shop: Shop) -> None:
    said = run("<&-", "refund", IDS[0])
    assert (said.status, "Nobody is here to be asked" in said.err) == (2, True)
    assert shop.sent() == []


def test_who_reads_no_further_ends_a_list_and_no_refund(shop: Shop) -> None:
    assert run_into_a_pipe_that_is_left("list", "--json").status == 1
    assert run_into_a_pipe_that_is_left("list").status == 1
    said = run_into_a_pipe_that_is_left(*REFUND, "--json")
    assert (said.status, f"{IDS[0]} is refunded." in said.err) == (0, True)
    assert shop.sent() == [("refund", IDS[0])]


def test_nothing_is_made_whose_secret_no_file_can_keep(shop: Shop, tmp_path: Path) -> None:
    words = ("webhooks", "create", "https://shop.example/x", "--trigger", "ecomm_new_order", "--secret-file")
    for path in (tmp_path / "nowhere" / "secret", tmp_path):
        said = shop.run(*words, str(path))
        assert (said.status, "No file for the secret can be made" in said.err) == (2, True)
    assert shop.run("webhooks", "list").out == ""
    path = tmp_path / "secret"
    assert shop.run(*words, str(path), "--token", "nobody-s").status == 1
    assert not path.exists(), "nothing was written to it"


@needs_full
def test_a_secret_that_does_not_fit_on_the_disk_is_said_to_be_lost(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("webhooks", "create", "https://shop.example/x", "--trigger", "ecomm_new_order", "--secret-file")
    with FULL.open("wb", buffering=0) as full:
        monkeypatch.setattr(hooks, "_new", lambda path: contextlib.nullcontext(full))
        said = shop.run(*words, str(tmp_path / "new"))
    (hook,) = json.loads(f"[{shop.run('webhooks', 'list', '--json').out}]")
    assert said.status == 1
    assert f"Webhook {hook['id']} is made, but its secret is lost" in said.err


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a report fits on the disk."""
    opened = Report._open

    def fill(self: Report, path: Path) -> io.TextIOWrapper:
        file = opened(self, path)
        with FULL.open("wb") as full:
            os.dup2(full.fileno(), file.fileno())
        return file

    monkeypatch.setattr(Report, "_open", fill)


def lose_an_answer(shop: Shop, *, applied: bool) -> None:
    shop.mock.faults.outage(status=502, operation="fulfill-order", order_id=IDS[0], applied=applied)


@needs_full
@pytest.mark.usefixtures("full_disk", "without_looks")
def test_what_became_of_an_order_is_told_though_its_report_cannot_be_written(shop: Shop) -> None:
    said = shop.run("ship", IDS[1], "--report", "kept.csv")
    assert (said.status, shop.order(IDS[1]).status) == (0, "fulfilled")
    assert f"Order {IDS[1]}: shipped." in said.err
    assert "could not be added to kept.csv: No space left on device" in said.err
    assert "Not done" not in said.err
    lose_an_answer(shop, applied=True)
    said = shop.run("ship", IDS[0], "--report", "kept.csv")
    assert (said.status, f"Order {IDS[0]}: unknown, " in said.err) == (3, True)
    assert "Run it again in a minute" in said.err
    assert "What became of each is in" not in said.err


@needs_full
@pytest.mark.usefixtures("full_disk")
def test_no_parcel_is_begun_after_one_whose_report_cannot_be_written(shop: Shop) -> None:
    file = shop.file("order,tracking\n" + "".join(f"{each},TR{each}\n" for each in IDS))
    said = shop.run("ship", file, "--yes", "--json")
    assert shop.sent() == [("update", IDS[0]), ("fulfill", IDS[0])]
    assert [json.loads(line)["result"] for line in said.out.splitlines()] == ["shipped"]
    assert (said.status, f"1 shipped, {len(IDS) - 1} not begun." in said.err) == (1, True)
    assert said.err.count("parcels.report.csv: No space left on device. No other order is begun.") == 1


@needs_full
@pytest.mark.usefixtures("without_looks")
@pytest.mark.parametrize("applied", [True, False])
def test_what_an_earlier_run_left_stays_in_the_journal_until_it_is_in_the_report(
    shop: Shop, request: pytest.FixtureRequest, applied: bool
) -> None:
    lose_an_answer(shop, applied=applied)
    words = ("ship", shop.file(f"order,tracking\n{IDS[0]},TR1\n{IDS[1]},TR2\n"), "--yes", "--email")
    assert shop.run(*words).status == 3
    sent = shop.sent()
    request.getfixturevalue("full_disk")
    said = shop.run(*words)
    assert (said.status, shop.sent()) == (3, sent)
    assert f"Order {IDS[0]}: {'shipped' if applied else 'unknown'}, " in said.err
    assert shop.run("unsettled").status == 3
