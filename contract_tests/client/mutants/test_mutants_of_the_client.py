"""Would the tests notice? Each mutant of mutants.py is run against the few tests that are to see it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contract_tests.client.mutants.mutants import GENERATED, MUTANTS, OURS, REQUESTS, Mutant
from contract_tests.conftest import ROOT

CLIENT = Path(__file__).parents[1].relative_to(ROOT)
GREEN, RED = 0, 1
AS_IT_IS = "as it is"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutant is a fork")


def tree(mutant: Mutant, folder: Path) -> Path | None:
    """A folder with a copy of the package that is mutated; None if the place of the mutation is not found."""
    text = (ROOT / mutant.package / mutant.file).read_text("utf-8")
    if text.count(mutant.old) != 1:
        return None
    copy = folder / Path(mutant.package).name
    shutil.copytree(ROOT / mutant.package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / mutant.file).write_text(text.replace(mutant.old, mutant.new), "utf-8")
    return folder


def job(tests: str, words: str, path: Path, output: Path) -> dict[str, Any]:
    return {"tree": str(path), "tests": [str(CLIENT / tests), "-k", words], "output": str(output)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and output for each mutant, and for the client as it is, by name."""
    folder = tmp_path_factory.mktemp("mutants")
    jobs = {}
    for index, mutant in enumerate(MUTANTS):
        if path := tree(mutant, folder / str(index)):
            jobs[mutant.name] = job(mutant.tests, mutant.words, path, folder / f"{index}.txt")
    # Of the client as it is the tests are run anyway; here only that this way of running them is no failure itself.
    jobs[AS_IT_IS] = job(REQUESTS, "", folder, folder / "as_it_is.txt")
    # What is measured is not the mutants; and their cases are to be the same each time.
    environment = {key: text for key, text in os.environ.items() if not key.startswith("COVERAGE")} | {
        "CI": "1"
    }
    done = subprocess.run(
        [sys.executable, "-m", "contract_tests.client.mutants.run_mutants"],
        cwd=ROOT, env=environment, input=json.dumps(jobs), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    codes: dict[str, int] = json.loads(done.stdout)
    return {name: (code, Path(jobs[name]["output"]).read_text("utf-8")) for name, code in codes.items()}


def test_the_client_as_it_is_turns_nothing_red(results: dict[str, tuple[int, str]]) -> None:
    code, output = results[AS_IT_IS]
    assert code == GREEN, output[-3000:]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_turns_a_test_red(mutant: Mutant, results: dict[str, tuple[int, str]]) -> None:
    assert mutant.name in results, f"{mutant.old!r} does not stand in {mutant.file} exactly once any more"
    code, output = results[mutant.name]
    assert code == RED, (
        f"{mutant.tests} -k {mutant.words!r} does not see it (exit code {code}):\n{output[-3000:]}"
    )


def test_no_mutant_is_there_twice() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20
    assert {mutant.package for mutant in MUTANTS} == {OURS, GENERATED}
