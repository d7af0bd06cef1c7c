"""Would the long walk notice an order that is lost or comes twice, and memory that grows?"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from webflow_orders_mock.seed.synthetic import id_of

from . import scale
from .environments import WORKERS
from .runner import mock
from .workers.walk import Sums, Walk

MIB = scale.MIB


def sums(ids: list[str]) -> tuple[int, int]:
    added = Sums()
    for each in ids:
        added.add(each)
    return added.plain, added.squares


@pytest.mark.parametrize("is_async", [False, True])
def test_a_walk_in_a_process_of_its_own_sees_each_order_once(is_async: bool) -> None:
    # The client of the working tree; the bench itself takes the wheel of it.
    with mock("--synthetic", "250") as url:
        options = {"few": 100, "many": 250, "patience": 60, "is_async": is_async}
        command = [sys.executable, str(WORKERS / "walk.py"), url, scale.TOKEN, scale.SITE]
        done = subprocess.run(
            [*command, json.dumps(options)], capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["seen"], tuple(said["sums"])) == (250, scale.sums_of(250))
    assert 0 < said["few"] <= said["many"]


def test_an_order_lost_or_seen_twice_changes_the_sums() -> None:
    ids = [id_of(number) for number in range(100)]
    assert sums(ids) == scale.sums_of(100) == sums(ids[::-1])
    for wrong in (ids[:-1], [*ids, ids[3]], [*ids[:-1], ids[3]], [*ids[:-1], id_of(100)]):
        assert sums(wrong) != scale.sums_of(100)


def test_a_walk_ends_when_patience_does() -> None:
    class Order:
        order_id = "000-001"

    walk = Walk(few=1, many=10**6, patience=-1)
    assert sum(1 for _ in iter(lambda: walk.see(Order), False)) == 999


def test_the_table_says_what_failed() -> None:
    good: dict[str, Any] = {"few": 30 * MIB, "many": 34 * MIB, "seen": 1000, "wall": 2.0, "is_right": True}
    bad = {**good, "many": 36 * MIB, "is_right": False}
    lines = scale.table({"iter": good, "async iter": bad}, 100)
    assert "| iter | 30.0 MiB | 34.0 MiB | **4.0** ✓ | 1,000 | 500 | yes |" in lines
    assert "| async iter | 30.0 MiB | 36.0 MiB | **6.0** ✗ | 1,000 | 500 | **NO** |" in lines
