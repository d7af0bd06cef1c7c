"""The write journal: what it keeps, for whom, and what a later write makes of it."""

from __future__ import annotations

import gc
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from webflow_orders import OrdersClient, errors, outcome_of
from webflow_orders._call.journal import ANSWERED, Journal
from webflow_orders._call.operation import Postcondition

from contract_tests.client.conftest import ORDERS, SITE, WRITES, Script, answer, perform

UNFULFILLED = answer(json={"orderId": "dfa-3f1", "status": "unfulfilled"})
LOST = answer(502, {})


def lose(connect: Callable[..., Any], method: str, *answers: Any, **arguments: Any) -> tuple[Any, Script]:
    """A client with an unsettled write of order dfa-3f1; then it is given the answers."""
    script = Script(LOST)
    client = connect(script, **arguments)
    with pytest.raises(errors.OutcomeUnknownError):
        perform(client.with_options(confirm=False), method)
    script.answers, script.requests = [*answers], []
    return client, script


@pytest.mark.parametrize("method", WRITES)
def test_the_next_write_looks_first_and_goes_on_if_the_order_does_not_show_it(
    connect: Callable[..., Any], method: str, caplog: pytest.LogCaptureFixture
) -> None:
    pending = answer(json={"orderId": "dfa-3f1", "status": "pending"})
    client, script = lose(connect, method, pending, answer(json=ORDERS[method]))
    with caplog.at_level(logging.WARNING):
        result = perform(client, method)
    assert [request.method == "GET" for request in script.requests] == [True, False]
    assert "has not taken effect so far" in caplog.text
    assert not outcome_of(result).confirmed_by_rereading
    assert client.unsettled() == [], "the answer settles the earlier one, too"


@pytest.mark.parametrize("method", WRITES)
def test_a_write_that_took_effect_after_all_is_not_sent_again(
    connect: Callable[..., Any], method: str
) -> None:
    client, script = lose(connect, method, answer(json=ORDERS[method]))
    result = perform(client, method)
    assert [request.method for request in script.requests] == ["GET"]
    assert outcome_of(result).confirmed_by_rereading
    assert outcome_of(result).attempts == 0
    assert client.unsettled() == []


def test_another_write_is_sent_when_the_first_one_took_effect(connect: Callable[..., Any]) -> None:
    client, script = lose(connect, "fulfill", answer(json=ORDERS["fulfill"]), answer(json=ORDERS["refund"]))
    assert client.refund("dfa-3f1").status == "refunded"
    assert [request.method for request in script.requests] == ["GET", "POST"]
    assert client.unsettled() == []


def test_refuse_sends_nothing(connect: Callable[..., Any]) -> None:
    client, script = lose(connect, "refund", UNFULFILLED, unsettled="refuse")
    with pytest.raises(errors.UnsettledWriteError, match="refund-order of order dfa-3f1"):
        client.refund("dfa-3f1")
    assert script.requests == []
    assert len(client.unsettled()) == 1


def test_ignore_sends_at_once(connect: Callable[..., Any]) -> None:
    client, script = lose(connect, "refund", answer(json=ORDERS["refund"]), unsettled="ignore")
    client.refund("dfa-3f1")
    assert [request.method for request in script.requests] == ["POST"]


def test_an_order_that_cannot_be_looked_at_is_not_written_to(connect: Callable[..., Any]) -> None:
    client, script = lose(connect, "refund", answer(404, {}))
    with pytest.raises(errors.UnsettledWriteError) as caught:
        client.refund("dfa-3f1")
    assert isinstance(caught.value.__cause__, errors.NotFoundError)
    assert [request.method for request in script.requests] == ["GET"]
    assert len(client.unsettled()) == 1


def test_other_orders_and_other_sites_are_not_held_up(connect: Callable[..., Any]) -> None:
    client, script = lose(connect, "refund", answer(json={"orderId": "fc7-128", "status": "refunded"}))
    client.refund("fc7-128")
    assert [request.method for request in script.requests] == ["POST"]
    assert client.for_site("0" * 24).unsettled() == []
    assert len(client.unsettled()) == 1


def test_settle_keeps_what_is_not_seen_until_it_is_given_up(connect: Callable[..., Any]) -> None:
    client, _ = lose(connect, "refund", UNFULFILLED)
    assert [each.became for each in client.settle()] == ["open"]
    assert [each.became for each in client.settle(give_up_after=1e6)] == ["open"]
    assert [each.became for each in client.settle(give_up_after=0)] == ["given up"]
    assert client.unsettled() == []


def test_settle_says_of_an_order_that_cannot_be_read_why(connect: Callable[..., Any]) -> None:
    client, _ = lose(connect, "refund", answer(403, {}))
    (settlement,) = client.settle(give_up_after=0)
    assert (settlement.became, settlement.order) == ("open", None)
    assert isinstance(settlement.error, errors.PermissionDeniedError)
    assert len(client.unsettled()) == 1


def test_whoever_settles_and_is_interrupted_has_been_told_nothing(
    connect: Callable[..., Any], tmp_path: Path
) -> None:
    script = Script(LOST)
    client = connect(script, journal=tmp_path / "shop.sqlite", confirm=False)
    for order_id in ("dfa-3f1", "dfa-3f2"):
        with pytest.raises(errors.OutcomeUnknownError):
            client.refund(order_id)

    def interrupt(request: Any) -> Any:
        raise KeyboardInterrupt

    script.answers = [answer(json=ORDERS["refund"]), interrupt]
    with pytest.raises(KeyboardInterrupt):
        client.settle()
    assert [each.order_id for each in client.unsettled()] == ["dfa-3f1", "dfa-3f2"]
    second = answer(json={"orderId": "dfa-3f2", "status": "refunded"})
    script.answers = [answer(json=ORDERS["refund"]), second]
    assert [each.became for each in client.settle()] == ["done", "done"]
    assert client.unsettled() == []


@pytest.mark.parametrize("arguments", [
    {"order_id": b"dfa-3f1"}, {"order_id": 5}, {"order_id": ""}, {"order_id": " dfa-3f1"},
    {"give_up_after": timedelta(hours=1)}, {"give_up_after": "1"}, {"give_up_after": True},
    {"give_up_after": -1}, {"give_up_after": float("nan")},
], ids=repr)  # fmt: skip
def test_settle_refuses_what_makes_no_sense_before_it_looks(
    connect: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    client, script = lose(connect, "refund", UNFULFILLED)
    with pytest.raises((ValueError, TypeError), match=next(iter(arguments))):
        client.settle(**arguments)
    assert (script.requests, len(client.unsettled())) == ([], 1)


@pytest.mark.parametrize("unsettled", ["Look", "", None, 1])
def test_an_unknown_choice_is_refused(unsettled: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        OrdersClient(token="t", site_id=SITE, unsettled=unsettled)


@pytest.mark.parametrize("send_email", [True, False])
def test_an_unsettled_write_says_what_a_look_cannot_tell(
    connect: Callable[..., Any], tmp_path: Path, send_email: bool
) -> None:
    client = connect(Script(LOST), journal=tmp_path / "shop.sqlite").with_options(confirm=False)
    with pytest.raises(errors.OutcomeUnknownError):
        client.fulfill("dfa-3f1", send_email=send_email)
    (write,) = client.unsettled()
    assert any("e-mail" in each for each in write.unseen) is send_email
    assert any("another one" in each for each in write.unseen)
    assert write._replace(ended=ANSWERED).unseen == (), "then its answer was seen"
    earlier = write._replace(expected=json.dumps({"status": "fulfilled", "notes": {}, "salt": ""}))
    assert earlier.unseen == (), "as an earlier release wrote it"


def test_one_order_can_be_settled_by_itself(connect: Callable[..., Any]) -> None:
    script = Script(LOST)
    client = connect(script)
    for order_id in ("dfa-3f1", "dfa-3f2"):
        with pytest.raises(errors.OutcomeUnknownError):
            client.with_options(confirm=False).refund(order_id)
    script.answers, script.requests = [answer(json=ORDERS["refund"])], []
    assert [(each.write.order_id, each.became) for each in client.settle(order_id="dfa-3f1")] == [
        ("dfa-3f1", "done")
    ]
    assert len(script.requests) == 1
    assert [write.order_id for write in client.unsettled()] == ["dfa-3f2"]


def noted(journal: Journal) -> int:
    number = journal.number()
    journal.begin(
        number, "https://a.example", SITE, "dfa-3f1", "refund-order", Postcondition.of_status("refunded")
    )
    return number


COUNT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM writes").fetchone()[0])
connection.close()
"""


def seen_by_another_process(path: Path) -> int:
    command = [sys.executable, "-c", COUNT, str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_one_more_journal_of_a_file_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    """Without it, whoever closes the file elsewhere removes the log that the first one goes on writing to."""
    path = tmp_path / "shop.sqlite"
    first = Journal(path)
    noted(first)
    with closing(Journal(path)):
        assert seen_by_another_process(path) == 1
        noted(first)
        assert seen_by_another_process(path) == 2


@pytest.mark.parametrize("taken", ["removed", "moved with its folder"])
def test_a_file_that_is_taken_away_in_use_is_made_anew_with_what_was_in_it(
    tmp_path: Path, taken: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "var" / "shop.sqlite"
    path.parent.mkdir()
    journal = Journal(path)
    numbers = [noted(journal)]
    if taken == "removed":
        path.unlink()
    else:
        path.parent.rename(tmp_path / "log")
        with pytest.raises(OSError, match="var"):
            noted(journal)
        path.parent.mkdir()
    numbers.append(noted(journal))
    assert "taken away or replaced" in caplog.text
    assert {write.id for write in journal.unsettled("https://a.example")} == {*numbers}
    assert seen_by_another_process(path) == len(numbers)


def test_a_journal_leaves_no_database_open(tmp_path: Path) -> None:
    """Python 3.13 warns of one that is, which is an error here. What is unsettled can be asked for after a close."""
    for path in (None, tmp_path / "shop.sqlite"):
        journal = Journal(path)
        assert not journal.end(4711, "lost")
        journal.close()
        assert journal.unsettled("https://a.example") == []
        del journal
        gc.collect()
