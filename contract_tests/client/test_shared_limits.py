"""Do twenty processes with one token stay within the limit, with real files and a real Redis?"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from webflow_orders import shared_limits
from webflow_orders.limits import Limiter, Reservation
from webflow_orders_mock import MockServer, MockWebflow

PROCESSES, CALLS, LIMIT, PERIOD = 20, 4, 25, 1.5
WORKER = """
import sys, time
from webflow_orders import OrdersClient, shared_limits
url, token, site, kind, where, calls, limit, period = sys.argv[1:]

class Noted:
    # When a place was asked for and when it was given: it was taken somewhere between.
    def __init__(self, limiter):
        self.limiter, self.learn, self.pause, self.leave = limiter, limiter.learn, limiter.pause, limiter.leave
    def ask(self, reservation, now):
        before = time.time()
        wait = self.limiter.acquire(reservation, now)
        if not wait:
            print(before, time.time())
        return wait

limiter = Noted(getattr(shared_limits, kind)(where, limit=int(limit), period=float(period)))
with OrdersClient(token=token, site_id=site, base_url=url, rate_limit=limiter) as orders:
    for _ in range(int(calls)):
        orders.get("dfa-3f1")
"""


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own on a free port, without a file."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    log = tmp_path_factory.mktemp("redis") / "log"
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=log.parent) as server:
        until = time.monotonic() + 10
        while time.monotonic() < until and "Ready to accept" not in log.read_text():
            pass
        yield f"redis://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture(params=["sqlite", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The kind of limiter, and where it keeps its count."""
    if request.param == "sqlite":
        return "sqlite", str(tmp_path / "limits.sqlite")
    return "redis", request.getfixturevalue("redis_url")


def test_twenty_processes_with_one_token_stay_within_the_limit(shared: tuple[str, str]) -> None:
    mock = MockWebflow()
    with MockServer(mock) as server:
        arguments = [server.url, mock.token, mock.site_id, *shared, str(CALLS), str(LIMIT), str(PERIOD)]
        command = [sys.executable, "-c", WORKER, *arguments]
        pipe = subprocess.PIPE
        workers = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(PROCESSES)]
        said = [worker.communicate(timeout=120) for worker in workers]
    assert [errors for _, errors in said if errors] == []
    assert [entry.status for entry in mock.ledger] == [200] * (PROCESSES * CALLS)
    given = [tuple(map(float, line.split())) for out, _ in said for line in out.splitlines()]
    given.sort(key=lambda pair: pair[1])
    assert len(given) == PROCESSES * CALLS
    for first in range(len(given) - LIMIT):
        some = given[first : first + LIMIT + 1]
        assert max(after for _, after in some) - min(before for before, _ in some) >= PERIOD - 0.01


def test_it_is_a_limiter_and_a_pause_holds_for_all_who_have_it(shared: tuple[str, str]) -> None:
    limiter = getattr(shared_limits, shared[0])(shared[1], limit=1000)
    assert isinstance(limiter, Limiter)
    assert limiter.acquire(Reservation(), 5.0) == 0
    limiter.backoff(30, 5.0)
    assert limiter.acquire(Reservation(), 6.0) == 29
    assert limiter.acquire(Reservation(), 35.0) == 0


@pytest.mark.parametrize("bad", [0, -1, True, 2.5])
def test_a_limit_is_a_positive_number(tmp_path: Path, bad: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        shared_limits.sqlite(tmp_path / "x", limit=bad)
