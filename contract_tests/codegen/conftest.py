from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """overrides/codegen/generate.py as a module; it is a program, and on nobody's path."""
    source = Path(__file__).parents[2] / "overrides" / "codegen" / "generate.py"
    found = importlib.util.spec_from_file_location("generate", source)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def spec_file(tmp_path: Path, root: Path) -> Path:
    """A copy of openapi.yaml that a test may change."""
    path = tmp_path / "openapi.yaml"
    path.write_text((root / "openapi.yaml").read_text("utf-8"), "utf-8")
    return path
