"""The fixtures, in a pytest of their own, as a user has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

USES = """
    import httpx

    def test_in_process(webflow_orders_mock):
        mock = webflow_orders_mock
        headers = {"Authorization": f"Bearer {mock.token}"}
        with httpx.Client(transport=mock.transport(), headers=headers) as client:
            url = f"https://api.webflow.com/v2/sites/{mock.site_id}/orders/dfa-3f1"
            assert client.post(url + "/fulfill").json()["status"] == "fulfilled"
        assert mock.orders[mock.site_id, "dfa-3f1"].status == "fulfilled"

    def test_is_fresh(webflow_orders_mock):
        assert webflow_orders_mock.orders[webflow_orders_mock.site_id, "dfa-3f1"].status == "unfulfilled"

    def test_over_a_socket(webflow_orders_server, webflow_orders_mock):
        assert webflow_orders_server.mock is webflow_orders_mock
        assert httpx.get(webflow_orders_server.url + "/_mock").json()["dialect"] == "observed"
"""

TIMELESS = """
    import asyncio, time

    import pytest
    from webflow_orders import errors, testing

    @pytest.fixture(autouse=True)
    def nobody_sleeps(monkeypatch):
        def sleep(seconds):
            raise AssertionError(f"{seconds} seconds of real time")
        monkeypatch.setattr(time, "sleep", sleep)

    @pytest.mark.parametrize("retry_after", [1, 7, 30])
    def test_a_rate_limit(retry_after, webflow_orders_client, webflow_orders_mock):
        before = webflow_orders_mock.now()
        webflow_orders_mock.faults.rate_limit(times=2, retry_after=retry_after)
        assert webflow_orders_client.get("dfa-3f1").status == "unfulfilled"
        assert webflow_orders_mock.now() - before >= 2 * retry_after
        assert [entry.status for entry in webflow_orders_mock.ledger] == [429, 429, 200]

    def test_an_answer_that_comes_too_late(webflow_orders_client, webflow_orders_mock):
        webflow_orders_mock.faults.latency(3600, operation="refund-order")
        before = webflow_orders_mock.now()
        refunded = webflow_orders_client.refund("dfa-3f1")
        assert refunded.status == "refunded"
        assert webflow_orders_mock.now() - before >= 30, "the timeout of the client"
        assert [entry.operation_id for entry in webflow_orders_mock.ledger] == ["refund-order", "get-order"]

    def test_options_of_ones_own(webflow_orders_mock):
        webflow_orders_mock.faults.latency(3, times=9)
        with testing.client(webflow_orders_mock, timeout=0.3) as orders:
            with pytest.raises(errors.APITimeoutError):
                orders.get("dfa-3f1")

    def test_a_client_that_awaits(webflow_orders_mock):
        webflow_orders_mock.faults.rate_limit(times=2, retry_after=5)
        before = webflow_orders_mock.now()

        async def get():
            async with testing.async_client(webflow_orders_mock) as orders:
                return await orders.get("dfa-3f1")

        assert asyncio.run(get()).order_id == "dfa-3f1"
        assert webflow_orders_mock.now() - before >= 10
"""

LACKING = """
    import sys
    sys.modules["{missing}"] = None
    for name in list(sys.modules):
        if name.startswith(("webflow_orders_generated", "webflow_orders_mock.")):
            del sys.modules[name]
"""


def _pytest(folder: Path, conftest: str, test: str) -> subprocess.CompletedProcess[str]:
    for name, text in (("conftest.py", conftest), ("test_it.py", test)):
        (folder / name).write_text("\n".join(line[4:] for line in text.splitlines()))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120, check=False)


def test_the_fixtures_need_no_import(tmp_path: Path) -> None:
    run = _pytest(tmp_path, "", USES)
    assert "3 passed" in run.stdout, run.stdout


def test_the_clients_fixture_costs_no_real_time(tmp_path: Path) -> None:
    run = _pytest(tmp_path, "", TIMELESS)
    assert "6 passed" in run.stdout, run.stdout


@pytest.mark.parametrize(
    ("missing", "fixture"),
    [("pydantic", "webflow_orders_mock"), ("uvicorn", "webflow_orders_server")],
)
def test_what_is_missing_is_named_with_the_remedy(missing: str, fixture: str, tmp_path: Path) -> None:
    run = _pytest(tmp_path, LACKING.format(missing=missing), f"    def test_it({fixture}): pass")
    assert run.returncode != 0
    assert f"the mock needs {missing}: pip install 'webflow-orders[testing]'" in run.stdout + run.stderr


def test_without_uvicorn_the_mock_itself_still_works(tmp_path: Path) -> None:
    run = _pytest(tmp_path, LACKING.format(missing="uvicorn"), "    def test_it(webflow_orders_mock): pass")
    assert "1 passed" in run.stdout, run.stdout


def test_pytest_loads_the_plugin_without_importing_anything_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules);"
        "import webflow_orders_mock, webflow_orders_mock.pytest_plugin as plugin, webflow_orders.pytest_plugin;"
        "loaded = set(sys.modules) - before;"
        "heavy = {'pydantic', 'uvicorn', 'httpx', 'sqlite3', 'webflow_orders_generated'} & loaded;"
        "assert not heavy, heavy; assert plugin.webflow_orders_mock"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr


def test_every_public_name_can_be_imported() -> None:
    import webflow_orders_mock

    for name in webflow_orders_mock.__all__:
        assert getattr(webflow_orders_mock, name) is not None
    assert set(dir(webflow_orders_mock)) == set(webflow_orders_mock.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        webflow_orders_mock.nope  # noqa: B018
