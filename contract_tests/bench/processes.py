"""Starting and ending what the bench talks to. Everything listens on 127.0.0.1 and ends with its `with` block."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .environments import BENCH, ROOT, Unavailable, python_of, run


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process with its standard input open; closed, or then ended, afterwards."""
    process = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.PIPE, text=True, **options
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _first_line(process: subprocess.Popen[str]) -> str:
    stdout: IO[str] | None = process.stdout
    line = stdout.readline() if stdout is not None else ""
    if not line:
        raise Unavailable("a server ended before it said where it listens")
    return line


@contextmanager
def answering(folder: Path, dialect: str) -> Iterator[str]:
    """The server of prebuilt bytes. Its URL."""
    command = [python_of("server"), BENCH / "server.py", folder, dialect]
    with started(command, stdout=subprocess.PIPE) as process:
        yield f"http://127.0.0.1:{int(_first_line(process))}"


@contextmanager
def mock(*options: str) -> Iterator[int]:
    """Our mock as it is started by hand. Its port."""
    command = [sys.executable, "-m", "webflow_orders_mock", "--port", "0", *options]
    with started(command, stdout=subprocess.PIPE) as process:
        found = re.search(r"127\.0\.0\.1:(\d+)", _first_line(process))
        if found is None:
            raise Unavailable("the mock did not say where it listens")
        yield int(found[1])


@contextmanager
def prism(node: str, level: str) -> Iterator[int]:
    """Prism on the same spec, its log thrown away. Its port. Raises `Unavailable` if it does not come up."""
    cli = BENCH / "prism" / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    port = free_port()
    command = [node, cli, "mock", "--host", "127.0.0.1", "--port", str(port), "--verboseLevel", level]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with started([*command, ROOT / "openapi.yaml"], **quiet) as process:
        _until_it_listens(port, process)
        yield port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _until_it_listens(port: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable("Prism did not come up")


def load(port: int, path: str, token: str, *, connections: int, seconds: float) -> dict[str, float]:
    """What the load generator counted, in a process of its own."""
    bounds = [str(connections), str(seconds), str(10**6)]
    said = run(
        [sys.executable, str(BENCH / "load.py"), str(port), path, token, *bounds], timeout=seconds + 60
    )
    samples: dict[str, Any] = json.loads(said)
    return samples


def work(
    environment: str, group: str, module: str, folder: Path, dialect: str, url: str, options: dict[str, Any]
) -> dict[str, dict[str, float]]:
    """One fresh process of a peer. Raises `Unavailable` with what it died of."""
    command = [str(python_of(environment)), str(BENCH / "workers" / "run.py"), group, module]
    said = run([*command, str(folder), dialect, url, json.dumps(options)], timeout=options["patience"] + 600)
    samples: dict[str, Any] = json.loads(said)
    return samples
