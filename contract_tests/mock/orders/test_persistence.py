"""Does the state survive a restart when it is kept in a file?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from webflow_orders_mock import DatabaseError, InvalidOrder, MockWebflow, order

Connect = Callable[..., httpx.Client]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.sqlite"


def test_orders_sites_and_ledger_survive(file: Path, connect: Connect, orders_url: str) -> None:
    first = MockWebflow(path=file)
    first.seed("0" * 24, order("a"), order("b", status="fulfilled"))
    first.add_site("1" * 24, shop=False)
    client = connect(first)
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    client.patch(f"/v2/sites/{'0' * 24}/orders/a", json={"comment": "🦊\u0000"})
    pages = [client.get(url).content for url in (orders_url, f"/v2/sites/{'0' * 24}/orders")]
    lines = list(first.ledger)
    first.close()

    second = MockWebflow(path=file, shop=False)
    client = connect(second)
    assert [client.get(url).content for url in (orders_url, f"/v2/sites/{'0' * 24}/orders")] == pages
    assert client.get(f"/v2/sites/{'1' * 24}/orders").status_code == 409
    assert list(second.ledger)[:4] == lines
    assert [entry.seq for entry in second.ledger] == [1, 2, 3, 4, 5, 6, 7]
    second.close()


def test_what_was_answered_is_in_the_file_even_if_the_mock_is_never_closed(
    file: Path, tmp_path: Path, connect: Connect, orders_url: str
) -> None:
    mock = MockWebflow(path=file)
    connect(mock).get(orders_url)
    connect(mock).post(f"{orders_url}/dfa-3f1/refund")
    copy = tmp_path / "as-if-killed.sqlite"
    copy.write_bytes(file.read_bytes())
    revived = MockWebflow(path=copy)
    assert revived.orders[mock.site_id, "dfa-3f1"].status == "refunded"
    assert [(entry.method, entry.applied) for entry in revived.ledger] == [("GET", False), ("POST", True)]
    revived.close()
    mock.close()


def test_a_reset_goes_back_to_the_seed_in_the_file_too(file: Path, connect: Connect, orders_url: str) -> None:
    first = MockWebflow(path=file)
    connect(first).post(f"{orders_url}/dfa-3f1/refund")
    first.reset()
    first.close()
    second = MockWebflow(path=file)
    assert second.orders[second.site_id, "dfa-3f1"].status == "unfulfilled"
    assert len(second.orders) == 27
    assert len(second.ledger) == 0
    second.close()


def test_an_empty_shop_stays_empty(file: Path) -> None:
    MockWebflow(path=file, shop=False).close()
    again = MockWebflow(path=file)
    assert len(again.orders) == 0
    again.close()


def test_a_refused_seed_leaves_nothing_in_the_file(file: Path) -> None:
    first = MockWebflow(path=file, shop=False)
    with pytest.raises(InvalidOrder):
        first.seed(first.site_id, order("a"), {"orderId": "b"})
    first.close()
    second = MockWebflow(path=file)
    assert len(second.orders) == 0
    second.close()


def test_reads_reach_the_file_when_it_is_closed(file: Path, connect: Connect, orders_url: str) -> None:
    first = MockWebflow(path=file)
    for _ in range(3):
        connect(first).get(orders_url)
    first.close()
    second = MockWebflow(path=file)
    assert len(second.ledger) == 3
    second.close()


def test_two_mocks_cannot_use_one_file(file: Path) -> None:
    first = MockWebflow(path=file)
    with pytest.raises(DatabaseError, match="locked"):
        MockWebflow(path=file)
    first.close()
    MockWebflow(path=file).close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 100, b""])
def test_a_file_that_is_something_else_is_not_touched(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    if content:
        with pytest.raises(DatabaseError, match="not a database"):
            MockWebflow(path=file)
        assert file.read_bytes() == content
    else:
        MockWebflow(path=file).close()


def test_a_database_of_somebody_else_is_not_touched(file: Path) -> None:
    import sqlite3

    foreign = sqlite3.connect(file)
    foreign.execute("create table orders (id)")
    foreign.close()
    before = file.read_bytes()
    with pytest.raises(DatabaseError, match="something else"):
        MockWebflow(path=file)
    assert file.read_bytes() == before
