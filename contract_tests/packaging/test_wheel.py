"""Does what is shipped install bare and work?"""

from __future__ import annotations

import subprocess
import zipfile
from email.parser import Parser
from pathlib import Path

from contract_tests.packaging.conftest import ROOT, Environment, build

USER_CODE = ROOT / "contract_tests" / "packaging" / "user_code.py"


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    names = contents(wheel)
    packages = {name.split("/")[0] for name in names if "dist-info" not in name}
    assert packages == {
        "webflow_orders", "webflow_orders_cli", "webflow_orders_generated", "webflow_orders_mock",
        "webflow_orders_contract",
    }  # fmt: skip
    for package in packages:
        assert f"{package}/py.typed" in names
    assert {f"webflow_orders_generated/openapi{edition}.json" for edition in ("", "-3.0")} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    page = {
        "webflow_orders_mock/page/index.html",
        "webflow_orders_mock/page/mock.css",
        "webflow_orders_mock/page/mock.js",
    }
    assert {name for name in names if name.endswith((".html", ".css", ".js"))} == page
    known = {".py", ".typed", ".json", ".html", ".css", ".js", ".jinja", ".yml", ".md"}
    assert {Path(name).suffix for name in names if "dist-info" not in name} == known
    assert not [name for name in names if "__pycache__" in name or "/test_" in name]


def test_the_core_needs_httpx_and_attrs_and_little_else(wheel: Path) -> None:
    (text,) = (body for name, body in contents(wheel).items() if name.endswith("/METADATA"))
    fields = Parser().parsestr(text.decode())
    needs = [need for need in fields.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert sorted(need.split("<")[0].split(">")[0] for need in needs) == [
        "anyio",
        "attrs",
        "httpx",
        "idna",
        "msgspec",
        "sniffio",
        "typing-extensions",
    ]
    assert "nofficial" in fields["Summary"]


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", str(sdist), "-C", str(tmp_path)], check=True)
    (unpacked,) = tmp_path.iterdir()
    (tmp_path / "out").mkdir()
    assert contents(build(unpacked, tmp_path / "out", "--wheel")) == contents(wheel)


def test_a_bare_install_has_the_client_without_pydantic(bare: Environment, tmp_path: Path) -> None:
    script = """
import sys
from webflow_orders import AsyncOrdersClient, Order, OrdersClient
OrdersClient(token="t", site_id="580e63e98c9a982ac9b8b741").close()
assert Order.from_dict({"orderId": "dfa-3f1", "status": "pending"}).order_id == "dfa-3f1"
import webflow_orders_mock
assert not {"pydantic", "uvicorn", "yaml"} & set(sys.modules), sys.modules.keys()
try:
    import pydantic
except ModuleNotFoundError:
    print("bare")
"""
    done = bare.run("-W", "error", "-c", script, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("bare\n", "")


def test_a_name_is_imported_when_it_is_first_used_and_looked_for_once(
    bare: Environment, tmp_path: Path
) -> None:
    script = """
import webflow_orders
from webflow_orders import models, webhooks
for module, name in (webflow_orders, "Order"), (models, "Price"), (webhooks, "Receiver"):
    assert name not in vars(module)
    assert getattr(module, name) is vars(module)[name]
"""
    done = bare.run("-W", "error", "-c", script, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_pytest_starts_without_the_extra_and_names_it_when_it_is_needed(
    bare: Environment, tmp_path: Path
) -> None:
    (tmp_path / "test_plain.py").write_text("def test_plain(): pass\n")
    assert "1 passed" in bare.run("-m", "pytest", "-q", cwd=tmp_path).stdout
    (tmp_path / "test_mock.py").write_text("def test_mock(webflow_orders_mock): pass\n")
    done = bare.run("-m", "pytest", "-q", "test_mock.py", cwd=tmp_path)
    assert done.returncode != 0
    assert "pip install 'webflow-orders[testing]'" in done.stdout + done.stderr


def test_the_fixtures_work_from_the_installed_wheel(testing: Environment, tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(
        "from user_code import *\n"
        "def test_socket(webflow_orders_server):\n"
        "    server, mock = webflow_orders_server, webflow_orders_server.mock\n"
        "    with OrdersClient(token=mock.token, site_id=mock.site_id, base_url=server.url) as orders:\n"
        "        assert len(list(orders.iter(page_size=10))) > 20\n"
    )
    (tmp_path / "user_code.py").write_text(USER_CODE.read_text())
    done = testing.run("-m", "pytest", "-q", "-W", "error", "test_theirs.py", cwd=tmp_path)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_command_is_a_program(everything: Environment, tmp_path: Path) -> None:
    done = everything.call("webflow-orders", "list", "--mock", "--json", cwd=tmp_path, HOME=str(tmp_path))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 27), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_mock_is_a_program(testing: Environment, tmp_path: Path) -> None:
    done = testing.run("-m", "webflow_orders_mock", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "--port" in done.stdout
