"""What node runs: Webflow's own SDKs, and a browser."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node() -> str:
    """The node that runs what package.json lists, when it is here and that could be installed."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("this needs node and npm, which are not here")
    # npm writes this file last: where it is older than the lock, an install is missing, stale or half done.
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # Two processes of one test run must not install at once.
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            command = [npm, "ci", "--ignore-scripts", "--loglevel=error", "--no-progress"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"npm could not install what package.json lists: {done.stderr.strip()[:200]}")
            installed.touch()
    return found
