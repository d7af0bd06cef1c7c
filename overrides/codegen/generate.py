"""Make generated/ from openapi.yaml, and the clients that block from those that await.

    python overrides/codegen/generate.py            # rebuild
    python overrides/codegen/generate.py --check    # exit 1 if a rebuild would change anything

Everything is built aside and tried out; generated/ is replaced only by a whole and importable tree.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import editions
import twins
import yaml

ROOT = Path(__file__).resolve().parents[2]
CODEGEN = ROOT / "overrides" / "codegen"
SPEC = ROOT / "openapi.yaml"
PACKAGE = ROOT / "generated" / "webflow_orders_generated"
STAMP = "# @generated from openapi.yaml. Do not edit; run `make generate`.\n"
TOOLS = ("openapi-python-client", "datamodel-code-generator", "ruff")


class GenerationError(Exception):
    """Something in openapi.yaml cannot be generated; the message says what."""


def build(spec: Path, package: Path) -> None:
    """Write the whole package to a new folder. Raises `GenerationError`."""
    try:
        document = yaml.safe_load(spec.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise GenerationError(f"{spec.name} is not YAML: {error}") from error
    package.mkdir(parents=True)
    write(package / "__init__.py", '"""Everything that is generated from openapi.yaml. Private."""\n')
    write(package / "py.typed", "")
    build_client(spec, package / "client")
    build_schemas(spec, package / "schemas.py")
    for module in sorted(package.rglob("*.py")):
        write(module, STAMP + module.read_text("utf-8"))
    tidy(package)
    write_editions(document, package)
    write(package / "provenance.json", json.dumps(provenance(spec), indent=2) + "\n")
    prove_complete(document, package)
    prove_importable(package)


def build_client(spec: Path, target: Path) -> None:
    # Without --fail-on-warning an endpoint that cannot be expressed is left out, with exit status 0.
    run(
        "openapi_python_client", "generate", "--path", spec, "--meta", "none", "--fail-on-warning",
        "--config", CODEGEN / "client.yaml", "--custom-template-path", CODEGEN / "templates" / "client",
        "--output-path", target,
    )  # fmt: skip


def build_schemas(spec: Path, target: Path) -> None:
    # The formats are kept as plain strings: pydantic's own types for them would rewrite what they validate.
    formats = [f"string+{name}=string" for name in ("email", "uri")]
    run(
        "datamodel_code_generator", "--input", spec, "--output", target, "--input-file-type", "openapi",
        "--output-model-type", "pydantic_v2.BaseModel", "--ignore-pyproject", "--no-formatters",
        "--disable-timestamp", "--custom-file-header", '"""Strict models of every schema."""',
        "--target-python-version", "3.11", "--target-pydantic-version", "2.14", "--use-missing-sentinel",
        "--strict-nullable", "--strict-types", "str", "int", "float", "bool",
        "--strict-refs", "--no-allow-remote-refs", "--keep-model-order", "--snake-case-field",
        "--capitalise-enum-members", "--use-specialized-enum", "--use-annotated",
        "--field-constraints", "--use-schema-description", "--type-mappings", *formats,
    )  # fmt: skip


def write_editions(document: dict[str, Any], package: Path) -> None:
    """The spec for other people's tools: the whole of it in one file, and the same as OpenAPI 3.0."""
    try:
        older = editions.openapi_30(document)
    except editions.NotInOpenAPI30 as error:
        raise GenerationError(str(error)) from error
    write(package / "openapi.json", editions.text(document))
    write(package / "openapi-3.0.json", editions.text(older))


def tidy(package: Path) -> None:
    # --isolated: a change of the project's own style must not make generated/ stale.
    check = ("--fix-only", "--select", "F401,F811,I", "--config", "lint.isort.split-on-trailing-comma=false")
    layout = ("--line-length", "110", "--config", "format.skip-magic-trailing-comma=true")
    run("ruff", "check", "--isolated", "--no-cache", "--quiet", *check, package)
    run("ruff", "format", "--isolated", "--no-cache", "--quiet", *layout, package)


def run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    # A warning of a generator is a thing it could not express.
    environment = {
        **os.environ,
        "PYTHONWARNINGS": "error::UserWarning",
        "PYTHONHASHSEED": "0",
        "NO_COLOR": "1",
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationError(f"{module} failed:\n{done.stdout}{done.stderr}".rstrip())


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def provenance(spec: Path) -> dict[str, str]:
    return {
        "spec_sha256": hashlib.sha256(spec.read_bytes()).hexdigest(),
        **{tool: version(tool) for tool in TOOLS},
    }


def prove_complete(document: dict[str, Any], package: Path) -> None:
    """An operation or a schema that a generator quietly left out is an error."""
    modules = {path.stem for path in (package / "client" / "api").rglob("*.py")}
    asked = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    missing = [f"operation {name}" for name in asked if name.replace("-", "_") not in modules]
    schemas = (package / "schemas.py").read_text("utf-8")
    models = (package / "client" / "models" / "__init__.py").read_text("utf-8")
    for name in document["components"]["schemas"]:
        if f"class {name}(" not in schemas or f'"{name}"' not in models:
            missing.append(f"schema {name}")
    if missing:
        raise GenerationError("left out by a generator: " + ", ".join(missing))


def prove_importable(package: Path) -> None:
    names = sorted(
        ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in package.rglob("*.py")
    )
    script = "import sys, importlib; sys.path.insert(0, sys.argv[1]); "
    script += f"[importlib.import_module(name) for name in {names}]"
    command = [sys.executable, "-B", "-I", "-c", script, str(package.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationError(f"the generated code cannot be imported:\n{done.stderr}".rstrip())


def differences(left: Path, right: Path) -> list[str]:
    """The files that differ or stand on one side only, by their path inside the package."""
    return sorted(
        str(name) for name in {*contents(left).items()} ^ {*contents(right).items()} for name in name[:1]
    )


def contents(package: Path) -> dict[str, bytes]:
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def replace(package: Path, fresh: Path) -> None:
    """Put `fresh` where `package` was. If anything fails, the old tree is put back."""
    package.parent.mkdir(parents=True, exist_ok=True)
    arriving, leaving = (package.with_name(f".{package.name}.{word}") for word in ("new", "old"))
    for path in (arriving, leaving):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(fresh, arriving, ignore=shutil.ignore_patterns("__pycache__"))
    if package.exists():
        package.rename(leaving)
    try:
        arriving.rename(package)
    except OSError:
        leaving.rename(package)
        raise
    shutil.rmtree(leaving, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if generated/ is stale")
    parser.add_argument("--spec", type=Path, default=SPEC, help=argparse.SUPPRESS)
    parser.add_argument("--package", type=Path, default=PACKAGE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / PACKAGE.name
        try:
            build(options.spec, fresh)
        except GenerationError as error:
            print(f"generated/ is left as it was: {error}", file=sys.stderr)
            return 2
        stale = sorted(set(differences(options.package, fresh)))
        twin = [twins.TWIN.name] if twins.is_stale() else []
        if options.check:
            if stale or twin:
                print("generated/ is stale; run `make generate`:", *stale, *twin, sep="\n  ")
            return 1 if stale or twin else 0
        if stale:
            replace(options.package, fresh)
        if twin:
            write(twins.TWIN, twins.text())
        print(
            "generated/ rebuilt:" if stale or twin else "generated/ is up to date", *stale, *twin, sep="\n  "
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
