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
        "import webflow_orders_mock, webflow_orders_mock.pytest_plugin as plugin;"
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
