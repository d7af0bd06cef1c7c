"""python -m webflow_orders_mock, started and stopped as a user does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

SITE = "580e63e98c9a982ac9b8b741"
needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has /dev/full, on which no byte fits"
)


def _command(*options: str) -> list[str]:
    return [sys.executable, "-m", "webflow_orders_mock", *options]


@contextmanager
def _running(*options: str, stop: int = signal.SIGTERM) -> Iterator[str]:
    """The URL of a mock that was started with these options; it must end well."""
    with subprocess.Popen(
        _command("--port", "0", *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found, process.communicate()[1]
            yield found[0]
        finally:
            os.kill(process.pid, stop)
            _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _get(url: str, path: str, token: str = "mock-token") -> httpx.Response:
    return httpx.get(url + path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_both_versions_and_stops_when_told(stop: int) -> None:
    with _running(stop=stop) as url:
        assert _get(url, f"/v2/sites/{SITE}/orders").json()["pagination"]["total"] == 27
        assert len(_get(url, f"/sites/{SITE}/orders").json()) == 27


def test_the_options_reach_the_mock() -> None:
    with _running("--empty", "--dialect", "documented", "--plan", "starter", "--token", "mine") as url:
        answer = _get(url, f"/v2/sites/{SITE}/orders", "mine")
        assert answer.json()["orders"] == []
        assert answer.headers["X-RateLimit-Limit"] == "60"
        assert _get(url, f"/v2/sites/{SITE}/orders").status_code == 401
        assert httpx.get(f"{url}/_mock").json()["dialect"] == "documented"


def test_a_shop_may_be_large() -> None:
    with _running("--synthetic", "1000000") as url:
        last = _get(url, f"/v2/sites/{SITE}/orders?offset=999999").json()
        assert (len(last["orders"]), last["pagination"]["total"]) == (1, 1_000_000)


def test_the_shop_may_live() -> None:
    with _running("--live", "20ms", "--seed", "3") as url:
        for _ in range(10_000):
            if len(httpx.get(f"{url}/_mock/sites/{SITE}/orders").json()["orders"]) > 27:
                return
    pytest.fail("nobody placed an order")


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.sqlite")
    with _running("--db", path) as url:
        fulfil = f"{url}/v2/sites/{SITE}/orders/dfa-3f1/fulfill"
        assert httpx.post(fulfil, headers={"Authorization": "Bearer mock-token"}).status_code == 200
    with _running("--db", path) as url:
        assert _get(url, f"/v2/sites/{SITE}/orders/dfa-3f1").json()["status"] == "fulfilled"
        assert [line["seq"] for line in httpx.get(f"{url}/_mock/ledger").json()["ledger"]] == [1, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--plan", "gold"), "there is no plan 'gold'"),
        (("--dialect", "klingon"), "invalid choice"),
        (("--port", "99999"), "port"),
        (("--token", "two words"), "printable ASCII"),
        (("--db", "/"), "cannot use /"),
        (("--synthetic", "-1"), "1 to 1000000000"),
        (("--synthetic", "many"), "invalid int"),
        (("--live", "0s"), "a time is 5s, 500ms or 2m"),
        (("--live", "1h"), "a time is 5s, 500ms or 2m"),
        (("--synthetic", "5", "--db", "x.sqlite"), "neither a file nor a defect"),
    ],
)
def test_a_wrong_option_is_one_line_and_no_traceback(options: tuple[str, ...], said: str) -> None:
    run = subprocess.run(
        _command("--port", "0", *options), capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_taken_port_is_one_sentence_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            _command("--port", port), capture_output=True, text=True, timeout=30, check=False
        )
    said = f"webflow_orders_mock: port {port} is in use; choose another with --port, or 0 for any free one\n"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", said)


@pytest.mark.parametrize("token", ["mock-token", "o'brien$HOME", 'a"b`c'])
def test_the_example_that_is_printed_can_be_pasted_into_a_shell(token: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        _command("--port", "0", "--token", token), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            example = [process.stdout.readline() for _ in range(2)][1]
        finally:
            process.terminate()  # It may not be serving yet, and stops all the same.
    assert process.returncode == 0
    (tmp_path / "curl").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "curl").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    said = subprocess.run(["sh", "-c", example], capture_output=True, text=True, env=env, check=True).stdout
    flag, header, url = said.splitlines()
    assert (flag, header) == ("-H", f"Authorization: Bearer {token}")
    assert re.fullmatch(rf"http://127\.0\.0\.1:\d+/v2/sites/{SITE}/orders\?limit=1", url)
    assert f"'{url}'" in example, "zsh takes an unquoted ? for a pattern, and finds no file"


def _started_by_a_shell(redirection: str, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", *_command(*options)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("redirection", [
    ">&-", ">&- 2>&-", pytest.param(">/dev/full", marks=needs_full), pytest.param("2>/dev/full", marks=needs_full),
])  # fmt: skip
def test_it_serves_though_nobody_can_read_what_it_says(redirection: str, free_port: int) -> None:
    with _started_by_a_shell(redirection, "-v", "--port", str(free_port)) as process:
        try:
            while process.poll() is None:
                with suppress(httpx.ConnectError):
                    assert (
                        _get(f"http://127.0.0.1:{free_port}", f"/v2/sites/{SITE}/orders").status_code == 200
                    )
                    break
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_list_that_nobody_reads_ends_without_a_traceback() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        run = subprocess.run(
            _command("--defects"), stdout=theirs, stderr=subprocess.PIPE, timeout=120, check=False
        )
    finally:
        os.close(theirs)
    assert (run.returncode, run.stderr) == (1, b"")
