"""Is each lowest version that pyproject.toml allows one that `make floors` tries?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contract_tests.packaging.documents import PROJECT
from contract_tests.packaging.elsewhere import AIOHTTP, CORE, FLOORS, HTTPX2, PYTHONS, paths_of

# What only the contract run needs is used as it is pinned.
EXTRAS = ("testing", "httpx2", "aiohttp", "shared", "export")
DIRECT = sorted(
    {*PROJECT["dependencies"], *(need for name in EXTRAS for need in PROJECT["optional-dependencies"][name])}
)


def tried(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("text", DIRECT)
def test_a_floor_is_tried(text: str) -> None:
    requirement = Requirement(text)
    (floor,) = (each.version for each in requirement.specifier if each.operator == ">=")
    versions = {tried(lock).get(canonicalize_name(requirement.name)) for lock in FLOORS} - {None}
    assert any(version == floor or version.startswith(f"{floor}.") for version in versions), (
        f"{requirement.name}: the floor is {floor}, tried are {versions}; run `make lock`, or raise it"
    )


def test_what_is_tried_is_there(root: Path) -> None:
    assert [lock.stem for lock in FLOORS] == ["core", "httpx2"]
    assert all((root / test).exists() for test in paths_of((*CORE, *AIOHTTP, *HTTPX2)))
    assert f">={PYTHONS[0]}" in PROJECT["requires-python"]
