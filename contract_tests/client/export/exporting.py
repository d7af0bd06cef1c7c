"""A shop whose list changes while it is exported, and what a test wants to know of the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy
from webflow_orders.export import Export

from contract_tests.client.conftest import Script, answer


class List:
    """A shop whose list a test can change between pages; `newest_first` or the other way round."""

    def __init__(self, count: int, *, newest_first: bool = True) -> None:
        self.ids = [f"old-{number}" for number in range(count)]
        self.newest_first, self.placed, self.asked = newest_first, 0, 0
        self.before: Callable[[int], None] = lambda asked: None

    def place(self, count: int = 1) -> None:
        new = [f"new-{self.placed + number}" for number in range(count)]
        self.placed += count
        self.ids = new[::-1] + self.ids if self.newest_first else self.ids + new

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.before(self.asked)
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        page = [{"orderId": each, "status": "pending"} for each in self.ids[offset : offset + limit]]
        pagination = {"limit": limit, "offset": offset, "total": len(self.ids)}
        # Not httpx's own JSON, which takes no half of a surrogate pair.
        content = json.dumps({"orders": page, "pagination": pagination}).encode()
        return httpx.Response(200, content=content)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def ids(path: Path) -> list[str]:
    return [line["orderId"] for line in lines(path)]


def beside(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir() if each != path)


class Ended(BaseException):
    """The program's end, for a test that goes on."""


def ending(at: int) -> Callable[[int], None]:
    def end(asked: int) -> None:
        if asked == at:
            raise Ended

    return end


@pytest.fixture
def nothing_sent() -> Iterator[Script]:
    script = Script(answer(500))
    yield script
    assert script.requests == []


@pytest.fixture
def export(connect: Callable[..., Any], tmp_path: Path) -> Callable[..., Export]:
    def work(script: Any, path: Path = tmp_path / "orders.ndjson", **arguments: Any) -> Export:
        client = connect(script, retry=RetryPolicy(max_retries=0))
        result = client.export(path, **({"page_size": 10} | arguments))
        assert isinstance(result, Export)
        return result

    return work


def column(path: Path, name: str) -> list[Any]:
    import pyarrow.parquet as pq

    values: list[Any] = pq.read_table(path).column(name).to_pylist()
    return values
