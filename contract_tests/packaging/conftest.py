"""A wheel, and environments that hold it and nothing else; all made without a network."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def build(source: Path, out: Path, *what: str) -> Path:
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (made,) = (path for path in out.iterdir() if path.suffix in (".whl", ".gz"))
    return made


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "--sdist")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--wheel")


def closure(*requirements: str) -> set[str]:
    """The installed distributions that these need, and what those need."""
    found: dict[str, set[str]] = {}
    queue = [Requirement(text) for text in requirements]
    while queue:
        requirement = queue.pop()
        name, extras = requirement.name.lower(), {"", *requirement.extras}
        if extras <= found.get(name, set()):
            continue
        found.setdefault(name, set()).update(extras)
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                queue.append(needed)
    return set(found)


class Environment:
    """A fresh virtual environment with the wheel, and links to the distributions that the tests run with."""

    def __init__(self, folder: Path, wheel: Path, *requirements: str) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = folder / "bin" / "python"
        (site,) = folder.glob("lib/python*/site-packages")
        for name in closure(*requirements) - {"webflow-orders"}:
            self._link(metadata.distribution(name), site)
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            "--no-index",
            "--no-deps",
        ]
        subprocess.run([*pip, "--quiet", str(wheel)], check=True, capture_output=True, text=True)

    @staticmethod
    def _link(distribution: metadata.Distribution, site: Path) -> None:
        for file in distribution.files or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = site / file
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.is_symlink():  # Some files are named twice.
                    target.symlink_to(str(distribution.locate_file(file)))

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return self.call("python", *arguments, cwd=cwd)

    def call(
        self, program: str, *arguments: str, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """A program of the environment, which knows nothing of the one that runs the tests."""
        command, scrubbed = [str(self.python.parent / program), *arguments], {"PATH": os.defpath, **variables}
        return subprocess.run(
            command, cwd=cwd, env=scrubbed, capture_output=True, text=True, check=False, timeout=180
        )


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """`pip install webflow-orders`, in a project that also has pytest."""
    return Environment(tmp_path_factory.mktemp("bare") / "venv", wheel, "webflow-orders", "pytest")


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """`pip install 'webflow-orders[contract]'`."""
    return Environment(tmp_path_factory.mktemp("contract") / "venv", wheel, "webflow-orders[contract]")


@pytest.fixture(scope="session")
def testing(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """`pip install 'webflow-orders[testing]'`."""
    return Environment(tmp_path_factory.mktemp("testing") / "venv", wheel, "webflow-orders[testing]")


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """All that a user of the client can install, beside the frameworks that he may have."""
    extras = "webflow-orders[testing,httpx2,aiohttp,shared,cli,export,otel]"
    frameworks = ("django", "fastapi", "flask")
    return Environment(tmp_path_factory.mktemp("everything") / "venv", wheel, extras, *frameworks)
