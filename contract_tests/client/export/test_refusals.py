"""Does an export that cannot come to a good end say so before anything is sent?"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient
from webflow_orders.export import Export

from contract_tests.client.conftest import SITE, TOKEN, Script
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import Ended, List, beside, ending, ids

export, nothing_sent = exporting.export, exporting.nothing_sent


def test_a_checkpoint_of_another_export_is_left_alone(
    connect: Callable[..., Any], export: Callable[..., Export], tmp_path: Path, nothing_sent: Script
) -> None:
    shop = List(60)
    shop.before = ending(4)
    with pytest.raises(Ended):
        export(shop)
    kept = {each: each.read_bytes() for each in tmp_path.iterdir()}
    path = tmp_path / "orders.ndjson"
    with pytest.raises(ValueError, match=r"of another export \(status\): .*resume=False"):
        export(nothing_sent, status="pending")
    with pytest.raises(ValueError, match=r"another export \(format\)"):
        export(nothing_sent, format="parquet")
    other = connect(nothing_sent, site_id="580e63e98c9a982ac9b8b742")
    with pytest.raises(ValueError, match=r"another export \(site_id\)"):
        other.export(path)
    with pytest.raises(ValueError, match=r"another export \(base_url\)"):
        connect(nothing_sent, base_url="https://shop.example").export(path)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == kept
    shop.before = lambda asked: None
    assert export(shop, resume=False, status="pending").resumed_from == 0


@pytest.mark.parametrize("state", [b"", b"{}", b"[]", b'{"tail": null}', b"\xff", None])
def test_a_journal_whose_state_cannot_be_read_is_left_alone(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, state: bytes | None
) -> None:
    part = tmp_path / "orders.ndjson.part"
    part.write_bytes(b'{"orderId":"dfa-3f1"}\n')
    if state is not None:
        (tmp_path / "orders.ndjson.state").write_bytes(state)
    with pytest.raises(ValueError, match=r"remove both its \.part and its \.state, or pass resume=False"):
        export(nothing_sent)
    assert part.read_bytes() == b'{"orderId":"dfa-3f1"}\n'
    for each in (part, part.with_suffix(".state")):
        each.unlink(missing_ok=True)
    assert export(List(30)).orders == 30


def test_a_file_that_is_there_is_replaced_only_if_asked_and_at_the_end(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script
) -> None:
    path, shop = tmp_path / "orders.ndjson", List(30)
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match="overwrite is False"):
        export(nothing_sent)
    assert beside(path) == []
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop, overwrite=True)
    assert path.read_bytes() == b"precious"
    shop.before = lambda asked: None
    export(shop, overwrite=True)
    assert len(ids(path)) == 30


def test_a_place_that_cannot_be_written_to(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        export(nothing_sent, tmp_path / "nowhere" / "orders.ndjson")
    with pytest.raises(IsADirectoryError):
        export(nothing_sent, tmp_path, format="ndjson")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        export(nothing_sent)


def test_a_disk_that_fills_up_leaves_what_can_be_gone_on_with(
    export: Callable[..., Export], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, write = [700], os.write

    def narrow(file: int, data: Any) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = write(file, bytes(data)[: room[0]])
        room[0] -= done
        return done

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", narrow)
        with pytest.raises(OSError, match="No space left"):
            export(List(60))
    assert not (tmp_path / "orders.ndjson.part").read_bytes().endswith(b"\n")
    assert export(List(60)).resumed_from > 10
    assert ids(tmp_path / "orders.ndjson") == [f"old-{number}" for number in range(60)]


def test_two_at_once_do_not_mix(export: Callable[..., Export], tmp_path: Path, nothing_sent: Script) -> None:
    pytest.importorskip("fcntl")
    other = OrdersClient(token=TOKEN, site_id=SITE, transport=httpx.MockTransport(nothing_sent))

    def meanwhile(asked: int) -> None:
        if asked == 2:
            for resume in (True, False):
                with pytest.raises(BlockingIOError, match="another export is writing"):
                    other.export(tmp_path / "orders.ndjson", resume=resume)

    shop = List(30)
    shop.before = meanwhile
    assert export(shop).orders == 30
    assert ids(tmp_path / "orders.ndjson") == shop.ids


@pytest.mark.parametrize(("wrong", "error", "says"), [
    ({"format": "csv"}, ValueError, "format must be"), ({"path": "orders.csv"}, ValueError, "must end in"),
    ({"page_size": 1}, ValueError, "page_size must be from 2"), ({"status": "lost"}, ValueError, "status must be"),
    ({"resume": 1}, TypeError, "resume must be a bool"), ({"progress": None}, TypeError, "progress must be"),
    ({"overwrite": "y"}, TypeError, "overwrite must be"),
])  # fmt: skip
def test_arguments_are_checked_first(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, wrong: Any, error: Any, says: str
) -> None:
    arguments = {"path": "orders.ndjson"} | wrong
    path = tmp_path / arguments.pop("path")
    with pytest.raises(error, match=says):
        export(nothing_sent, path, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_without_its_extra_parquet_says_which_it_needs(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "webflow_orders.export.parquet", raising=False)
    monkeypatch.delattr("webflow_orders.export.parquet", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'webflow-orders\[export\]'"):
        export(nothing_sent, tmp_path / "orders.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("by_a_link", [False, True])
def test_a_pipe_is_not_replaced_even_if_a_file_would_be(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, by_a_link: bool
) -> None:
    pipe = path = tmp_path / "orders.ndjson"
    if by_a_link:  # As /dev/stdout is.
        pipe = tmp_path / "pipe"
        path.symlink_to(pipe)
    os.mkfifo(pipe)
    with pytest.raises(FileExistsError, match="no regular file"):
        export(nothing_sent, path, overwrite=True)
    assert pipe.is_fifo()
    assert path.is_symlink() == by_a_link
