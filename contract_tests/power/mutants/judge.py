"""One mutant in a process of its own: does it answer otherwise, and does the contract run notice?

The process is a fork that has the large libraries already, and imports the mock and the run afresh.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOCK = Path(__file__).resolve().parents[2] / "mock_server" / "webflow_orders_mock"
QUICK, WHOLE, THOROUGH = range(3)
OURS = ("webflow_orders_mock", "webflow_orders_contract", "contract_tests")


def preload() -> None:
    """The libraries that the run and the mock import, which no mutant changes: a fork has them already."""
    for name in ("uvicorn", "webflow_orders_contract.mutants.detectors"):
        importlib.import_module(name)


def forked(work: Callable[..., Any], *given: Any, seconds: float) -> Any:
    """What it returns; None if it takes longer or dies."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def send() -> None:
        # Whoever starts it is told by None that it died; of what, is of no interest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        there.send(work(*given))

    process = context.Process(target=send, daemon=True)
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(seconds) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()
        here.close()


def _import(folder: Path, module: str, source: str) -> None:
    """From now on the mock is a copy with this module changed."""
    shutil.copytree(MOCK, folder / MOCK.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / MOCK.name / module).write_text(source, "utf-8")
    sys.path.insert(0, str(folder))
    for name in [each for each in sys.modules if each.split(".")[0] in OURS]:
        del sys.modules[name]


def answers(folder: Path, module: str, source: str) -> list[str]:
    """What it answers in the dialogue. Raises what the import of a broken mutant raises."""
    _import(folder, module, source)
    from contract_tests.power.mutants.dialogue import replay

    return replay()


def noticed(folder: Path, module: str, source: str, *, depth: int = WHOLE) -> tuple[str, str]:
    """Which part of the contract run noticed what, as a stranger who has the options; empty if none did.

    QUICK: one random sequence instead of forty, and nothing by Schemathesis, for most of what is noticed is noticed
    there. THOROUGH: with all phases of Schemathesis, which take long and seldom notice what nothing else did.
    """
    _import(folder, module, source)
    from webflow_orders_contract.gateway.proxy import CanNotStartOver
    from webflow_orders_contract.model import runner
    from webflow_orders_contract.mutants.detectors import NOTHING, ORDER, STRANGER, Detection, bench

    *quick, coverage, all_phases = ORDER[STRANGER]
    if depth == QUICK:
        runner.SEQUENCES = 1
    with bench() as at:
        parts = (*quick, coverage, all_phases)[: len(quick) + depth]
        try:
            found = next((seen for part in parts if (seen := part(at)) != NOTHING), NOTHING)
        except CanNotStartOver as error:
            # The run says so and stops, with status 2: nothing was judged.
            found = Detection("reset", ("no run",), str(error))
    return found.part, f"{', '.join(found.checks)}: {found.message}".strip()[:300] if found.part else ""
