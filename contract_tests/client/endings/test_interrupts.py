"""An interrupt passes, at whatever line of the client it comes; but no write that may have been sent is lost."""

from __future__ import annotations

import itertools
import logging
import signal
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders._call.journal import Journal
from webflow_orders_mock import MockWebflow

from contract_tests.client import failing
from contract_tests.client.conftest import SITE, access
from contract_tests.client.failing import WRITES, After, applied, before, raising
from contract_tests.client.interrupting import JobTimeout, at_line, in_own_thread, interrupt

mock = failing.mock


class Broken(BaseException):
    """What no `except Exception` catches."""


PASSING = [KeyboardInterrupt, SystemExit, GeneratorExit, Broken]


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("kind", PASSING)
def test_what_must_pass_passes_with_a_note_a_warning_and_an_entry(
    mock: MockWebflow, operation: str, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    target, write = before(mock, operation)
    transport = httpx.MockTransport(After(mock, raising(kind())))
    client = OrdersClient(**access(mock), transport=transport)
    with caplog.at_level(logging.WARNING), pytest.raises(kind) as caught:
        write(client)
    (note,) = caught.value.__notes__
    assert f"{operation} of {operation.partition('-')[2]} {target}" in note
    assert note in caplog.text
    (left,) = client.unsettled()
    assert (left.operation, left.target) == (operation, target)
    assert (left.ended, left.is_under_way) == (kind.__name__, False)
    assert [each.became for each in client.settle()] == ["done"]
    assert applied(mock) == 1


@pytest.mark.parametrize("operation", WRITES)
def test_an_interrupt_while_a_connection_is_made_leaves_no_trace(
    operation: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import socket

    def interrupted(*arguments: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    client = OrdersClient(token="t", site_id=SITE, base_url="http://127.0.0.1:9", rate_limit=None)
    monkeypatch.setattr(socket, "create_connection", interrupted)
    _, write = before(MockWebflow(shop=False), operation)
    with pytest.raises(KeyboardInterrupt) as caught:
        write(client)
    assert not hasattr(caught.value, "__notes__")
    assert client.unsettled() == []
    assert caplog.records == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT as it is in a terminal: a process that was started in the background may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_while_the_answer_is_awaited(mock: MockWebflow, interruptible: None) -> None:
    transport = httpx.MockTransport(After(mock, lambda: signal.raise_signal(signal.SIGINT)))
    client = OrdersClient(**access(mock), transport=transport)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.refund("dfa-3f1")
    assert "refund-order of order dfa-3f1" in caught.value.__notes__[0]
    assert len(client.unsettled()) == 1


def test_an_interrupt_after_the_write_is_settled_is_said_too(
    mock: MockWebflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = OrdersClient(**access(mock), transport=mock.transport())
    journal = client._engine.journal
    answered = journal.answered

    def interrupted(number: int) -> None:
        answered(number)
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "answered", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.refund("dfa-3f1")
    assert "was carried out" in caught.value.__notes__[0]
    assert [write.operation for write in client.unsettled()] == ["refund-order"]


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("in_a_file", [False, True])
@in_own_thread
def test_an_interrupt_at_any_line_loses_no_write(tmp_path: Path, operation: str, in_a_file: bool) -> None:
    said: list[str] = []
    for line in itertools.count(1, 7 if in_a_file else 1):
        mock = MockWebflow(shop=False)
        target, write = before(mock, operation)
        client = OrdersClient(
            token=mock.token, site_id=mock.site_id, transport=mock.transport(), rate_limit=None,
            journal=tmp_path / "shop.sqlite" if in_a_file else None,
        )  # fmt: skip
        try:
            with at_line(line, interrupt):
                write(client)
        except KeyboardInterrupt as error:
            unsettled = client.unsettled()
            assert not any(left.is_under_way for left in unsettled), line
            if applied(mock):
                assert [(left.operation, left.target) for left in unsettled] == [(operation, target)], line
                said.append(error.__notes__[0])
            became = {each.became for each in client.settle()}
            assert became <= {"done" if applied(mock) else "open"}, line
            for left in client.unsettled():
                client._engine.journal.settle(left.id)
            client.close()
            continue
        assert client.unsettled() == []
        client.close()
        break
    assert len(said) > 3
    assert all(f"{operation} of {operation.partition('-')[2]} {target}" in note for note in said)


@pytest.mark.parametrize("operation", ["refund-order", "create-webhook", "delete-webhook"])
@in_own_thread
def test_a_second_interrupt_at_any_line_loses_no_write(operation: str) -> None:
    """The first comes while the answer is awaited; the second meets what the client makes of the first."""
    for line in itertools.count(1):
        mock = MockWebflow(shop=False)
        target, write = before(mock, operation)
        fired: list[int] = []

        def twice(line: int = line, fired: list[int] = fired) -> None:
            fired.append(line)
            raise SystemExit

        transport = httpx.MockTransport(After(mock, raising(KeyboardInterrupt())))
        client = OrdersClient(**access(mock), transport=transport)
        try:
            with at_line(line, twice):
                write(client)
        except BaseException as error:
            ended = error
        unsettled = client.unsettled()
        assert not any(left.is_under_way for left in unsettled), line
        if applied(mock):
            assert [(left.operation, left.target) for left in unsettled] == [(operation, target)], line
            shown = "".join(traceback.format_exception(ended))
            assert f"{operation} of {operation.partition('-')[2]} {target} was sent" in shown, line
        assert {each.became for each in client.settle()} <= {"done" if applied(mock) else "open"}, line
        if not fired:
            break
    assert line > 100


@pytest.mark.parametrize("operation", ["refund-order", "create-webhook", "delete-webhook"])
@in_own_thread
def test_whatever_is_raised_at_any_line_loses_no_write(operation: str) -> None:
    said: list[str] = []
    for line in itertools.count(1):
        mock, fired = MockWebflow(shop=False), list[int]()
        target, write = before(mock, operation)
        client = OrdersClient(**access(mock), transport=mock.transport(), sleep=lambda seconds: None)

        def end(line: int = line, fired: list[int] = fired) -> None:
            fired.append(line)
            raise JobTimeout

        try:
            with at_line(line, end):
                write(client)
        except (JobTimeout, errors.WebflowOrdersError) as error:
            left = [(each.operation, each.target) for each in client.unsettled()]
            assert left == [(operation, target)] or not applied(mock), line
            if isinstance(error, JobTimeout) and applied(mock):
                said.append(error.__notes__[0])
        else:
            assert applied(mock) == 1, line
        assert applied(mock) <= 1
        if not fired:
            break
    assert len(said) > 3
    assert all(f"{operation} of {operation.partition('-')[2]} {target}" in note for note in said)


@in_own_thread
def test_an_interrupt_leaves_the_journal_to_other_threads(tmp_path: Path) -> None:
    for path in (None, tmp_path / "journal"):
        journal = Journal(path)
        for line in itertools.count(1):
            try:
                with at_line(line, interrupt):
                    journal.settle(1)
            except KeyboardInterrupt:
                other = threading.Thread(target=journal.unsettled, args=["any"], daemon=True)
                other.start()
                other.join(60)
                assert not other.is_alive()
            else:
                break
        journal.close()
        assert line > 10
