from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """overrides/codegen/generate.py as a module; it is a program, and on nobody's path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[2] / "overrides" / "codegen")
        return importlib.import_module("generate")


@pytest.fixture
def spec_file(tmp_path: Path, root: Path) -> Path:
    """A copy of openapi.yaml that a test may change."""
    path = tmp_path / "openapi.yaml"
    path.write_text((root / "openapi.yaml").read_text("utf-8"), "utf-8")
    return path
