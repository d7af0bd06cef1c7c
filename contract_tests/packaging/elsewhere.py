"""The client's core tests in environments other than .venv: the lowest versions allowed, and other Pythons.

    python -m contract_tests.packaging.elsewhere floors     # what contract_tests/packaging/floors/*.txt pins
    python -m contract_tests.packaging.elsewhere pythons    # each Python from 3.11 to 3.13 that this machine has

Builds each environment anew, with pip and its index. Where that cannot be reached, or a Python is not here, says so
and goes on; exits 1 if a test fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = sorted((ROOT / "contract_tests" / "packaging" / "floors").glob("*.txt"))
PYTHONS = ("3.11", "3.12", "3.13")
# What can depend on a version of Python or of a library: how it is sent, read, written, waited and closed.
CORE = (
    "calls/arguments", "calls/errors", "calls/outcomes", "calls/pagination", "calls/reading",
    "calls/requests", "endings/cancellation", "endings/endings", "endings/interrupts", "endings/time_limits",
    "export/export", "export/parquet", "http/closing", "http/connections", "http/secrets", "http/tracebacks",
    "limits/failing_limiters", "limits/limits", "limits/shared_limits_gone", "limits/waiting",
    "writes/fault_table_money", "writes/journal", "writes/journal_file", "writes/retry",
)  # fmt: skip
AIOHTTP, HTTPX2 = ("http/aiohttp_transport",), ("http/proxies", "http/transports")


def paths_of(rooms: Iterable[str]) -> list[str]:
    """Their files, from the top of the checkout."""
    return ["contract_tests/client/{}/test_{}.py".format(*room.split("/")) for room in rooms]


def python(version: str) -> str | None:
    """A Python of that version: on the PATH, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [
        shutil.which(f"python{version}"),
        *map(str, sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)),
    ]
    script = "import sys, sqlite3, ssl; print('%d.%d' % sys.version_info[:2])"
    for place in filter(None, places):
        done = subprocess.run([place, "-c", script], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return place
    return None


def environment(interpreter: str, lock: Path, folder: Path) -> Path | None:
    """Its Python, with what the lock pins and the checkout; None without an index."""
    subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    made = folder / "bin" / "python"
    pip = [str(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--requirement", str(lock)], capture_output=True, text=True
    )
    if done.returncode:
        if re.search(r"connection|resolution|Network is unreachable|timed out", done.stderr, re.IGNORECASE):
            return None
        sys.exit(f"{lock.name} cannot be installed with {interpreter}:\n{done.stderr}")
    (site,) = folder.glob("lib/python*/site-packages")
    rooms = ("overrides", "generated", "contract_tests/mock_server", "contract_tests/suite")
    (site / "checkout.pth").write_text("\n".join(str(ROOT / room) for room in rooms))
    return made


def try_out(title: str, interpreter: str, lock: Path, rooms: tuple[str, ...]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        made = environment(interpreter, lock, Path(folder) / "venv")
        if made is None:
            print(f"{title}: skipped, for pip reaches no index", flush=True)
            return True
        print(f"{title}:", flush=True)
        plugins = ("-p", "webflow_orders_mock.pytest_plugin", "-p", "webflow_orders.pytest_plugin")
        command = [
            str(made),
            "-m",
            "pytest",
            "--quiet",
            "-m",
            "not slow",
            "-p",
            "no:cacheprovider",
            *plugins,
            *paths_of(rooms),
        ]
        return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def floors() -> bool:
    interpreter = python(PYTHONS[0])
    if interpreter is None:
        print(f"the floors: skipped, for they are those of Python {PYTHONS[0]}, which is not here")
        return True
    held = True
    for lock in FLOORS:
        rooms = HTTPX2 if lock.stem == "httpx2" else AIOHTTP
        held &= try_out(f"lowest versions, {lock.stem}", interpreter, lock, CORE + rooms)
    return held


def pythons() -> bool:
    held = True
    for version in PYTHONS:
        interpreter = python(version)
        if interpreter is None:
            print(f"Python {version}: skipped, for it is not here", flush=True)
            continue
        held &= try_out(
            f"Python {version}", interpreter, ROOT / ".requirements.lock", CORE + AIOHTTP + HTTPX2
        )
    return held


if __name__ == "__main__":
    sys.exit(0 if {"floors": floors, "pythons": pythons}[sys.argv[1]]() else 1)
