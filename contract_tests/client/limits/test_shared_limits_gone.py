"""What becomes of a call when the file or the Redis of a shared limiter is frozen, locked, spoilt or gone?"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, errors, shared_limits
from webflow_orders.limits import PERIOD as MINUTE, Reservation

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.limits import test_shared_limits
from contract_tests.client.limits.test_shared_limits import redis_server

patient = test_shared_limits.patient
ORDER = answer(200, ORDERS["get"])


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """One that a test may freeze or kill."""
    with redis_server(tmp_path) as own:
        yield own


# ---------------------------------------------------------------- a Redis that is frozen, or gone


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_frozen_redis_does_not_stop_an_event_loop(
    own_redis: tuple[str, subprocess.Popen[bytes]], backend: str
) -> None:
    url, server = own_redis
    script = Script(ORDER)

    async def go_on() -> None:
        for _ in range(20):
            await anyio.sleep(0.001)
        # Nobody else can: a loop that stands still waits for this until the limiter's patience ends.
        server.send_signal(signal.SIGCONT)

    async def main() -> None:
        with shared_limits.redis(url) as limiter:
            async with AsyncOrdersClient(
                token=TOKEN, site_id=SITE, transport=httpx.MockTransport(script), rate_limit=limiter
            ) as orders:
                await orders.get("dfa-3f1")
                server.send_signal(signal.SIGSTOP)
                hurried = orders.with_options(queue_timeout=0.3)
                for method in (hurried.get, hurried.refund):
                    with pytest.raises(errors.LimiterUnavailableError):
                        await method("dfa-3f1")
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(go_on)
                    await orders.get("dfa-3f1")

    anyio.run(main, backend=backend)
    assert len(script.requests) == 2


def test_a_frozen_redis_is_waited_for_no_longer_than_the_caller_waits(
    own_redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, server = own_redis
    script = Script(ORDER)
    with (
        shared_limits.redis(url) as limiter,
        OrdersClient(
            token=TOKEN, site_id=SITE, transport=httpx.MockTransport(script), rate_limit=limiter
        ) as orders,
    ):
        orders.get("dfa-3f1")
        server.send_signal(signal.SIGSTOP)
        for hurried in (orders.with_options(deadline=0.5), orders.with_options(queue_timeout=0.5)):
            began = time.monotonic()
            with pytest.raises(errors.LimiterUnavailableError):
                hurried.refund("dfa-3f1")
            # Less than the limiter's own patience.
            assert time.monotonic() - began < shared_limits.PATIENCE
        server.send_signal(signal.SIGCONT)
    assert len(script.requests) == 1


@pytest.mark.parametrize("local", [True, False])
def test_a_redis_that_dies_before_the_look_never_hides_what_became_of_a_refund(
    own_redis: tuple[str, subprocess.Popen[bytes]], local: bool
) -> None:
    url, server = own_redis

    def refund(request: httpx.Request) -> httpx.Response:
        server.kill()
        server.wait()
        return answer(502)

    script = Script(refund, answer(200, ORDERS["refund"]))
    with (
        shared_limits.redis(url, on_failure="local" if local else "refuse") as limiter,
        OrdersClient(
            token=TOKEN,
            site_id=SITE,
            transport=httpx.MockTransport(script),
            rate_limit=limiter,
            sleep=lambda seconds: None,
        ) as orders,
    ):
        if local:
            assert orders.refund("dfa-3f1").status == "refunded"
        else:
            with pytest.raises(errors.OutcomeUnknownError) as caught:
                orders.refund("dfa-3f1")
            assert caught.value.cause.status_code == 502
    assert [request.method for request in script.requests] == ["POST", "GET"][: 1 + local]


# ---------------------------------------------------------------- a file that is gone, or not ours to count in


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be taken for one" * 100)


def _another_table(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE places (name TEXT)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _no_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("spoil", [_garbage, _another_table, _folder, _no_folder])
def test_a_file_that_cannot_be_counted_in_is_an_error_of_ours(
    tmp_path: Path, connect: Callable[..., Any], spoil: Callable[[Path], None]
) -> None:
    (tmp_path / "shop").mkdir()
    path = tmp_path / "shop" / "limits.sqlite"
    script = Script(ORDER)
    client = connect(script, rate_limit=shared_limits.sqlite(path))
    local = connect(script, rate_limit=shared_limits.sqlite(path, on_failure="local"))
    client.get("dfa-3f1")
    spoil(path)
    with pytest.raises(errors.LimiterUnavailableError) as caught:
        client.refund("dfa-3f1")
    assert isinstance(caught.value.__cause__, sqlite3.Error)
    assert len(script.requests) == 1
    local.get("dfa-3f1")
    assert len(script.requests) == 2


def test_a_file_that_another_process_holds_is_waited_for_no_longer_than_the_caller_waits(
    tmp_path: Path, connect: Callable[..., Any]
) -> None:
    path = tmp_path / "limits.sqlite"
    client = connect(Script(ORDER), rate_limit=shared_limits.sqlite(path))
    client.get("dfa-3f1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(errors.LimiterUnavailableError):
            client.with_options(deadline=0.3).get("dfa-3f1")
        assert time.monotonic() - began < shared_limits.PATIENCE
        other.execute("ROLLBACK")
    assert client.get("dfa-3f1").order_id == "dfa-3f1"


def test_a_file_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite"
    limiter = shared_limits.sqlite(path, limit=1)
    assert limiter.acquire(Reservation(), 0.0) == 0
    assert limiter.acquire(Reservation(), 0.0) > 50
    path.unlink()
    assert limiter.acquire(Reservation(), 0.0) == 0


# ---------------------------------------------------------------- going on locally


class Faulty:
    """A bucket that fails while it is told to."""

    def __init__(self) -> None:
        self.fails, self.asked = False, 0

    def take(self, within: float) -> float:
        self.asked += 1
        if self.fails:
            raise ConnectionError("gone")
        return 0.0

    def close(self) -> None: ...


def test_a_limiter_that_goes_on_locally_keeps_the_limit_and_tries_the_shared_one_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bucket = Faulty()
    limiter = shared_limits.SharedRateLimiter(bucket, limit=2, on_failure="local")
    bucket.fails = True
    queued = Reservation()
    waits = [limiter.acquire(each, 0.0) for each in (Reservation(), Reservation(), queued)]
    assert waits == [0, 0, pytest.approx(MINUTE)]
    assert (bucket.asked, caplog.text.count("going on with one of this process")) == (1, 1)
    bucket.fails = False
    assert (limiter.acquire(Reservation(), 10.0), bucket.asked) == (0, 2)
    # Who has a place in the local queue keeps to it.
    assert (limiter.acquire(queued, MINUTE), bucket.asked) == (0, 2)


def test_a_pause_holds_locally_too_and_a_place_is_given_back() -> None:
    bucket = Faulty()
    limiter = shared_limits.SharedRateLimiter(bucket, limit=1, on_failure="local")
    bucket.fails = True
    given_up = Reservation()
    assert [limiter.acquire(each, 0.0) for each in (Reservation(), given_up)] == [0, pytest.approx(MINUTE)]
    limiter.cancel(given_up)
    assert limiter.acquire(Reservation(), 1.0) == pytest.approx(MINUTE - 1)
    limiter.backoff(1e300, 100.0)
    assert limiter.acquire(Reservation(), 200.0) == 3500.0
