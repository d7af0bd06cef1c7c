"""Does whatever needs an extra say so, to one who has the bare package, before anything is sent?"""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.packaging.conftest import Environment

CLIENT = "import webflow_orders as w; options = dict(token='t', site_id='580e63e98c9a982ac9b8b741')\n"
# A socket that would be opened is a failure of its own.
GUARD = """
import sys
def no_network(event, arguments):
    if event.startswith("socket.connect") or event == "socket.getaddrinfo":
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(no_network)
"""


@pytest.mark.parametrize(
    ("source", "says", "extra"),
    [
        ("import webflow_orders.testing", "webflow_orders.testing needs pydantic", "testing"),
        (
            "from webflow_orders.testing import MockWebflow",
            "webflow_orders.testing needs pydantic",
            "testing",
        ),
        (
            "from webflow_orders import shared_limits; shared_limits.redis('redis://127.0.0.1')",
            "shared_limits.redis needs redis",
            "shared",
        ),
        (
            "from webflow_orders.aiohttp_transport import AiohttpTransport",
            "webflow_orders.aiohttp_transport needs aiohttp",
            "aiohttp",
        ),
        (
            CLIENT + "w.AsyncOrdersClient(transport='aiohttp', **options)",
            "transport='aiohttp' needs httpx_aiohttp",
            "aiohttp",
        ),
        (
            CLIENT + "w.OrdersClient(transport='httpx2', **options)",
            "transport='httpx2' needs httpx2",
            "httpx2",
        ),
        (
            CLIENT + "w.AsyncOrdersClient(transport='httpx2', **options)",
            "transport='httpx2' needs httpx2",
            "httpx2",
        ),
        (
            "from webflow_orders.otel import OpenTelemetry",
            "webflow_orders.otel needs opentelemetry",
            "otel",
        ),
        (CLIENT + "w.OrdersClient(**options).export('orders.parquet')", "Parquet needs pyarrow", "export"),
        (
            CLIENT + "w.OrdersClient(**options).export('shop', tables=True, format='parquet')",
            "Parquet needs pyarrow",
            "export",
        ),
        (
            "from webflow_orders import tables; tables.arrow('orders')",
            "webflow_orders.tables.arrow needs pyarrow",
            "export",
        ),
        ("import webflow_orders.sync.dlt", "webflow_orders.sync.dlt needs dlt", "dlt"),
        ("import webflow_orders.sync.spark", "webflow_orders.sync.spark needs pyarrow", "spark"),
        (
            CLIENT + "import asyncio; asyncio.run(w.AsyncOrdersClient(**options).export('orders.parquet'))",
            "Parquet needs pyarrow",
            "export",
        ),
    ],
    ids=lambda value: value.removeprefix(CLIENT)[:60],
)
def test_what_is_missing_is_named_with_the_line_that_installs_it(
    source: str, says: str, extra: str, bare: Environment, tmp_path: Path
) -> None:
    done = bare.run("-W", "error", "-c", GUARD + source, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"ModuleNotFoundError: {says}: pip install 'webflow-orders[{extra}]'"
    assert list(tmp_path.iterdir()) == [], "no file was begun"


def test_the_command_too_says_what_installs_it(bare: Environment, tmp_path: Path) -> None:
    done = bare.call("webflow-orders", "list", "--mock", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "webflow-orders needs cyclopts: pip install 'webflow-orders[cli]'\n"


def test_without_the_extra_for_a_progress_bar_there_is_none(bare: Environment, tmp_path: Path) -> None:
    source = """
import httpx
empty = {"orders": [], "pagination": {"limit": 100, "offset": 0, "total": 0}}
transport = httpx.MockTransport(lambda request: httpx.Response(200, json=empty))
print(w.OrdersClient(transport=transport, **options).export("orders.ndjson", progress=True).orders)
"""
    done = bare.run("-W", "error", "-c", GUARD + CLIENT + source, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("0\n", "")
