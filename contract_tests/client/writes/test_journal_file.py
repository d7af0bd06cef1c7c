"""The file of the write journal: what is in it, who may read it, and what survives a kill, a fork and a thread."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders._call.journal import ANSWERED, Journal
from webflow_orders._common import files
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, access, answer
from contract_tests.client.writes.test_journal import LOST, UNFULFILLED, lose, noted


def test_the_file_is_its_owners_alone_and_holds_no_token_and_no_note(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "shop.sqlite"
    path.touch(0o666)
    path.chmod(0o666)
    script = Script(LOST)
    client = connect(script, journal=path, confirm=False)
    for change in ({"comment": "Wilhelmina Quandt"}, {"shipping_tracking": "tr00000000001"}):
        with pytest.raises((errors.OutcomeUnknownError, errors.UnsettledWriteError)):
            client.with_options(unsettled="ignore").update("dfa-3f1", **change)
    assert len(client.unsettled()) == 2
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    for secret in (TOKEN, "Wilhelmina", "Quandt", "tr00000000001"):
        assert secret.encode() not in content
    script.answers = [
        answer(json={"orderId": "dfa-3f1", "status": "pending", "comment": "Wilhelmina Quandt"})
    ]
    assert [each.became for each in client.settle()] == ["done", "open"]


def test_who_starts_on_a_file_is_told_what_was_left_open(
    connect: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "shop.sqlite"
    first, _ = lose(connect, "refund", UNFULFILLED, journal=path)
    first.close()
    with caplog.at_level(logging.WARNING):
        second = connect(Script(answer(json=ORDERS["refund"])), journal=path)
    assert "refund-order of order dfa-3f1" in caplog.text
    assert [write.ended for write in second.unsettled()] == ["ServerError 502"]
    assert [each.became for each in second.settle()] == ["done"]


def test_clients_of_other_servers_do_not_see_it(connect: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    lose(connect, "refund", UNFULFILLED, journal=path)
    other = connect(Script(UNFULFILLED), journal=path, base_url="https://staging.example")
    assert other.unsettled() == []


@pytest.mark.parametrize("content", [b"not a database, but a diary", b"SQLite format 3\x00" + b"x" * 100])
def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a journal"):
        OrdersClient(token="t", site_id=SITE, journal=path)
    assert path.read_bytes() == content


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    connection.close()
    path.chmod(0o664)
    with pytest.raises(ValueError, match="not a journal"):
        OrdersClient(token="t", site_id=SITE, journal=path)
    assert path.stat().st_mode & 0o777 == 0o664, "whoever reads it goes on reading it"


def test_a_pipe_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    path.chmod(0o666)  # As that of /dev/null is.
    with pytest.raises(FileExistsError, match="no regular file"):
        Journal(path)
    assert path.stat().st_mode & 0o777 == 0o666


def test_a_journal_that_cannot_be_used_now_is_not_called_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.sqlite"
    monkeypatch.setattr("webflow_orders._call.journal.PATIENCE", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as busy:
        busy.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OSError, match="cannot be used: database is locked"):
            Journal(path)
    Journal(path).close()


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "elsewhere.sqlite")
    with pytest.raises(OSError, match=r"link\.sqlite"):
        OrdersClient(token="t", site_id=SITE, journal=tmp_path / "link.sqlite")


def test_a_write_that_cannot_be_noted_is_not_sent(connect: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    script = Script(answer(json=ORDERS["refund"]))
    client = connect(script, journal=path)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE writes")
    connection.close()
    with pytest.raises(errors.JournalUnavailableError):
        client.refund("dfa-3f1")
    assert script.requests == []
    assert client.get("dfa-3f1").order_id == "dfa-3f1", "who only reads needs no journal"


def test_a_journal_that_fails_after_the_write_hides_no_success(
    connect: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "shop.sqlite"

    def reply(request: Any) -> Any:
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE writes")
        connection.close()
        return answer(json=ORDERS["refund"])

    assert connect(Script(reply), journal=path).refund("dfa-3f1").status == "refunded"
    assert "stays in the journal" in caplog.text


PROGRAM = """
import os, sys
import httpx
from webflow_orders import OrdersClient

class Line(httpx.HTTPTransport):
    def handle_request(self, request):
        response = super().handle_request(request)
        if request.method != "GET":
            response.read()
            os.kill(os.getpid(), 9)
        return response

url, token, site, path = sys.argv[1:]
orders = OrdersClient(token=token, site_id=site, base_url=url, journal=path, transport=Line())
orders.refund("dfa-3f1")
"""


def test_it_survives_a_kill_between_the_refund_and_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
    with MockServer(mock) as server:
        command = [sys.executable, "-c", PROGRAM, server.url, mock.token, mock.site_id, str(path)]
        ours = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=ours)
        assert done.returncode == -9, done.stderr
        with OrdersClient(**access(mock), base_url=server.url, journal=path) as orders:
            (write,) = orders.unsettled()
            assert (write.ended, write.is_under_way) == ("under way", False)
            assert [each.became for each in orders.settle()] == ["done"]
            assert orders.unsettled() == []
    assert sum(entry.applied for entry in mock.ledger) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_writes_to_the_same_file_by_a_connection_of_its_own(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "shop.sqlite"
    client, _ = lose(
        lambda script, **arguments: connect(script, **arguments), "refund", UNFULFILLED, journal=path
    )
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps([write.operation for write in client.unsettled()]).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert json.loads(os.read(reading, 1000)) == ["refund-order"]
    os.close(reading)
    assert len(client.unsettled()) == 1


def test_another_thread_strikes_out_no_answer_that_its_caller_has_not_been_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "shop.sqlite")
    number = noted(journal)
    journal.answered(number)
    journal.settle(noted(journal))
    assert journal.end(number, "KeyboardInterrupt"), "an interrupt that comes now finds it"
    assert [write.ended for write in journal.unsettled("https://a.example")] == ["KeyboardInterrupt"]
    journal.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_was_answered_is_done_though_a_look_shows_it_no_more(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    """Its process ended between the answer and whoever asked; and others have changed the order since."""
    path = tmp_path / "shop.sqlite"
    child = os.fork()
    if not child:
        try:
            journal = Journal(path)
            journal.answered(noted(journal))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    client = connect(Script(UNFULFILLED), journal=path, base_url="https://a.example")
    (write,) = client.unsettled()
    assert (write.ended, write.is_under_way, write.unseen) == (ANSWERED, False, ())
    assert [each.became for each in client.settle()] == ["done"]
    assert client.unsettled() == []


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to SQLite."""
    statements: list[str] = []

    class Spied(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            statements.append(sql)
            return super().execute(sql, *more)

        __del__ = sqlite3.Connection.close

    monkeypatch.setattr(files, "self_closing", lambda: Spied)
    return statements


def before(statement: str, said: list[str], setting: str) -> str:
    """What a setting was when this was said first."""
    at = next(at for at, each in enumerate(said) if each.startswith(statement))
    return [each for each in said[:at] if each.startswith(f"PRAGMA {setting}")][-1]


def test_a_write_is_flushed_to_the_disk_before_it_is_sent_and_its_end_is_not(
    tmp_path: Path, said: list[str]
) -> None:
    journal = Journal(tmp_path / "shop.sqlite")
    journal.end(noted(journal), "ServerError 502")
    journal.close()
    assert "PRAGMA journal_mode = WAL" in said
    assert before("INSERT INTO", said, "synchronous") == "PRAGMA synchronous = FULL"
    assert before("UPDATE", said, "synchronous") == "PRAGMA synchronous = NORMAL"


@pytest.mark.parametrize(("deadline", "most"), [(2.5, 2500), (150.0, 10_000)])
def test_whoever_has_locked_the_file_is_waited_for_within_the_deadline(
    connect: Callable[..., Any], tmp_path: Path, said: list[str], deadline: float, most: int
) -> None:
    script = Script(answer(json=ORDERS["refund"]))
    client = connect(script, journal=tmp_path / "shop.sqlite", clock=lambda: 1000.0, deadline=deadline)
    client.refund("dfa-3f1")
    assert before("INSERT INTO", said, "busy_timeout") == f"PRAGMA busy_timeout = {most}"
    assert before("UPDATE", said, "busy_timeout") == "PRAGMA busy_timeout = 1000", (
        "it may be looked at once more"
    )


def entries(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [ended for (ended,) in connection.execute("SELECT ended FROM writes")]


def test_an_answer_is_struck_out_by_nobody_but_the_thread_that_it_was_for(tmp_path: Path) -> None:
    """Its call is over, and has not returned yet: a kill that comes now must leave the entry behind."""
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    number = noted(journal)
    journal.answered(number)
    journal.over(number)

    def another() -> None:
        journal.settle(noted(journal))
        journal.unsettled("https://a.example")

    with ThreadPoolExecutor(1) as threads:
        threads.submit(another).result(60)
        assert entries(path) == [ANSWERED]
        threads.submit(answer_one, journal).result(60)
        assert journal.unsettled("https://a.example") == [], "this thread has gone on"
        assert entries(path) == [ANSWERED], "and the other one has not"
    journal.settle(noted(journal))
    assert entries(path) == [], "a thread that is gone has been told, too"
    journal.close()


def answer_one(journal: Journal) -> None:
    number = noted(journal)
    journal.answered(number)
    journal.over(number)


def test_a_handler_of_signals_may_use_the_journal_in_the_middle_of_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    with journal._open() as connection:
        handled = noted(journal)
        assert [write.id for write in journal.unsettled("https://a.example")] == [handled]
        connection.execute("UPDATE writes SET ended = 'seen'")
    assert entries(path) == ["seen"]

    def interrupted() -> None:
        with journal._open():
            noted(journal)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(entries(path)) == 2, "what the handler noted stays"
    journal.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_outlives_the_parents_use_of_the_file(tmp_path: Path) -> None:
    """SQLite must not be carried over a fork: the locks that the child would believe in are the parent's."""
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    noted(journal)
    go_on, child_goes_on = os.pipe()
    said, child_says = os.pipe()
    child = os.fork()
    if not child:
        try:
            noted(journal)
            os.write(child_says, b".")
            os.read(go_on, 1)
            noted(journal)
            os.write(child_says, b".")
            os.read(go_on, 1)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.read(said, 1)
    noted(journal)
    journal.close()
    for _ in range(2):
        os.write(child_goes_on, b".")
    os.waitpid(child, 0)
    assert len(entries(path)) == 4
    for each in (go_on, child_goes_on, said, child_says):
        os.close(each)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_of_the_same_id_is_not_the_one_that_died(tmp_path: Path) -> None:
    """As in a container, where each has the same; or after the machine was started anew."""
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    noted(journal)
    assert [write.is_under_way for write in journal.unsettled("https://a.example")] == [True]
    for process in (os.getpid(), os.getppid()):
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE writes SET process = ?, born = 'before 1'", (process,))
        connection.close()
        assert [write.is_under_way for write in journal.unsettled("https://a.example")] == [False]
    journal.close()


def test_what_was_answered_is_struck_out_when_a_program_ends_without_closing(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    journal = Journal(path)
    answer_one(journal)
    del journal
    gc.collect()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM writes").fetchone() == (0,)
    connection.close()
