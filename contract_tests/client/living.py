"""A server of many orders, how a client is led to it, and programs of their own that use one."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, answer
from contract_tests.client.faulty import FaultyServer, Received
from contract_tests.conftest import ROOT

# The answer to a GET of dfa-3f1.
ORDER = answer(200, ORDERS["get"])


def asked(request: Received) -> httpx.Response:
    """The order that was asked for, whichever it is."""
    return answer(200, {"orderId": request.order_id, "status": "pending"})


def arguments(server: FaultyServer | MockServer) -> dict[str, Any]:
    """What a client of this server is made with."""
    if isinstance(server, MockServer):
        mock = server.mock
        return {"base_url": server.url, "token": mock.token, "site_id": mock.site_id, "rate_limit": None}
    return {"base_url": server.url, "token": TOKEN, "site_id": SITE, "rate_limit": None}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def shop() -> Iterator[MockServer]:
    """A healthy mock on a port."""
    with MockServer(MockWebflow()) as server:
        yield server


PREAMBLE = """
import asyncio, gc, logging, os, sys
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors
url, token, site = sys.argv[1:]
given = {"base_url": url, "token": token, "site_id": site, "rate_limit": None}
# Not of a machine that is slow; that a task was lost, it says as an error.
logging.getLogger("asyncio").setLevel(logging.ERROR)
def exit_code(pid): return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""


def run(program: str, url: str, *, token: str = TOKEN, site: str = SITE) -> str:
    """What a program of its own prints. It must print no warning: in development mode, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PREAMBLE + textwrap.dedent(program), url, token, site],
        capture_output=True, text=True, timeout=300, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout
