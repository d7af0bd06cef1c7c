"""An interrupt passes, at whatever line of the client it comes; but no write that may have been sent is lost."""

from __future__ import annotations

import itertools
import logging
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient
from webflow_orders_mock import MockWebflow, order

from contract_tests.client import failing
from contract_tests.client.conftest import SITE, WRITES, perform
from contract_tests.client.failing import After, applied, raising
from contract_tests.client.interrupting import at_line, in_own_thread, interrupt

mock = failing.mock


class Broken(BaseException):
    """What no `except Exception` catches."""


PASSING = [KeyboardInterrupt, SystemExit, GeneratorExit, Broken]


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("kind", PASSING)
def test_what_must_pass_passes_with_a_note_a_warning_and_an_entry(
    mock: MockWebflow, method: str, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    if method == "unfulfill":
        mock.seed(mock.site_id, order("dfa-3f1", status="fulfilled"))
    transport = httpx.MockTransport(After(mock, raising(kind())))
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
    with caplog.at_level(logging.WARNING), pytest.raises(kind) as caught:
        perform(client, method)
    (note,) = caught.value.__notes__
    assert f"{method}-order of order dfa-3f1" in note
    assert note in caplog.text
    (write,) = client.unsettled()
    assert (write.ended, write.is_under_way) == (kind.__name__, False)
    assert [each.became for each in client.settle()] == ["done"]
    assert applied(mock) == 1


@pytest.mark.parametrize("method", WRITES)
def test_an_interrupt_while_a_connection_is_made_leaves_no_trace(
    method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import socket

    def interrupted(*arguments: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    client = OrdersClient(token="t", site_id=SITE, base_url="http://127.0.0.1:9", rate_limit=None)
    monkeypatch.setattr(socket, "create_connection", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        perform(client, method)
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
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.refund("dfa-3f1")
    assert "refund-order of order dfa-3f1" in caught.value.__notes__[0]
    assert len(client.unsettled()) == 1


def test_an_interrupt_after_the_write_is_settled_is_said_too(
    mock: MockWebflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=mock.transport(), rate_limit=None)
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


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("in_a_file", [False, True])
@in_own_thread
def test_an_interrupt_at_any_line_loses_no_write(tmp_path: Path, method: str, in_a_file: bool) -> None:
    said: list[str] = []
    for line in itertools.count(1, 7 if in_a_file else 1):
        mock = MockWebflow(shop=False)
        mock.seed(
            mock.site_id, order("dfa-3f1", status="fulfilled" if method == "unfulfill" else "unfulfilled")
        )
        client = OrdersClient(
            token=mock.token, site_id=mock.site_id, transport=mock.transport(), rate_limit=None,
            journal=tmp_path / "shop.sqlite" if in_a_file else None,
        )  # fmt: skip
        try:
            with at_line(line, interrupt):
                perform(client, method)
        except KeyboardInterrupt as error:
            unsettled = client.unsettled()
            assert not any(write.is_under_way for write in unsettled), line
            if applied(mock):
                assert [write.operation for write in unsettled] == [f"{method}-order"], line
                said.append(error.__notes__[0])
            for write in unsettled:
                client._engine.journal.settle(write.id)
            client.close()
            continue
        assert client.unsettled() == []
        client.close()
        break
    assert len(said) > 3
    assert all(f"{method}-order of order dfa-3f1" in note for note in said)


@in_own_thread
def test_a_second_interrupt_at_any_line_loses_no_write(mock: MockWebflow) -> None:
    """The first comes while the answer is awaited; the second meets what the client makes of the first."""
    for line in itertools.count(1):
        mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
        fired: list[int] = []

        def twice(line: int = line, fired: list[int] = fired) -> None:
            fired.append(line)
            raise SystemExit

        transport = httpx.MockTransport(After(mock, raising(KeyboardInterrupt())))
        client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=transport, rate_limit=None)
        try:
            with at_line(line, twice):
                client.refund("dfa-3f1")
        except BaseException as error:
            ended = error
        unsettled = client.unsettled()
        assert not any(write.is_under_way for write in unsettled), line
        if mock.orders[mock.site_id, "dfa-3f1"].status == "refunded":
            assert [write.operation for write in unsettled] == ["refund-order"], line
            shown = "".join(traceback.format_exception(ended))
            assert "refund-order of order dfa-3f1 was sent" in shown, line
        if not fired:
            break
    assert line > 100
