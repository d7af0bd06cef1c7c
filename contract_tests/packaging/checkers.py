"""mypy and pyright over what users write, in one go for many files, against an environment that has the wheel."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from contract_tests.packaging.conftest import ROOT, Environment

PYRIGHT = ROOT / "contract_tests" / "spec" / "linters" / "node_modules" / ".bin" / "pyright"
TOOLS = ("mypy", "pyright")


class Complaint(NamedTuple):
    line: int
    message: str


def complaints(
    tool: str, environment: Environment, sources: Mapping[str, str], folder: Path
) -> dict[str, list[Complaint]]:
    """What the checker has to say about each source, by its name. Skips where pyright is not installed."""
    # Not by its bare name, which may be that of a module that the checker itself needs.
    paths = [folder / f"user_{name}.py" for name in sources]
    for path, source in zip(paths, sources.values(), strict=True):
        path.write_text(source, "utf-8")
    judge = mypy if tool == "mypy" else pyright
    found: dict[str, list[Complaint]] = {name: [] for name in sources}
    for file, complaint in judge(environment, [path.name for path in paths], folder):
        found[Path(file).stem.removeprefix("user_")].append(complaint)
    return found


def mypy(environment: Environment, files: list[str], folder: Path) -> list[tuple[str, Complaint]]:
    # Django has no types of its own; whoever checks types has another's.
    (folder / "mypy.ini").write_text("[mypy]\n[mypy-django.*]\nignore_missing_imports = true\n")
    options = (
        "--strict",
        "--config-file",
        "mypy.ini",
        "--python-executable",
        str(environment.python),
        "--cache-dir",
        str(folder / ".cache"),
    )
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *options, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = [
        re.fullmatch(r"(\S+\.py):(\d+): (?:error|note): (.*)", line) for line in done.stdout.splitlines()
    ]
    assert not done.stderr, done.stderr
    assert all(lines), done.stdout
    return [(line[1], Complaint(int(line[2]), line[3])) for line in lines if line]


def pyright(environment: Environment, files: list[str], folder: Path) -> list[tuple[str, Complaint]]:
    done = run_pyright("--outputjson", "--pythonpath", str(environment.python), *files, cwd=folder)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(files), done.stdout
    return [
        (each["file"], Complaint(each["range"]["start"]["line"] + 1, each["message"]))
        for each in report["generalDiagnostics"]
    ]


def run_pyright(*arguments: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`path`: a folder of programs; pyright takes its Python from there, where no other is named."""
    node = shutil.which("node")
    if node is None or not PYRIGHT.exists():
        pytest.skip("pyright needs node, and `make lintspec`, which installs it")
    folders = [str(folder) for folder in (path, Path(node).parent, "/usr/bin", "/bin") if folder is not None]
    return subprocess.run(
        [str(PYRIGHT), *arguments],
        cwd=cwd,
        env={"PATH": ":".join(folders), "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )
