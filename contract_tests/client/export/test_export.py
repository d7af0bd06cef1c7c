"""Does an export hold every order once, as the server sent it, also while the list changes?"""

from __future__ import annotations

import asyncio
import json
import os
import random
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import pytest
import trio
from webflow_orders import AsyncOrdersClient, errors
from webflow_orders.export import Export
from webflow_orders_mock import order

from contract_tests.client.conftest import SITE, TOKEN, Script, answer
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import Ended, List, beside, column, ending, ids, lines
from contract_tests.conftest import ROOT

export = exporting.export


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 100, 101])
def test_every_order_is_written_once_in_the_order_of_the_list(
    export: Callable[..., Export], tmp_path: Path, count: int
) -> None:
    result = export(List(count))
    path = tmp_path / "orders.ndjson"
    assert ids(path) == [f"old-{number}" for number in range(count)]
    assert (result.path, result.orders, result.resumed_from) == (path, count, 0)
    assert beside(path) == []


def test_a_line_is_what_the_server_sent(export: Callable[..., Export], tmp_path: Path) -> None:
    odd = {
        "orderId": "dfa-3f1",
        "status": "half\nsent",
        "new": [{"deep": None, "π": "\u2028"}],
        "comment": 2**70,
    }
    export(Script(answer(json={"orders": [odd, None], "pagination": {"total": 2}})))
    assert lines(tmp_path / "orders.ndjson") == [odd]


def test_what_is_no_order_is_counted(export: Callable[..., Export]) -> None:
    page = {"orders": [None, {"orderId": "dfa-3f1", "status": "pending"}], "pagination": {"total": 2}}
    result = export(Script(answer(json=page)))
    assert (result.orders, result.unreadable) == (1, 1)


def test_orders_without_an_id_are_told_apart_by_what_they_are(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    page = {"orders": [{"status": "a"}, {"status": "b"}, {"status": "a"}], "pagination": {"total": 3}}
    export(Script(answer(json=page)))
    assert [line["status"] for line in lines(tmp_path / "orders.ndjson")] == ["a", "b"]


def test_a_filter_is_sent_with_every_page(export: Callable[..., Export]) -> None:
    script = Script(List(35))
    export(script, status="pending")
    assert {request.url.params["status"] for request in script.requests} == {"pending"}
    # Four pages that overlap by one, and the head of the list again.
    assert [int(request.url.params["offset"]) for request in script.requests] == [0, 9, 18, 27, 0]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_the_owner_can_read_it(export: Callable[..., Export], tmp_path: Path) -> None:
    modes = set()

    def look(asked: int) -> None:
        modes.update(stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir())

    shop = List(30)
    shop.before = look
    before = os.umask(0)
    try:
        export(shop)
        export(List(30), tmp_path / "orders.parquet")
    finally:
        os.umask(before)
    look(0)
    assert modes == {0o600}


def test_nothing_of_a_customer_is_logged_or_shown(
    export: Callable[..., Export], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    seeded = order("dfa-3f1", customer=("Wilhelmina Quandt", "wilhelmina@example.com"))
    result = export(Script(answer(json={"orders": [seeded], "pagination": {"total": 1}})))
    assert "ilhelmina" not in caplog.text + repr(result)


# ---------------------------------------------------------------- a list that changes meanwhile


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("placed", [1, 5, 9, 30])
def test_orders_placed_meanwhile_are_in_it_too(
    export: Callable[..., Export], tmp_path: Path, newest_first: bool, placed: int
) -> None:
    shop = List(50, newest_first=newest_first)
    shop.before = lambda asked: shop.place(placed) if asked in (2, 4) else None
    export(shop)
    found = ids(tmp_path / "orders.ndjson")
    assert len(found) == len(set(found))
    assert set(found) == set(shop.ids)


@pytest.mark.parametrize("gone", [1, 5, 12, 25])
def test_orders_that_leave_the_list_take_none_with_them(
    export: Callable[..., Export], tmp_path: Path, gone: int
) -> None:
    shop = List(60)
    staying = set(shop.ids[gone:])

    def leave(asked: int) -> None:
        if asked == 4:
            del shop.ids[:gone]

    shop.before = leave
    export(shop)
    found = ids(tmp_path / "orders.ndjson")
    assert len(found) == len(set(found))
    assert staying <= set(found)


def test_a_list_that_changes_with_every_page_comes_to_an_end_whole(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    draw, shop = random.Random(7), List(200)
    always = set(shop.ids[::2])

    def change(asked: int) -> None:
        # Not while the head is read: what comes above a page that is read came too late.
        if asked < 20:
            shop.place(draw.randrange(4))
            leaving = [each for each in shop.ids if each.startswith("old-") and each not in always]
            for each in draw.sample(leaving, min(3, len(leaving))):
                shop.ids.remove(each)

    shop.before = change
    export(shop)
    found = ids(tmp_path / "orders.ndjson")
    assert len(found) == len(set(found))
    assert always <= set(found)
    assert {each for each in shop.ids if each.startswith("new-")} <= set(found)


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize(
    ("first", "later", "asked"),
    [
        ([], [], 1),
        ([{"orderId": "dfa-3f1", "status": "pending"}], [], 2),
        # A cache that ignores the offset.
        ([{"orderId": str(each), "status": "pending"} for each in range(10)], None, 4),
    ],
)
def test_a_list_that_gets_nowhere_makes_no_file_that_seems_complete(
    export: Callable[..., Export],
    tmp_path: Path,
    first: list[object],
    later: list[object] | None,
    asked: int,
    suffix: str,
) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        orders = first if later is None or request.url.params["offset"] == "0" else later
        return answer(json={"orders": orders, "pagination": {"total": 2500}})

    script, path = Script(reply), tmp_path / f"orders.{suffix}"
    with pytest.raises(errors.ResponseDecodeError, match=r"is empty, but|gets nowhere"):
        export(script, path)
    assert len(script.requests) == asked
    assert not path.exists()
    # What was fetched is kept, for when the server has come to its senses.
    result = export(List(2500), path, page_size=100)
    assert result.orders == 2500 + len(first)
    assert result.resumed_from == len(first)


@pytest.mark.parametrize("total", [11, 15, 19, 20])
def test_a_total_that_one_page_again_adds_up_to_is_not_complete(
    export: Callable[..., Export], total: int
) -> None:
    orders = [{"orderId": str(each), "status": "pending"} for each in range(10)]
    with pytest.raises(errors.ResponseDecodeError, match=r"before it again|gets nowhere"):
        export(Script(answer(json={"orders": orders, "pagination": {"total": total}})))


def test_whatever_can_be_read_from_a_page_can_be_exported(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    ids = [
        "\ud800", "\udfff\ud800", "\x00", "\x00\x00", "", "", "x" * 100_000, "x" * 100_001, "\ufffd", "?",
        "\u2028\u0085", "'; DROP TABLE seen; --", "sha256 ", " ", "\r\n",
    ]  # fmt: skip
    orders = [{"orderId": each, "status": "pending", "at": at} for at, each in enumerate([*ids, "?", "\x00"])]
    # Also if the server prints it for people.
    content = json.dumps({"orders": orders, "pagination": {"total": len(orders)}}, indent=2).encode()
    page = httpx.Response(200, content=content)
    result = export(Script(page), page_size=100)
    assert lines(tmp_path / "orders.ndjson") == orders[:-2]
    assert (result.orders, result.duplicates, result.unreadable) == (len(ids), 2, 0)
    assert export(Script(page), tmp_path / "orders.parquet", page_size=100).orders == len(ids)
    assert [json.loads(raw) for raw in column(tmp_path / "orders.parquet", "raw")] == orders[:-2]


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
def test_json_that_is_printed_for_people_is_a_line_all_the_same(
    export: Callable[..., Export], tmp_path: Path, ends: str
) -> None:
    orders = [
        {"status": "a", "new": [{"b": {}}]},
        {"orderId": "dfa-3f1", "status": "\\n\n\r", "f": "1.000000000000000000001"},
        {"status": "a", "new": [{"b": {}}]},
    ]
    text = json.dumps({"orders": orders, "pagination": {"total": 3}}, indent=2).replace("\n", ends)
    content = text.replace('"1.000000000000000000001"', "1.000000000000000000001").encode()
    export(Script(httpx.Response(200, content=content)))
    one, two = (tmp_path / "orders.ndjson").read_bytes().splitlines()
    assert (json.loads(one), json.loads(two)["status"]) == (orders[0], "\\n\n\r")
    assert b'"f":1.000000000000000000001' in two


@pytest.mark.parametrize("suffix", ["ndjson", "parquet"])
@pytest.mark.parametrize("field", ["new", "comment", "customerInfo"])
def test_what_is_nested_deep_is_exported_too(
    export: Callable[..., Export], tmp_path: Path, suffix: str, field: str
) -> None:
    deep = '{"orderId":"%s","status":"pending","' + field + '":' + "[" * 600 + "]" * 600 + "}"
    orders = ",".join([deep % "dfa-3f1", deep % "", '{"orderId":"dfa-3f2","status":"pending"}'])
    content = f'{{"orders":[{orders}],"pagination":{{"total":3}}}}'.encode()
    path = tmp_path / f"orders.{suffix}"
    assert export(Script(httpx.Response(200, content=content)), path).orders == 3
    found = column(path, "raw") if suffix == "parquet" else path.read_text().splitlines()
    assert ",".join(found) == orders


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "1" * 100_000, "1e400", "0." + "3" * 5000])
@pytest.mark.parametrize("field", ["purchasedItemsCount", "new"])
def test_what_no_number_of_python_holds_is_exported_too(
    export: Callable[..., Export], tmp_path: Path, field: str, number: str
) -> None:
    order = f'{{"orderId":"dfa-3f1","status":"pending","{field}":{number}}}'
    content = f'{{"orders":[{order}],"pagination":{{"total":1}}}}'.encode()
    assert export(Script(httpx.Response(200, content=content))).orders == 1
    assert (tmp_path / "orders.ndjson").read_text() == f"{order}\n"


def test_odd_ids_are_known_again_when_it_is_gone_on_with(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop = List(30)
    shop.ids[:12] = ["\ud800", "\x00", "x" * 5000, *(f"\ud800{number}" for number in range(9))]
    shop.before = ending(3)
    with pytest.raises(Ended):
        export(shop)
    shop.before = lambda asked: None
    assert export(shop).resumed_from == 19
    assert ids(tmp_path / "orders.ndjson") == shop.ids


# ---------------------------------------------------------------- the terminal, tasks


def test_a_bar_is_shown_in_a_terminal_only(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    program = """
    import sys, httpx
    sys.path.insert(0, "")
    from contract_tests.client.conftest import SITE
    from contract_tests.client.export.exporting import List
    from webflow_orders import OrdersClient
    client = OrdersClient(token="x", site_id=SITE, rate_limit=None, transport=httpx.MockTransport(List(60)))
    client.export(sys.argv[1], page_size=10, progress=sys.argv[2] == "yes")
    """

    def shown(progress: str) -> bytes:
        leader, follower = pty.openpty()
        command = [
            sys.executable,
            "-c",
            textwrap.dedent(program),
            str(tmp_path / f"{progress}.ndjson"),
            progress,
        ]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=follower, env={**os.environ, "TERM": "xterm"}
        )
        os.close(follower)
        said = b""
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
        os.close(leader)
        assert process.communicate(timeout=30)[0] == b""
        assert process.returncode == 0, said
        return said

    assert b"/60" in shown("yes")
    assert shown("no") == b""


def test_without_a_terminal_nothing_is_printed(
    export: Callable[..., Export], capfd: pytest.CaptureFixture[str]
) -> None:
    export(List(30))
    assert capfd.readouterr() == ("", "")


def test_a_cancelled_export_can_be_gone_on_with(tmp_path: Path) -> None:
    path, shop = tmp_path / "orders.ndjson", List(3000)

    async def main() -> None:
        def client() -> AsyncOrdersClient:
            return AsyncOrdersClient(
                token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(shop)
            )

        for pages in (1, 30, 100):
            task = asyncio.create_task(client().export(path, page_size=10))
            until = shop.asked + pages
            shop.before = lambda asked, task=task, until=until: asked == until and task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        shop.before = lambda asked: None
        await client().export(path)

    asyncio.run(main())
    assert ids(path) == shop.ids


def test_it_runs_under_trio(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"

    async def main() -> None:
        client = AsyncOrdersClient(
            token=TOKEN,
            site_id=SITE,
            rate_limit=None,
            transport=httpx.MockTransport(List(30)),
            sleep=trio.sleep,
        )
        assert (await client.export(path, page_size=10)).orders == 30

    trio.run(main)
    assert len(ids(path)) == 30


def test_it_waits_for_none_of_the_threads_that_the_program_s_own_work_takes(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"

    async def main() -> None:
        taken = anyio.to_thread.current_default_thread_limiter()
        taken.total_tokens = 1
        with anyio.fail_after(30):
            async with (
                AsyncOrdersClient(
                    token=TOKEN, site_id=SITE, rate_limit=None, transport=httpx.MockTransport(List(30))
                ) as client,
                taken,
            ):
                await client.export(path)

    anyio.run(main)
    assert len(ids(path)) == 30


def test_nothing_of_it_is_imported_before_it_is_used() -> None:
    program = """
    import sys
    from webflow_orders import OrdersClient
    OrdersClient(token="x", site_id="580e63e98c9a982ac9b8b741").iter()
    ours = ("webflow_orders.export",)
    print(*(name for name in sys.modules if name in ("sqlite3", "pyarrow") or name.startswith(ours)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "\n"
