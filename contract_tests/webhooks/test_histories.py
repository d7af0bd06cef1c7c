"""After the dust settles, is the receiver's copy the shop, and was no change handed over twice?"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from webflow_orders_mock.webhooks.faults import KINDS

from contract_tests.client.interrupting import in_own_thread
from contract_tests.webhooks.deliveries import SECRET, Clock, envelope, order
from contract_tests.webhooks.histories import History

# How many histories of all kinds; a night runs thousands: HISTORIES=5000.
HISTORIES = int(os.environ.get("HISTORIES", "50"))
# The share of each kind.
MODES = {
    "blocking, rereads": (0.5, {}),
    "blocking, believes what it is sent": (0.3, {"rereads": False}),
    "awaiting, rereads": (0.2, {"awaits": True}),
}


@pytest.mark.parametrize("mode", MODES)
@in_own_thread
def test_the_copy_is_the_shop_and_no_change_is_handed_over_twice(
    mode: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    share, options = MODES[mode]
    count = max(1, round(HISTORIES * share))
    seen: Counter[str] = Counter()
    # First without a death: one in the middle of an import would be met again, for it is our process that goes on.
    for seed in range(-1, count):
        path = tmp_path / "deliveries.sqlite"
        history = History(seed, path, **options, mortality=0.03 if seed >= 0 else 0.0)
        try:
            history.run()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        finally:
            history.mock.close()
            path.unlink()
        seen += history.seen
    if count >= 10:
        assert seen.keys() >= {"killed", "failed", "NewOrder", "OrderChanged", "registered"}
    if count >= 100:
        assert seen.keys() >= {*KINDS, "BareOrder", "other"}


# ---------------------------------------------------------------- real kills

VICTIM = """
import os, signal, sys
from webflow_orders import webhooks
body, (secret, moment, path, log, point) = sys.stdin.buffer.read(), sys.argv[1:]
now = lambda: float(moment)
store = webhooks.SQLiteStore(path, now=now)

def reached(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

class Store:
    def begin(self, change):
        reached("before begin")
        verdict = store.begin(change)
        reached("after begin")
        return verdict

    def end(self, change, handled):
        reached("before end")
        store.end(change, handled)
        reached("after end")

def handle(event):
    with open(log, "a") as file:
        file.write(event.order.order_id + chr(10))
    reached("in the handler")

receiver = webhooks.Receiver(secret, handle, store=Store(), now=now)
print(receiver.handle(body, webhooks.sign(body, secret, now=now)).text)
"""
# Where it was killed, and how often the change was handed over in the end: twice only if nobody can know better.
POINTS = {"before begin": 1, "after begin": 1, "in the handler": 2, "before end": 2, "after end": 1}


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_was_killed_is_taken_up_where_it_was(point: str, tmp_path: Path) -> None:
    path, log, now = tmp_path / "deliveries.sqlite", tmp_path / "log", Clock()
    body = envelope(order("aaa-111"))
    command = [sys.executable, "-c", VICTIM, SECRET, str(now()), str(path), str(log), point]
    assert subprocess.run(command, input=body, timeout=60, check=False).returncode == -signal.SIGKILL
    now.now += 600
    again = [*command[:4], str(now()), *command[5:-1], "nowhere"]
    done = [
        subprocess.run(again, input=body, timeout=60, check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert done[0] == (b"ignored: repeat\n" if point == "after end" else b"handled\n")
    assert done[1] == b"ignored: repeat\n"
    assert log.read_text().count("aaa-111") == POINTS[point]
