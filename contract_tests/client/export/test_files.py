"""Does an export keep its hands off what is not its own, and everybody else's off what is?"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient
from webflow_orders.export import Export, journal

from contract_tests.client.conftest import SITE, TOKEN, Script
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import Ended, List, beside, column, ending, ids

export, nothing_sent = exporting.export, exporting.nothing_sent
pytestmark = pytest.mark.skipif(os.name != "posix", reason="what files can be is POSIX's")


def another(shop: Any) -> OrdersClient:
    """Another program's client. Locks of one program are as strange to each other, if it opens the file twice."""
    return OrdersClient(token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(shop))


# ---------------------------------------------------------------- a finished file is nobody's to write to


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_that_another_export_finished_while_we_opened_it_is_left_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, resume: bool, overwrite: bool
) -> None:
    path, first, second = tmp_path / f"orders.{suffix}", List(30), List(20)
    first.before = ending(3)
    with pytest.raises(Ended):
        another(first).export(path, page_size=10)
    first.before = lambda asked: None
    real, opened = os.open, []

    def slowly(name: Any, flags: int, *mode: int) -> int:
        file = real(name, flags, *mode)
        if str(name).endswith(".part") and not opened:
            opened.append(file)
            assert another(first).export(path, page_size=10).orders == 30
        return file

    monkeypatch.setattr(os, "open", slowly)
    if overwrite:
        assert another(second).export(path, resume=resume, overwrite=True).orders == 20
    else:
        with pytest.raises(FileExistsError, match="overwrite is False"):
            another(second).export(path, resume=resume)
    found = ids(path) if suffix == "ndjson" else column(path, "order_id")
    assert found == [f"old-{number}" for number in range(20 if overwrite else 30)]
    assert opened


@pytest.mark.parametrize("overwrite", [True, False])
def test_to_begin_anew_changes_no_file_that_has_another_name(
    export: Callable[..., Export], tmp_path: Path, overwrite: bool
) -> None:
    shop, part, kept = List(60), tmp_path / "orders.ndjson.part", tmp_path / "kept"
    shop.before = ending(4)
    with pytest.raises(Ended):
        export(shop)
    kept.hardlink_to(part)
    before = kept.read_bytes()
    shop.before = lambda asked: None
    export(shop, resume=False, overwrite=overwrite)
    assert kept.read_bytes() == before
    assert len(ids(tmp_path / "orders.ndjson")) == 60


# ---------------------------------------------------------------- a file that appears meanwhile


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize("what", ["file", "link", "folder"])
def test_what_appears_while_it_runs_is_kept(
    export: Callable[..., Export], tmp_path: Path, suffix: str, what: str
) -> None:
    path, shop = tmp_path / f"orders.{suffix}", List(30)

    def appear(asked: int) -> None:
        if asked == 2:
            if what == "file":
                path.write_bytes(b"precious")
            elif what == "link":
                path.symlink_to("nowhere")
            else:
                path.mkdir()

    shop.before = appear
    with pytest.raises(FileExistsError, match=r"overwrite is False; all orders are in .*\.part"):
        export(shop, path)
    assert what != "file" or path.read_bytes() == b"precious"
    asked = shop.asked
    with pytest.raises((FileExistsError, IsADirectoryError)):
        export(shop, path)
    path.rmdir() if what == "folder" else path.unlink()
    assert export(shop, path).orders == 30
    assert shop.asked == asked, "everything was there"
    assert beside(path) == []
    assert len(ids(path) if suffix == "ndjson" else column(path, "order_id")) == 30


def test_what_appears_is_replaced_if_that_is_asked(export: Callable[..., Export], tmp_path: Path) -> None:
    path, shop = tmp_path / "orders.ndjson", List(30)
    shop.before = lambda asked: (path.write_bytes(b"precious"), None)[1]
    with pytest.raises(FileExistsError):
        export(shop)
    assert export(shop, overwrite=True).orders == 30
    assert len(ids(path)) == 30


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV])
def test_a_file_system_without_links_will_do(
    export: Callable[..., Export], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, code: int
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    path, shop = tmp_path / f"orders.{suffix}", List(30)
    for overwrite in (False, True):
        assert export(shop, path, overwrite=overwrite).orders == 30
        assert len(ids(path) if suffix == "ndjson" else column(path, "order_id")) == 30
        assert beside(path) == []
    path.unlink()
    shop.asked, shop.before = (
        0,
        lambda asked: (path.write_bytes(b"precious") if asked == 2 else None, None)[1],
    )
    with pytest.raises(FileExistsError):
        export(shop, path)
    assert path.read_bytes() == b"precious"


# ---------------------------------------------------------------- for the owner alone


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize("mask", [0, 0o777, 0o022])
@pytest.mark.parametrize("left", ["wide", "link", "pipe", None])
def test_what_was_left_there_makes_no_file_that_others_can_read(
    export: Callable[..., Export], tmp_path: Path, suffix: str, mask: int, left: str | None
) -> None:
    path, elsewhere = tmp_path / f"orders.{suffix}", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    elsewhere.chmod(0o666)
    for stale in (tmp_path / f"{path.name}.new", tmp_path / f"{path.name}.state.new"):
        if left == "wide":
            stale.touch()
            stale.chmod(0o666)
        elif left == "link":
            stale.symlink_to(elsewhere)
        elif left == "pipe":
            os.mkfifo(stale)
    modes = set()

    def look(asked: int) -> None:
        mine = (each for each in tmp_path.iterdir() if each.suffix in (".part", ".state"))
        modes.update(stat.S_IMODE(each.lstat().st_mode) for each in mine)

    shop = List(30)
    shop.before = look
    before = os.umask(mask)
    try:
        assert export(shop, path).orders == 30
        assert export(shop, path, overwrite=True).orders == 30
    finally:
        os.umask(before)
    assert modes | {stat.S_IMODE(path.lstat().st_mode)} == {0o600}
    assert elsewhere.read_bytes() == b"precious"
    assert beside(path) == ["elsewhere"]


def test_a_journal_that_others_could_read_is_ones_own_again(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop, part = List(30), tmp_path / "orders.ndjson.part"
    shop.before = ending(2)
    with pytest.raises(Ended):
        export(shop)
    part.chmod(0o666)
    shop.before = lambda asked: None
    export(shop)
    assert stat.S_IMODE((tmp_path / "orders.ndjson").stat().st_mode) == 0o600


# ---------------------------------------------------------------- what cannot be a journal


@pytest.mark.parametrize("name", ["part", "state"])
@pytest.mark.parametrize("what", ["pipe", "folder", "device", "link", "link to nothing", "somebody's"])
@pytest.mark.parametrize("resume", [True, False])
def test_what_is_no_file_of_ours_is_refused(
    export: Callable[..., Export],
    tmp_path: Path,
    nothing_sent: Script,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    what: str,
    resume: bool,
) -> None:
    odd = tmp_path / f"orders.ndjson.{name}"
    if what == "pipe":
        os.mkfifo(odd)
    elif what == "folder":
        odd.mkdir()
    elif what == "somebody's":
        odd.touch()
        uid = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    else:
        odd.symlink_to({"device": "/dev/full", "link": __file__}.get(what, "nowhere"))
    if name == "state" and not resume and what != "folder":
        return  # It is thrown away, as was asked; a folder is not.
    with pytest.raises(OSError, match=r"no regular file of yours|directory|not permitted"):
        export(nothing_sent, resume=resume)
    assert os.path.lexists(odd)


@pytest.mark.skipif(
    not hasattr(os, "mknod") or os.geteuid() != 0, reason="a device file is made by root alone"
)
def test_a_device_is_not_even_opened(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script
) -> None:
    try:
        os.mknod(tmp_path / "orders.ndjson.part", 0o600 | stat.S_IFCHR, os.makedev(1, 7))
    except PermissionError:
        pytest.skip("not here")
    with pytest.raises(FileExistsError, match="no regular file of yours"):
        export(nothing_sent)


WRONG: list[Any] = ["x", "1", 1.5, -1, True, [], {}, [1], 1e400]


@pytest.mark.parametrize("key", ["tail", "orders"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_state_with_what_is_no_count_is_refused(
    export: Callable[..., Export], tmp_path: Path, key: str, wrong: Any
) -> None:
    state, shop = tmp_path / "orders.ndjson.state", List(30)
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop)
    spoiled = json.loads(state.read_bytes()) | {key: wrong}
    state.write_bytes(json.dumps(spoiled).encode())
    part = (tmp_path / "orders.ndjson.part").read_bytes()
    with pytest.raises(ValueError, match=r"cannot be read: .*resume=False"):
        export(shop)
    assert (tmp_path / "orders.ndjson.part").read_bytes() == part
    shop.before = lambda asked: None
    assert export(shop, resume=False).orders == 30


@pytest.mark.parametrize("count", [0, 1, 20, 2**64, 10**4000])
def test_a_state_that_counts_other_orders_than_there_are_is_refused(
    export: Callable[..., Export], tmp_path: Path, count: int
) -> None:
    state, shop = tmp_path / "orders.ndjson.state", List(30)
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop)
    state.write_bytes(json.dumps(json.loads(state.read_bytes()) | {"orders": count}).encode())
    with pytest.raises(ValueError, match=r"as many orders as it should: .*resume=False"):
        export(shop)
    assert not (tmp_path / "orders.ndjson").exists()


@pytest.mark.parametrize(
    "state",
    [
        b"[" * 90_000,
        b'{"tail":' * 10_000,
        b" " * 10**7,
        b'{"tail":' + b"9" * 9000 + b"}",
        b"null",
        b'"tail"',
        b"7",
    ],
)
def test_a_state_that_is_none_is_refused(
    export: Callable[..., Export], tmp_path: Path, nothing_sent: Script, state: bytes
) -> None:
    (tmp_path / "orders.ndjson.part").write_bytes(b'{"orderId":"dfa-3f1"}\n')
    (tmp_path / "orders.ndjson.state").write_bytes(state)
    with pytest.raises(ValueError, match=r"cannot be read: .*resume=False"):
        export(nothing_sent)


def test_a_journal_that_is_another_file_by_its_name_is_refused(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop, path = List(30), tmp_path / "orders.ndjson"
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop)
    path.hardlink_to(tmp_path / "orders.ndjson.part")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="are one file"):
        export(shop, overwrite=True)
    assert path.read_bytes() == before
    assert journal.same(path, tmp_path / "orders.ndjson.part")


@pytest.mark.parametrize("kind", ["ndjson", "parquet"])
@pytest.mark.parametrize("left", [None, b"somebody else's\n"])
def test_a_journal_that_is_taken_away_or_replaced_meanwhile_is_not_taken_for_the_orders(
    export: Callable[..., Export], tmp_path: Path, kind: str, left: bytes | None
) -> None:
    shop, path = List(25), tmp_path / f"orders.{kind}"
    part = path.with_name(path.name + ".part")

    def take(asked: int) -> None:
        if asked == 2:
            part.unlink()
            if left is not None:
                part.write_bytes(left)

    shop.before = take
    with pytest.raises(FileNotFoundError, match="taken away or replaced"):
        export(shop, path)
    assert not path.exists()
    shop.before = lambda asked: None
    assert export(shop, path).orders == 25
