"""A virtual environment for each peer, made once from its lock; ours from a wheel of the working tree."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "openapi.yaml"
BENCH = ROOT / "contract_tests" / "bench"
LOCKS = BENCH / "locks"
WORKERS = BENCH / "workers"
ENVIRONMENTS = ROOT / ".venv-bench"
OURS = ("ours", "ours-httpx2", "ours-aiohttp")


class Unavailable(Exception):
    """Something that a part of the bench needs is not here; the message says what."""


def python_of(name: str) -> Path:
    return ENVIRONMENTS / name / ("Scripts" if os.name == "nt" else "bin") / "python"


def is_ready(name: str) -> bool:
    mark = ENVIRONMENTS / name / "lock.sha256"
    return python_of(name).exists() and mark.exists() and mark.read_text() == _wanted(name)


def prepare(name: str, wheel: Path | None = None) -> Path:
    """The Python of an environment, made if it is missing or stale. Raises `Unavailable`."""
    if not is_ready(name):
        _make(name)
    if name in OURS and wheel is not None:
        _pip(name, "--no-deps", "--no-index", "--force-reinstall", str(wheel))
    return python_of(name)


def _wanted(name: str) -> str:
    made_from = [LOCKS / f"{name}.txt", *([SPEC, Path(__file__)] if name in OF_THE_SPEC else [])]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()


def _make(name: str) -> None:
    folder = ENVIRONMENTS / name
    print(f"making {folder.relative_to(ROOT)}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    _pip(name, "--require-hashes", "--no-deps", "--requirement", str(LOCKS / f"{name}.txt"))
    if name in OF_THE_SPEC:
        where = run([str(python_of(name)), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        OF_THE_SPEC[name](Path(where.strip()))
        run([str(python_of(name)), "-m", "compileall", "-q", where.strip()])
    (folder / "lock.sha256").write_text(_wanted(name))


def _pip(name: str, *arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check")
    run([sys.executable, "-m", "pip", "--python", str(python_of(name)), "install", *quiet, *arguments])


def _default_client(where: Path) -> None:
    """Made outside the repository, where its hooks find no settings of ours for the linter and formatter."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "webflow_default_client"
        tool = str(Path(sys.executable).with_name("openapi-python-client"))
        options = ("--path", str(SPEC), "--meta", "none", "--output-path", str(made))
        run([tool, "generate", *options], cwd=scratch)
        shutil.copytree(made, where / made.name, dirs_exist_ok=True)


def structs(where: Path) -> None:
    """A msgspec Struct for each object of the spec, as a person would write it."""
    schemas = yaml.safe_load(SPEC.read_text("utf-8"))["components"]["schemas"]
    lines = [
        "from __future__ import annotations",
        "from datetime import datetime",
        "import msgspec",
    ]
    for name, schema in schemas.items():
        if properties := schema.get("properties"):
            lines.append(f"class {name}(msgspec.Struct, kw_only=True):")
            for key, each in properties.items():
                default = "" if key in schema.get("required", ()) else ", default=None"
                snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
                lines.append(
                    f"    {snake}: {' | '.join(_kinds(each, schemas))} = msgspec.field(name={key!r}{default})"
                )
    (where / "webflow_structs.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _kinds(schema: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """The types of Python that a schema stands for."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return [name] if "properties" in schemas[name] else _kinds(schemas[name], schemas)
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        return [*dict.fromkeys(kind for part in parts for kind in _kinds(part, schemas))]
    if schema.get("format") == "date-time":
        plain = {"string": "datetime", "null": "None"}
    else:
        plain = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
    if schema["type"] == "array":
        return [f"list[{' | '.join(_kinds(schema['items'], schemas))}]"]
    return [plain[kind] for kind in ([schema["type"]] if isinstance(schema["type"], str) else schema["type"])]


# What is made of the spec in an environment.
OF_THE_SPEC = {"generated": _default_client, "structs": structs}


def wheel() -> Path:
    """A wheel of the working tree as it is now. Raises `Unavailable`."""
    folder = ENVIRONMENTS / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    run(command)
    return next(folder.glob("*.whl"))


def run(command: list[str], *, cwd: str | Path = ROOT, timeout: float = 600) -> str:
    """What a command prints. Raises `Unavailable` with the end of what it complained about."""
    # Next to this Python are the tools that generators call.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Unavailable(f"{' '.join(map(str, command[:4]))} failed: {said}")
    return done.stdout
