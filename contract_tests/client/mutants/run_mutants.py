"""Runs tests against many trees of the client in one go: python run_mutants.py < jobs > exit codes.

Each job is forked off a process that has already imported everything but the client, which takes most of the time
of a short run of pytest.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sqlite3
import sys
import traceback
from typing import Any

import certifi
import h11
import httpcore
import httpx
import hypothesis.extra
import jsonschema_rs
import msgspec
import pydantic
import pytest

from contract_tests.client.mutants import spec_check

IMPORTED = (
    asyncio, sqlite3, certifi, h11, httpcore, httpx, hypothesis.extra, jsonschema_rs, msgspec, pydantic, spec_check,
)  # fmt: skip
AT_ONCE = 2


def start(job: dict[str, Any]) -> int:
    """Run the tests of a job in a child, whose output goes to a file; its process id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        output = os.open(job["output"], os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.path.insert(0, job["tree"])
        # The plugins that happen to be installed take longer than the tests. What is imported already, pytest
        # cannot rewrite, and would say so.
        few = ["--disable-plugin-autoload", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider"]
        quiet = ["-x", "-q", "--tb=no", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        arguments = [*few, *quiet, "--hypothesis-profile=unshrunk", *job["tests"]]
        status = int(pytest.main(arguments))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    waiting = list(json.load(sys.stdin).items())
    loaded = [
        name
        for name in sys.modules
        if name.partition(".")[0] in ("webflow_orders", "webflow_orders_generated")
    ]
    assert not loaded, f"the children would not import their own {loaded}"
    gc.freeze()  # No child is to go through what they have in common, or pytest does so several times.
    running: dict[int, str] = {}
    codes: dict[str, int] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            name, job = waiting.pop(0)
            running[start(job)] = name
        child, status = os.wait()
        codes[running.pop(child)] = os.waitstatus_to_exitcode(status)
    json.dump(codes, sys.stdout)


if __name__ == "__main__":
    main()
