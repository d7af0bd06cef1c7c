"""Do processes with one token stay within the limit, with real files and a real Redis?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from webflow_orders import shared_limits
from webflow_orders.limits import Limiter, Reservation
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client.living import free_port

PROCESSES, CALLS, LIMIT, PERIOD = 20, 4, 25, 1.5
# The workers are forked from one process, which has imported everything and opened nothing.
WORKERS = """
import os, sys, time
from webflow_orders import OrdersClient, shared_limits
shared_limits.PATIENCE = 60.0  # The machine may be busy.
url, token, site, kind, where, workers, calls, limit, period = sys.argv[1:]

class Noted:
    # When a place was asked for and when it was given: it was taken somewhere between.
    def __init__(self, limiter):
        self.limiter, self.blocking = limiter, limiter.blocking
        self.update, self.backoff, self.cancel = limiter.update, limiter.backoff, limiter.cancel
    def acquire(self, reservation, now):
        before = time.time()
        wait = self.limiter.acquire(reservation, now)
        if not wait:
            os.write(1, f"{before} {time.time()}\\n".encode())
        return wait

def work():
    limiter = Noted(getattr(shared_limits, kind)(where, limit=int(limit), period=float(period)))
    with OrdersClient(token=token, site_id=site, base_url=url, rate_limit=limiter) as orders:
        for _ in range(int(calls)):
            orders.get("dfa-3f1")

# What either imports when it is made, here and not in each.
OrdersClient(token=token, site_id=site, base_url=url).close()
__import__("redis" if kind == "redis" else "sqlite3")
children = []
for _ in range(int(workers)):
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    children.append(child)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may be busy."""
    monkeypatch.setattr(shared_limits, "PATIENCE", 60.0)


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of our own on a free port, without a file."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    for _ in range(5):  # Somebody else may take a port that was free.
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as server:
            try:
                assert server.stdout is not None
                if any(b"Ready to accept" in line for line in server.stdout):
                    yield f"redis://127.0.0.1:{port}", server
                    return
            finally:
                server.kill()
    raise AssertionError("redis-server does not start")


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url


@pytest.fixture(params=["sqlite", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The kind of limiter, and where it keeps its count."""
    if request.param == "sqlite":
        return "sqlite", str(tmp_path / "limits.sqlite")
    return "redis", request.getfixturevalue("redis_url")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_twenty_processes_with_one_token_stay_within_the_limit(shared: tuple[str, str]) -> None:
    mock = MockWebflow()
    with MockServer(mock) as server:
        numbers = [str(each) for each in (PROCESSES, CALLS, LIMIT, PERIOD)]
        out = run(WORKERS, server.url, mock.token, mock.site_id, *shared, *numbers)
    assert [entry.status for entry in mock.ledger] == [200] * (PROCESSES * CALLS)
    given = [tuple(map(float, line.split())) for line in out.splitlines()]
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


def run(program: str, *arguments: str) -> str:
    """What a program in a process of its own prints; whatever it warns of is an error."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# ---------------------------------------------------------------- forks, threads, closing


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("used", [True, False])
def test_a_limiter_that_was_made_before_a_fork_works_in_every_child(
    shared: tuple[str, str], used: bool
) -> None:
    program = """
    import os, sys, time
    from webflow_orders import shared_limits
    from webflow_orders.limits import Reservation
    shared_limits.PATIENCE = 60.0  # The machine may be busy.
    kind, where, used = sys.argv[1:]
    key = {"key": "fork" + used} if kind == "redis" else {}
    limiter = getattr(shared_limits, kind)(where, limit=9, period=600.0, **key)
    def wait(): return limiter.acquire(Reservation(), time.monotonic())
    if used == "True":
        assert wait() == 0
    children = []
    for _ in range(8):
        child = os.fork()
        if not child:
            os._exit(0 if wait() == 0 else 1)
        children.append(child)
    print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
    # They count together, and the parent's own connection is as it was.
    if used != "True":
        assert wait() == 0
    print(wait() > 50)
    limiter.close()
    """
    assert run(program, *shared, str(used)) == f"{[0] * 8}\nTrue\n"


def test_threads_share_one_limiter(shared: tuple[str, str]) -> None:
    limiter = getattr(shared_limits, shared[0])(shared[1], limit=30, period=600.0, **_key(shared, "threads"))
    waits: list[float] = []

    def take() -> None:
        waits.extend(limiter.acquire(Reservation(), time.monotonic()) for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    limiter.close()
    assert sorted(wait > 0 for wait in waits) == [False] * 30 + [True] * 10


def test_a_limiter_is_closed_and_leaves_nothing_open(shared: tuple[str, str]) -> None:
    program = """
    import sys
    from webflow_orders import shared_limits
    from webflow_orders.limits import Reservation
    with getattr(shared_limits, sys.argv[1])(sys.argv[2], limit=1000) as limiter:
        assert limiter.acquire(Reservation(), 0.0) == 0
    limiter.close()
    assert limiter.acquire(Reservation(), 0.0) == 0
    limiter.close()
    """
    assert run(program, *shared) == ""


def _key(shared: tuple[str, str], key: str) -> dict[str, str]:
    return {"key": key} if shared[0] == "redis" else {}


def test_places_of_a_clock_that_was_set_back_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite"
    limiter = shared_limits.sqlite(path, limit=1)
    assert limiter.acquire(Reservation(), 0.0) == 0
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE places SET at = at + 86400")
    assert limiter.acquire(Reservation(), 0.0) == 0


def test_what_cannot_be_right_is_said_when_the_limiter_is_made(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="no regular file"):
        shared_limits.sqlite(os.devnull)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        shared_limits.sqlite(tmp_path / "nowhere" / "limits.sqlite")
    with pytest.raises(ValueError, match='on_failure must be "refuse" or "local"'):
        shared_limits.sqlite(tmp_path / "limits.sqlite", on_failure="ignore")  # type: ignore[arg-type]


def test_those_who_wait_do_not_come_back_at_the_same_instant() -> None:
    class Full:
        def take(self, within: float) -> float:
            return 5.0

        def close(self) -> None: ...

    limiter = shared_limits.SharedRateLimiter(Full())
    waits = [limiter.acquire(Reservation(), 0.0) for _ in range(20)]
    assert len(set(waits)) == 20
    assert all(5.0 <= wait <= 5.05 for wait in waits)


def test_a_file_called_as_sqlite_calls_the_memory_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    limiter = shared_limits.sqlite(":memory:", limit=1)
    assert limiter.acquire(Reservation(), 0.0) == 0
    assert limiter.acquire(Reservation(), 0.0) > 0
