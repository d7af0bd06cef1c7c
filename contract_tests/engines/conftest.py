"""Destinations to load into, and a shop whose orders a test writes as it likes."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

TOKEN = "wf_secret_0123456789"
SITE = "580e63e98c9a982ac9b8b741"


def _programs() -> Path | None:
    """Where PostgreSQL's programs are: Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    places = (
        [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((place for place in places if (place / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, on 127.0.0.1; not as root, which it refuses."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    # Where another user may go, too.
    with tempfile.TemporaryDirectory(dir="/tmp" if user else None, ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, "postgres")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", f"{folder}/data", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)  # type: ignore[call-overload]

        run("initdb", "--username=loader", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "--wait", f"--log={folder}/log", "-o", settings, "start")
        try:
            yield f"postgresql://loader:none@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")


@pytest.fixture(params=["duckdb", "postgres"])
def pipeline(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Any]:
    """Makes the pipeline, as a program that is started anew does: with what the last one left on the disk."""
    import dlt  # Spark's tests have an environment without it.

    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path))
    name = re.sub(r"\W+", "_", request.node.name)[:50].strip("_").lower()
    if request.param == "duckdb":
        destination: Any = dlt.destinations.duckdb(str(tmp_path / "shop.duckdb"))
    else:
        destination = dlt.destinations.postgres(request.getfixturevalue("postgres"))
    return lambda: dlt.pipeline(name, destination=destination, dataset_name=name, pipelines_dir=str(tmp_path))


class Shop(ThreadingHTTPServer):
    """Answers list and get from `orders`, documents by id, in the order of the dict."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.orders: dict[str, dict[str, Any]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        _, _, order_id = address.path.partition("/orders/")
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        found: Any = self.server.orders.get(order_id)
        if not order_id:
            offset, limit = int(asked["offset"]), int(asked["limit"])
            orders = [
                each for each in self.server.orders.values() if asked.get("status") in (None, each["status"])
            ]
            pagination = {"offset": offset, "limit": limit, "total": len(orders)}
            found = {"orders": orders[offset : offset + limit], "pagination": pagination}
        body = json.dumps(found or {"code": "order_not_found", "message": "no such order"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
