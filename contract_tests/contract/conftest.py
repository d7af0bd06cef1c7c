"""Whole runs, as a person would make them, against a healthy mock and against broken ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import webflow_orders_mock
from webflow_orders_contract import run as whole_run
from webflow_orders_contract.__main__ import main
from webflow_orders_contract.fuzz.tally import Tally
from webflow_orders_contract.gateway import proxy
from webflow_orders_contract.gateway.exchange import Answer, Request as Sent, Server
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

TOKEN = "a-token-that-nobody-may-see-0815"

Spoil = Callable[[Request, Response], Response]


@dataclass
class Run:
    status: int
    out: str
    err: str
    report: Path

    def everything_written(self) -> Iterator[tuple[str, bytes]]:
        yield "stdout", self.out.encode()
        yield "stderr", self.err.encode()
        for path in sorted(self.report.rglob("*")):
            if path.is_file():
                yield path.name, path.read_bytes()


Runner = Callable[..., Run]


@contextmanager
def gateway_to(mock: MockWebflow, *, reset: str | None = None, **how: Any) -> Iterator[Gateway]:
    """A gateway to a mock that is served for as long as the block lasts; `reset` is a path there."""
    with MockServer(mock) as served:
        server = Server(base_url=served.url, site=mock.site_id, token=mock.token)
        with Gateway(server, reset=reset and served.url + reset, **how) as gateway:
            yield gateway


def mute(monkeypatch: pytest.MonkeyPatch, end: str, how: Exception | None = None) -> list[str]:
    """What is asked at an address with this end is done, and never answered; it is all in the list."""
    how = how or TimeoutError("timed out")
    asked, exchanged = list[str](), proxy._exchanged

    def forward(connection: Any, request: Sent) -> Answer:
        answer = exchanged(connection, request)
        if request.url.endswith(end):
            asked.append(request.method)
            raise how
        return answer

    monkeypatch.setattr(proxy, "_exchanged", forward)
    return asked


def command(folder: Path, *arguments: str, examples: int = 2) -> Run:
    """The command in a process of its own, for what several tests look at: each run takes seconds."""
    report, words = folder / "report", ["--max-examples", str(examples), *arguments]
    environment = os.environ | {"WEBFLOW_TOKEN": TOKEN, "XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, "-m", "webflow_orders_contract", "--report", str(report), *words],
        env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr, report)


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """run(*arguments): the command, with so few examples that it takes seconds."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*arguments: str) -> Run:
        report = tmp_path / "report"
        status = main(["--report", str(report), "--max-examples", "2", *arguments])
        return Run(status, *capfd.readouterr(), report)

    return run


@pytest.fixture
def without_fuzzing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a whole run, all but Schemathesis, which takes as long as the rest."""
    monkeypatch.setattr(whole_run, "_fuzz", lambda *_: Tally(finished=True))


@pytest.fixture
def break_the_mock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], None]:
    """From now on the run's own mock has its answers spoiled."""

    def break_the_mock(spoil: Spoil) -> None:
        class Broken(MockWebflow):
            def handle(self, request: Request) -> Response:
                return spoil(request, super().handle(request))

        monkeypatch.setattr(webflow_orders_mock, "MockWebflow", Broken, raising=False)

    return break_the_mock


@pytest.fixture
def secret_token(monkeypatch: pytest.MonkeyPatch) -> str:
    """What WEBFLOW_TOKEN holds."""
    monkeypatch.setenv("WEBFLOW_TOKEN", TOKEN)
    return TOKEN


@pytest.fixture
def somebodys_server(secret_token: str) -> Iterator[MockServer]:
    """A server that the run did not start; `server.mock.ledger` tells what arrived."""
    with MockServer(MockWebflow(token=secret_token)) as server:
        yield server
