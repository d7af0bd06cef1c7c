"""Does an export that ended early go on where it was, however it ended?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders.export import Export
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.client.conftest import SITE, TOKEN, answer
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import Ended, List, beside, column, ending, ids
from contract_tests.conftest import ROOT

export = exporting.export


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("placed", [0, 3, 25, 120])
def test_an_export_that_ended_goes_on_where_it_was(
    export: Callable[..., Export], tmp_path: Path, at: int, newest_first: bool, placed: int
) -> None:
    shop, path = List(60, newest_first=newest_first), tmp_path / "orders.ndjson"
    shop.before = ending(at)
    with pytest.raises(Ended):
        export(shop)
    assert not path.exists()
    written = (tmp_path / "orders.ndjson.part").read_bytes().count(b"\n")
    shop.place(placed)
    shop.asked, shop.before = 0, lambda asked: None
    result = export(shop)
    found = ids(path)
    assert len(found) == len(set(found)) == result.orders
    assert set(found) == set(shop.ids)
    assert result.resumed_from == written
    assert placed or shop.asked <= 10 - at
    assert beside(path) == []


@pytest.mark.parametrize("at", range(1, 14))
def test_it_may_end_again_and_again_while_orders_come_in(
    export: Callable[..., Export], tmp_path: Path, at: int
) -> None:
    """Also while it reads the new ones at the head: what is above them must not be taken for read."""
    shop, path = List(60), tmp_path / "orders.ndjson"
    for end in (8, at, 3, 2):
        shop.asked, shop.before = 0, ending(end)
        try:
            export(shop)
        except Ended:
            shop.place(25)
        else:
            break
    else:
        shop.before = lambda asked: None
        export(shop)
    found = ids(path)
    assert len(found) == len(set(found))
    assert set(found) == set(shop.ids)


@pytest.mark.parametrize(
    "torn", [b'{"orderId":"old-1', b'{"orderId":"old-77","status":"pending"}', b"\x00" * 100_000, b"x\n"]
)
def test_a_torn_last_line_was_never_written(
    export: Callable[..., Export], tmp_path: Path, torn: bytes
) -> None:
    shop, path, part = List(60), tmp_path / "orders.ndjson", tmp_path / "orders.ndjson.part"
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop)
    part.write_bytes(part.read_bytes() + torn)
    shop.before = lambda asked: None
    export(shop)
    assert ids(path) == [f"old-{number}" for number in range(60)]


def test_an_end_between_the_pages_of_the_head_loses_none(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    """The page above is written, and nothing of what is below it: the known orders in it say nothing of those."""
    shop, path = List(100), tmp_path / "orders.ndjson"
    wanted: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        wanted.append(request.url.params["offset"])
        if wanted[-2:] == ["0", "9"] and len(wanted) > 2:
            raise Ended
        return shop(request)

    shop.before = ending(12)  # The first page of the head.
    with pytest.raises(Ended):
        export(shop)
    shop.place(35)
    shop.before = lambda asked: None
    with pytest.raises(Ended):
        export(reply)
    export(shop)
    assert sorted(ids(path)) == sorted(shop.ids)


def test_a_burst_while_the_head_is_read_hides_none_that_were_there(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop, wanted = List(100), ["0"]
    there: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        wanted.append(request.url.params["offset"])
        if wanted[-1] == "45":
            shop.place(35)
        if wanted[-2:] == ["0", "9"] and len(wanted) > 5:
            there.extend(shop.ids)
            shop.place(12)
        return shop(request)

    export(reply)
    found = ids(tmp_path / "orders.ndjson")
    assert len(found) == len(set(found))
    assert there
    assert set(there) <= set(found)


def test_a_hole_in_the_middle_is_filled(export: Callable[..., Export], tmp_path: Path) -> None:
    """A machine that lost its power may have kept the end of a file and not its middle."""
    shop, part = List(60), tmp_path / "orders.ndjson.part"
    shop.before = ending(5)
    with pytest.raises(Ended):
        export(shop)
    whole = part.read_bytes()
    part.write_bytes(whole[:500] + bytes(200) + whole[700:])
    shop.before = lambda asked: None
    export(shop)
    assert ids(tmp_path / "orders.ndjson") == [f"old-{number}" for number in range(60)]


def test_a_failed_call_leaves_what_was_fetched(export: Callable[..., Export], tmp_path: Path) -> None:
    shop = List(60)

    def reply(request: httpx.Request) -> httpx.Response:
        return shop(request) if shop.asked < 3 else answer(500, {"code": "internal_error"})

    with pytest.raises(errors.ServerError):
        export(reply)
    assert beside(tmp_path / "orders.ndjson") == ["orders.ndjson.part", "orders.ndjson.state"]
    assert export(shop).resumed_from == 28


@pytest.mark.parametrize("count", [25, 0])
@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
def test_an_end_while_it_is_finished_costs_no_call_more(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    overwrite: bool,
    count: int,
) -> None:
    """Before and after each change of a name."""
    path, shop = tmp_path / f"orders.{suffix}", List(count)
    orders = OrdersClient(token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(shop))
    kinds = ("replace", "unlink", "hardlink_to")
    reals = {name: getattr(Path, name) for name in kinds}
    for at in range(1, 40):
        left = iter(range(at))

        def end(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Ended

        def ended(name: str, end: Callable[[], None] = end) -> Callable[..., Any]:
            def either(self: Path, *args: Any, **kwargs: Any) -> Any:
                end()
                found = reals[name](self, *args, **kwargs)
                end()
                return found

            return either

        path.unlink(missing_ok=True)
        shop.asked = 0
        with monkeypatch.context() as patch:
            for name in kinds:
                patch.setattr(Path, name, ended(name))
            try:
                orders.export(path, page_size=10, overwrite=overwrite)
            except Ended:
                pass
            else:
                break
        fetched, state = shop.asked, tmp_path / f"orders.{suffix}.state"
        is_fetched = state.exists() and json.loads(state.read_bytes())["orders"] is not None
        if not state.exists() and path.exists():
            assert beside(path) == []  # It was done, and had only not said so.
            continue
        assert orders.export(path, page_size=10, overwrite=overwrite).orders == count
        assert shop.asked == fetched or not is_fetched
        assert beside(path) == []
        assert (ids(path) if suffix == "ndjson" else column(path, "order_id")) == shop.ids
    assert at > 10, "otherwise this proves nothing"


def test_a_finished_file_that_was_taken_away_is_made_anew(
    export: Callable[..., Export], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, shop = tmp_path / "orders.ndjson", List(25)
    with monkeypatch.context() as patch:
        real = Path.unlink

        def unlink(self: Path, missing_ok: bool = False) -> None:
            if self.suffix == ".state":
                raise Ended
            real(self, missing_ok)

        patch.setattr(Path, "unlink", unlink)
        with pytest.raises(Ended):
            export(shop)
    path.unlink()
    shop.place(1)
    assert export(shop).orders == 26
    assert set(ids(path)) == set(shop.ids)


def test_killed_at_any_line_it_is_whole_in_the_end(tmp_path: Path) -> None:
    """A process of its own, SIGKILL at a line of the client, again and again until one gets through."""
    program = """
    import sys
    from webflow_orders import OrdersClient
    from contract_tests.client.interrupting import at_line, kill
    url, token, site, path, line = sys.argv[1:]
    with OrdersClient(base_url=url, token=token, site_id=site, rate_limit=None) as client, at_line(int(line), kill):
        print(client.export(path, page_size=20).orders)
    """
    mock, draw, path = MockWebflow(shop=False), random.Random(11), tmp_path / "orders.ndjson"
    part, state = (tmp_path / f"orders.ndjson.{end}" for end in ("part", "state"))
    mock.seed(mock.site_id, *(order(f"{number:03x}-000") for number in range(300)))
    killed, partial, said = 0, set(), b""
    with MockServer(mock) as server:
        command = [
            sys.executable,
            "-c",
            textwrap.dedent(program),
            server.url,
            mock.token,
            mock.site_id,
            str(path),
        ]
        # From a few lines on, so that each comes a little further; the last is not killed.
        for attempt, line in enumerate(
            [draw.randrange(200 * each, 400 * each) for each in range(1, 12)] + [0]
        ):
            done = subprocess.run([*command, str(line)], cwd=ROOT, capture_output=True, check=False)
            if done.returncode == 0:
                said = done.stdout
                break
            assert done.returncode == -9, done.stderr.decode()
            killed += 1
            if path.exists() and not state.exists():
                said = b"%d" % len(ids(path))  # It was done, and had only not said so.
                break
            partial.add(part.stat().st_size if part.exists() else 0)
            if not (state.exists() and json.loads(state.read_bytes())["orders"] is not None):
                # Once all is fetched, the next run only names the file: what is placed later is not in it.
                mock.seed(mock.site_id, order(f"{attempt:03x}-fff"))
    found = ids(path)
    assert len(found) == len(set(found)) == int(said)
    assert set(found) == {order_id for _, order_id in mock.orders}
    assert killed >= 3, f"{killed} of them, at {partial}"
    assert len(partial) >= 3
