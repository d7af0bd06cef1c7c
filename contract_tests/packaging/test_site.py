"""Is the site made without a warning, whole, and readable from a folder without a network?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from contract_tests.packaging.elsewhere import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    command = [
        "-m",
        "sphinx",
        "-q",
        "-E",
        "-W",
        "--keep-going",
        "-d",
        str(made / "doctrees"),
        "overrides/docs",
    ]
    done = subprocess.run(
        [sys.executable, *command, str(made / "html")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return made / "html"


def test_it_has_each_operation_and_schema_of_the_spec(site: Path) -> None:
    spec = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    page = (site / "api.html").read_text("utf-8")
    operations = [
        operation["operationId"]
        for item in spec["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]
    assert operations
    for name in [*operations, *spec["components"]["schemas"]]:
        assert re.search(rf"<h[23]>{name}<", page), name


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    pages = sorted(site.glob("*.html"))
    assert len(pages) >= 9
    for page in pages:
        text = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]* src=\"([^\"]*)\"", text)
        loaded += re.findall(r"<link[^>]* rel=\"(?:stylesheet|preload|icon)\"[^>]* href=\"([^\"]*)\"", text)
        assert loaded
        assert not [each for each in loaded if "//" in each], page.name


def test_each_link_leads_somewhere(site: Path) -> None:
    pages = {page.name: page.read_text("utf-8") for page in site.glob("*.html")}
    places = {name: {*re.findall(r" id=\"([^\"]+)\"", text)} for name, text in pages.items()}
    dead = []
    for name, text in pages.items():
        for link in re.findall(r"<a [^>]*href=\"([^\":]+)\"", text):
            page, _, place = link.partition("#")
            if not (site / page).exists() or (place and unquote(place) not in places[page or name]):
                dead.append(f"{name}: {link}")
    assert dead == []


def test_it_can_be_searched_and_is_indexed_for_programs(site: Path) -> None:
    assert "refund" in (site / "searchindex.js").read_text("utf-8")
    index = (site / "llms.txt").read_text("utf-8")
    linked = re.findall(r"\]\((.*?)\)", index)
    assert linked[0] == "index.html"
    assert all((site / each).is_file() for each in linked)
