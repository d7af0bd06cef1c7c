"""What can be wrong with a measurement without a clock showing it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from . import payload, plot, table
from .environments import LOCKS, OURS, ROOT, WORKERS, is_ready, python_of
from .rows import BASE, GROUPS, PEERS, TABLE, Peer
from .table import Sample, Spread, by_round, ratio
from .workers import touch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench")
    payload.write(made)
    return made


def facts(peer: Peer, folder: Path, dialect: str) -> dict[str, Any]:
    # Ours is judged as it stands in the working tree; the wheel of the last bench may be old.
    python = Path(sys.executable) if peer.name in OURS else python_of(peer.name)
    if peer.name not in OURS and not is_ready(peer.name):
        pytest.skip(f"there is no environment for {peer.name}; `make bench` makes it")
    command = [python, WORKERS / "run.py", "facts", peer.module, folder, dialect, "", "{}"]
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    samples: dict[str, Any] = json.loads(done.stdout)
    return samples


READERS = [(peer, dialect) for peer in PEERS if "decode" in peer.groups for dialect in peer.dialects]


@pytest.mark.parametrize(("peer", "dialect"), READERS, ids=[f"{p.name}-{d}" for p, d in READERS])
def test_everyone_reads_the_same_values(peer: Peer, dialect: str, folder: Path) -> None:
    page = json.loads((folder / f"{dialect}.page.json").read_bytes())
    found = facts(peer, folder, dialect)
    assert found["page"]["count"] == len(page["orders"]) == 100
    assert found["order"] == dict(touch.leaves(page["orders"][-1]))


def test_an_order_is_realistic_and_leaves_nothing_out() -> None:
    documents = payload.documents()
    for dialect in ("documented", "observed"):
        body = documents[f"{dialect}.order.json"]
        assert 5_300 < len(body) < 6_000
        order = json.loads(body)
        empty = [name for name, value in order.items() if value in (None, [], {}, "")]
        assert empty == []
        ids = [each["orderId"] for each in json.loads(documents[f"{dialect}.page.json"])["orders"]]
        assert len(set(ids)) == 100
    assert isinstance(json.loads(documents["observed.order.json"])["customerPaid"]["value"], int)
    assert isinstance(json.loads(documents["documented.order.json"])["customerPaid"]["value"], str)


class Recorded(dict[str, Any]):
    """A dictionary that remembers what was read of it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.read: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.read.append(name)
        return super().__getitem__(name)


def test_every_field_at_every_depth_is_read() -> None:
    made: list[Recorded] = []

    def recorded(pairs: list[tuple[str, Any]]) -> Recorded:
        made.append(Recorded(pairs))
        return made[-1]

    order = json.loads(payload.documents()["documented.order.json"], object_pairs_hook=recorded)
    touch.toucher(order)(order)
    assert len(made) > 30
    assert all(sorted(each.read) == sorted(each) for each in made)


def samples(base: list[float], ours: list[float], row: str = "encode") -> list[Sample]:
    return [
        Sample(number, peer, "decode", "documented", row, {"cpu": value})
        for peer, values in ((BASE, base), ("ours", ours))
        for number, value in enumerate(values)
    ]


ENCODE = next(row for row in TABLE if (row.name, row.dialect) == ("encode", "documented"))


def test_a_ratio_is_to_the_same_round() -> None:
    # The second round is ten times slower for both; the ratio of the medians would be 3.
    found = ratio(samples([1.0, 10.0, 2.0], [0.5, 30.0, 6.0]), ENCODE, "ours")
    assert found == Spread(median=3.0, low=0.5, high=3.0)


def test_a_round_without_its_base_does_not_count() -> None:
    assert ratio(samples([1.0], [0.5, 99.0]), ENCODE, "ours") == Spread(0.5, 0.5, 0.5)
    assert ratio(samples([1.0], []), ENCODE, "ours") is None


def test_several_processes_of_a_round_count_as_their_median() -> None:
    thrice = [
        Sample(0, "ours", "decode", "documented", "encode", {"cpu": value}) for value in (1.0, 9.0, 2.0)
    ]
    assert by_round(thrice, ENCODE, "ours") == {0: 2.0}


def test_the_table_renders() -> None:
    text = table.render(samples([1e-3, 1e-3], [5e-5, 7e-5]), ["About."], ["## More", "", "- told"])
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    assert "| order back to JSON bytes | 1 ms | **0.06** (0.05–0.07) ✓ ≤ 0.1 |" in text
    assert text.endswith("## More\n\n- told\n")
    assert "✗ ≤ 0.1" in table.render(samples([1.0], [0.2]), [], [])


def test_the_picture_is_well_formed_and_for_both_themes() -> None:
    picture = plot.render(samples([1.0, 1.0], [0.05, 0.07]))
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert "prefers-color-scheme: dark" in picture
    width = float(root.attrib["viewBox"].split()[2])
    bars = [each for each in root.iter() if each.tag.endswith("rect") and each.get("class") == "ours"]
    assert len(bars) == 2  # One of the row, one of the legend.
    assert all(0 <= float(each.attrib["x"]) <= width for each in bars)
    with pytest.raises(ValueError, match="nothing to plot"):
        plot.render([])


def test_every_row_is_measured_by_its_base_and_by_whom_it_is_held_against() -> None:
    groups = {group.name: group for group in GROUPS}
    peers = {peer.name: peer for peer in PEERS}
    for row in TABLE:
        assert row.dialect in groups[row.group].dialects
        assert all(row.group in peers[name].groups for name in (BASE, "ours", *row.bars))


def test_ours_is_measured_with_what_it_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    added = {"ours": [], "ours-httpx2": extras["httpx2"], "ours-aiohttp": extras["aiohttp"]}
    assert set(added) == set(OURS)
    for name, extra in added.items():
        asked = (LOCKS / f"{name}.in").read_text("utf-8").splitlines()
        assert [line for line in asked if not line.startswith("#")] == [
            *project["dependencies"],
            *extra,
            *extras["otel"],
        ]


def test_locks_pin_by_hash_and_name_no_host() -> None:
    locks = sorted(LOCKS.glob("*.txt"))
    assert {each.stem for each in locks} == {peer.name for peer in PEERS} | {"server"}
    for path in locks:
        text = path.read_text("utf-8")
        pinned = re.findall(r"^\S+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        assert "://" not in text


def test_a_client_is_made_without_what_only_an_answer_needs() -> None:
    code = (
        "import sys; from webflow_orders import OrdersClient; "
        "OrdersClient(token='bench-token', site_id='580e63e98c9a982ac9b8b741', base_url='http://127.0.0.1:9'); "
        "print(*({'msgspec', 'webflow_orders_generated.client.types', 'httpx2'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
