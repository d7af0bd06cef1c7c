"""Are the shops of a fleet read under their own tokens, which nobody sees, and is a run kept whole or not at all?"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from webflow_orders import errors, sync
from webflow_orders.sync import fleet
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.sync.modelled import SITE, Shop, Shortcut

OTHER, THIRD = "0" * 24, "1" * 24
HEADER = "site_id,token\n"


def written(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_the_shops_of_a_token_stay_together(tmp_path: Path) -> None:
    text = f"\ufeffnote,token,site_id\nours, tok-a ,{SITE}\n,tok-b,{OTHER}\n,tok-a,{THIRD}\n"
    path = written(tmp_path / "shops.csv", text)
    assert fleet.tokens(path) == {SITE: "tok-a", OTHER: "tok-b", THIRD: "tok-a"}
    assert fleet.by_token(path) == [(SITE, THIRD), (OTHER,)]
    assert fleet.by_token(path, {THIRD, OTHER, "none"}) == [(OTHER,), (THIRD,)]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}{SITE},tok-secret\n{SITE},tok-secret\n",
        f"{HEADER}{SITE},tok-secret\n{OTHER},\n",
        f"{HEADER}tok-secret,{SITE}\n",
        f"{SITE},tok-secret\n{OTHER},tok-secret\n",
        f"{HEADER}{SITE}\n",
    ],
)
def test_a_file_that_cannot_be_right_is_refused_without_a_word_of_it(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"shops.csv, line [23]: not a site_id") as refused:
        fleet.tokens(written(tmp_path / "shops.csv", text))
    assert "tok-secret" not in str(refused.value)


@pytest.mark.skipif(os.name == "nt", reason="there are no such modes")
def test_a_file_that_others_may_read_is_refused_if_tokens_are_in_it(tmp_path: Path) -> None:
    for mode in (0o640, 0o604, 0o660):
        with pytest.raises(PermissionError, match="chmod 600"):
            fleet.tokens(written(tmp_path / "shops.csv", f"{HEADER}{SITE},env:A\n{OTHER},tok\n", mode))
    path = written(tmp_path / "shops.csv", f"{HEADER}{SITE},env:A\n", 0o644)
    assert fleet.tokens(path) == {SITE: "env:A"}


@pytest.fixture
def server() -> Iterator[MockServer]:
    mock = MockWebflow(shop=False)
    mock.add_token("tok-a", sites=[SITE, OTHER])
    for site_id in (SITE, OTHER):
        mock.seed(site_id, order("dfa-3f1"))
    with MockServer(mock) as made:
        yield made


def reached(path: str, shops: fleet.Shops, server: MockServer, **options: Any) -> list[tuple[str, int]]:
    given: dict[str, Any] = {"base_url": server.url, "rate_limit": None, "redis": None} | options
    with fleet.clients(path, shops, **given) as found:
        return [(site_id, len(orders.list().orders)) for site_id, orders in found]


def test_a_token_can_be_a_variable_of_the_environment(
    tmp_path: Path, server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "shops.csv", f"{HEADER}{SITE},env:TOKEN_A\n{OTHER},env:TOKEN_A\n")
    with pytest.raises(LookupError, match=f"the token of {SITE} is not in the environment"):
        reached(path, (SITE,), server)
    monkeypatch.setenv("TOKEN_A", "tok-a")
    assert reached(path, (SITE, OTHER), server) == [(SITE, 1), (OTHER, 1)]
    written(tmp_path / "shops.csv", HEADER)
    with pytest.raises(LookupError, match="no longer in the file"):
        reached(path, (SITE,), server)


def test_what_is_left_out_of_a_table_is_what_refuses_its_first_call(
    server: MockServer, tmp_path: Path
) -> None:
    mock = server.mock
    mock.seed(SITE, *(order(f"{at:03x}-abc", status="refunded") for at in range(150)))
    path = written(tmp_path / "shops.csv", f"{HEADER}{SITE},tok-a\n")
    given: dict[str, Any] = {"base_url": server.url, "rate_limit": None, "redis": None}
    with fleet.clients(path, (SITE,), **given) as found:
        ((_, orders),) = found
        assert len(list(fleet.shop_rows("orders", SITE, orders))) == 151
        assert len(list(fleet.shop_rows("orders", SITE, orders, {"refunded"}))) == 150
        assert list(fleet.shop_rows("errors", SITE, orders)) == []
        mock.add_token("tok-a", sites=[])
        assert list(fleet.shop_rows("orders", SITE, orders)) == []
        mock.add_token("tok-a", sites=[SITE])
        rows = fleet.shop_rows("orders", SITE, orders)
        next(rows)
        mock.add_token("tok-a", sites=[])
        with pytest.raises(errors.NotFoundError):
            list(rows)
        (row,) = fleet.shop_rows("errors", SITE, orders)
        assert (row["error"], row["status"], row["code"]) == ("NotFoundError", 404, "resource_not_found")


def test_an_order_that_moves_from_one_status_to_another_is_given_once() -> None:
    made = Shop(random.Random(1))
    orders = [made.place("disputed") for _ in range(3)]
    client: Any = made.client()
    rows = fleet.shop_rows("orders", SITE, client, {"disputed", "refunded"})
    found = [next(rows)]
    for each in orders:
        made.become(each, "refunded")
    found += rows
    assert sorted(row["order_id"] for row in found) == sorted(orders)


def kept(client: Any, folder: Path, run: int) -> list[dict[str, Any]]:
    (folder / str(run)).mkdir(exist_ok=True)
    file, before = (folder / str(each) / f"{SITE}.parquet" for each in (run, run - 1))
    fleet.keep_run(SITE, client, file, before, sweep_days=30.0, lag=0.0)
    found: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    return found


def test_a_run_that_is_kept_is_not_made_again_and_the_next_goes_on_from_it(tmp_path: Path) -> None:
    made = Shop(random.Random(1))
    made.now = 1_700_000_000.0
    for _ in range(3):
        made.place()
    client: Any = Shortcut(made)
    first = kept(client, tmp_path, 1)
    assert [row["kind"] for row in first] == ["new"] * 3
    made.become(made.alive()[0], "fulfilled")
    assert kept(client, tmp_path, 1) == first, "somebody may have its rows"
    (row,) = kept(client, tmp_path, 2)
    assert (row["kind"], row["was"], row["status"]) == ("changed", "unfulfilled", "fulfilled")
    made.delete(made.alive()[0])
    (row,) = kept(client, tmp_path, 3)
    assert (row["kind"], row["status"], row["raw"]) == ("deleted", None, None)
    assert kept(client, tmp_path, 4) == []
    (file,) = (tmp_path / "4").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(pq.ParquetFile(file).metadata.metadata[b"webflow_orders.state"])["version"] == 1


def test_a_run_that_fails_in_the_middle_is_one_row_and_the_next_gives_everything(tmp_path: Path) -> None:
    made = Shop(random.Random(1))
    for _ in range(250):
        made.place()

    class Failing(Shortcut):
        def list(self, **asked: Any) -> Any:
            if asked["offset"] and made.asked < 4:
                call = errors.Call("list-orders", "GET", "/")
                raise errors.ServerError("down", call=call, raw=errors.RawResponse(500))
            return super().list(**asked)

    client: Any = Failing(made)
    (row,) = kept(client, tmp_path, 1)
    assert (row["site_id"], row["kind"], row["order_id"]) == (SITE, "failed", None)
    assert row["error"].startswith("ServerError: 500")
    made.asked = 10
    assert len(kept(client, tmp_path, 2)) == 250
    made.asked = 0
    made.become(made.alive()[0], "disputed")
    assert [row["kind"] for row in kept(client, tmp_path, 3)] == ["failed"]
    made.asked = 10
    assert [row["kind"] for row in kept(client, tmp_path, 4)] == ["changed"]


def test_a_state_that_is_no_runs_ends_it_and_leaves_no_file(tmp_path: Path) -> None:
    client: Any = Shortcut(Shop(random.Random(1)))
    kept(client, tmp_path, 1)
    client.site_id = OTHER
    with pytest.raises(sync.StateError):
        kept(client, tmp_path, 2)
    assert list((tmp_path / "2").iterdir()) == []
