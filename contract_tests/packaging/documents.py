"""The READMEs, as what can be tried of them: blocks of code, and the commands that they name."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from contract_tests.packaging.conftest import ROOT

PRELUDE = (ROOT / "contract_tests" / "packaging" / "readme_prelude.py").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")

READMES = sorted(
    path
    for path in {
        ROOT / "README.md",
        *(ROOT / "overrides").rglob("README.md"),
        *(ROOT / "overrides" / "docs").glob("*.md"),
        *(ROOT / ".github").glob("*.md"),
        *(ROOT / "contract_tests").rglob("README.md"),
    }
    if "node_modules" not in path.parts and path.name != "api.md"
)
# A fence, its language, and what stands inside; indented as a list's are, or not.
FENCE = re.compile(r"^( *)```([\w{}-]*)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"`((?:make|pip install|python -m|webflow-orders(?:-[a-z]+)?)(?: [^`]*)?)`")


class Block(NamedTuple):
    name: str
    """The README and the line, as an identifier."""
    language: str
    text: str

    @property
    def source(self) -> str:
        """As a program: with the names that it takes for granted."""
        return f"{PRELUDE}\n{self.text}"

    @property
    def tests(self) -> int:
        """How many tests of pytest it has."""
        return len(re.findall(r"^(?:async )?def test_", self.text, re.MULTILINE))


def blocks() -> list[Block]:
    return [
        block
        for readme in READMES
        for block in blocks_of(readme.relative_to(ROOT).as_posix(), readme.read_text())
    ]


def blocks_of(path: str, text: str) -> Iterator[Block]:
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        name = re.sub(r"\W", "_", path.removesuffix(".md")) + f"_line_{line}"
        yield Block(name, found[2], found[3])


def commands() -> list[str]:
    """Each command line that a README shows or names, without comments and prompts."""
    found: set[str] = set()
    for block in blocks():
        if block.language == "console":
            joined = block.text.replace("\\\n", " ")
            found.update(line[2:] for line in joined.splitlines() if line.startswith("$ "))
        elif block.language == "yaml":
            found.update(_runs(yaml.safe_load(block.text)))
    for readme in READMES:
        found.update(COMMAND.findall(FENCE.sub("", readme.read_text("utf-8"))))
    return sorted(found)


def _runs(value: object) -> Iterator[str]:
    """What the steps of a workflow run."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from inner.splitlines() if key == "run" else _runs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _runs(inner)


def words(command: str) -> list[str]:
    """A command line as a shell splits it, where placeholders such as <saved page> are words."""
    return shlex.split(re.sub(r"<[^>]*>", "PLACEHOLDER", command), comments=True)
