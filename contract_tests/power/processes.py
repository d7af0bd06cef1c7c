"""Start what is compared, give it so much of the processor and no more, and read what it printed."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# What waits on an answer uses no processor. So much longer than its seconds nobody may take, on whatever machine.
PATIENCE = 60


@dataclass(frozen=True)
class Ended:
    """`status` is None for what had to be stopped; `seconds` are of the processor."""

    output: str
    status: int | None
    seconds: float

    @property
    def last_line(self) -> str:
        return (self.output.strip().splitlines() or [""])[-1][:200]


def limited(
    command: Sequence[str | Path], folder: Path, seconds: int, environment: Mapping[str, str]
) -> Ended:
    """Run a command in a folder until it ends, or has used up its seconds of the processor."""

    def allow() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Into a file: a pipe that is not read would stop whoever writes much.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            list(map(str, command)), cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=allow,
        )  # fmt: skip
        try:
            status: int | None = process.wait(timeout=seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _kill(process)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    out_of_time = status in (None, -signal.SIGXCPU, -signal.SIGKILL)
    return Ended(said, None if out_of_time else status, round(used, 1))


@contextmanager
def serving(
    command: Sequence[str | Path], address: str, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A server for as long as the block lasts; its address is what the pattern finds in what it prints."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)), env={**os.environ, **(environment or {})}, stdin=subprocess.PIPE,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield _address(process, address, log)
        finally:
            _kill(process)
            if process.stdin is not None:
                process.stdin.close()


def shop(log: Path, *arguments: str) -> AbstractContextManager[str]:
    """The server under test, as a process of its own."""
    command = [sys.executable, "-m", "contract_tests.power.shop", *arguments]
    return serving(command, r"(http://127\.0\.0\.1:\d+)\n", log)


def _address(process: subprocess.Popen[bytes], pattern: str, log: Path) -> str:
    while True:
        said = log.read_text("utf-8", "replace")
        if found := re.search(pattern, said):
            return found[1]
        if process.poll() is not None:
            raise RuntimeError(f"it ended before it served: {said.strip()[-500:]}")
        time.sleep(0.05)  # A log has no event; however long it takes.


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
