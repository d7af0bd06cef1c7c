"""Do our templates still override what they were copied from? Upstream calls its templates unstable."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

import openapi_python_client
import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted((ROOT / "overrides/codegen/templates/client").glob("*.jinja"))
LOCK = json.loads((ROOT / "overrides/codegen/templates.lock").read_text("utf-8"))
UPSTREAM = Path(openapi_python_client.__file__).parent / "templates"


@pytest.mark.parametrize("template", OURS, ids=lambda path: path.name)
def test_template_says_why_what_it_was_and_what_differs(template: Path) -> None:
    head = template.read_text("utf-8").partition("#}")[0]
    if template.name not in LOCK:
        assert "upstream has no such file" in head
        assert not (UPSTREAM / template.name).exists(), f"upstream now has a {template.name}"
        return
    assert re.search(r"WHY: \w", head), "say why it is overridden"
    assert f"BASE: openapi-python-client {version('openapi-python-client')} {template.name}." in head
    assert re.search(r"DIFF: \w", head), "say what differs"


@pytest.mark.parametrize("name", sorted(LOCK))
def test_upstream_template_has_not_moved(name: str) -> None:
    now = hashlib.sha256((UPSTREAM / name).read_bytes()).hexdigest()
    assert now == LOCK[name], f"upstream changed {name}: compare it with ours, then renew templates.lock"


def test_each_override_is_locked() -> None:
    assert {path.name for path in OURS} - {"fields.jinja"} == set(LOCK)
