"""The command, run in this process against a mock that is served, and what it said."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from webflow_orders import OrdersClient
from webflow_orders_cli.__main__ import main
from webflow_orders_mock import MockServer, MockWebflow, order

IDS = [f"000-{number:03x}" for number in range(1, 7)]


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Shop:
    """A served mock with six unfulfilled orders, and the command with the variables that name it."""

    def __init__(self, server: MockServer, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.mock, self.url, self.folder, self._capsys = server.mock, server.url, folder, capsys
        self.mock.add_site(self.mock.site_id)
        self.put(*(order(each, status="unfulfilled") for each in IDS))

    def put(self, *orders: Any) -> None:
        self.mock.seed(self.mock.site_id, *orders)

    def order(self, order_id: str) -> Any:
        return self.mock.orders[self.mock.site_id, order_id]

    def run(self, *words: str) -> Said:
        self._capsys.readouterr()
        status = main([*words])
        return Said(status, *self._capsys.readouterr())

    def file(self, text: str | bytes, name: str = "parcels.csv") -> str:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def sent(self) -> list[tuple[str, str | None]]:
        """The writes that the mock has seen, in order."""
        return [
            (str(entry.operation_id).removesuffix("-order"), entry.order_id)
            for entry in self.mock.ledger
            if entry.method != "GET"
        ]


@pytest.fixture(scope="session")
def served() -> Iterator[MockServer]:
    with MockServer(MockWebflow(shop=False)) as server:
        yield server


@pytest.fixture
def shop(
    served: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shop]:
    served.mock.reset()
    for name, value in (
        ("WEBFLOW_TOKEN", served.mock.token), ("WEBFLOW_SITE", served.mock.site_id), ("WEBFLOW_BASE_URL", served.url),
        ("XDG_STATE_HOME", str(tmp_path / "state")), ("XDG_CONFIG_HOME", str(tmp_path / "config")),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)
    yield Shop(served, tmp_path, capsys)
    served.mock.reset()


@pytest.fixture
def without_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client does not look what became of a write whose answer is lost."""
    for name in ("refund", "fulfill"):

        def unconfirmed(
            self: OrdersClient, *given: Any, _write: Any = getattr(OrdersClient, name), **options: Any
        ) -> Any:
            return _write(self.with_options(confirm=False), *given, **options)

        monkeypatch.setattr(OrdersClient, name, unconfirmed)


Run = Callable[..., Said]


@pytest.fixture
def run(shop: Shop) -> Run:
    return shop.run
