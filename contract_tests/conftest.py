"""What every kind of test may ask for."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

# Times on a shared machine say nothing, and CI must not be red by chance: there the cases are the same each time.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
_SPEC = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))


@pytest.fixture
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture
def spec() -> dict[str, Any]:
    """openapi.yaml, parsed; a copy that a test may change."""
    return copy.deepcopy(_SPEC)  # type: ignore[no-any-return]


@pytest.fixture
def examples(spec: dict[str, Any]) -> dict[str, Any]:
    """The example bodies of openapi.yaml by name: Order, DigitalOrder, OrderList, OrderV1, …"""
    return {name: example["value"] for name, example in spec["components"]["examples"].items()}
