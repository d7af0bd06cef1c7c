"""The adapters of `webflow_orders.sync` with real engines, each in an environment of its own.

    python -m contract_tests.engines [dlt | spark] [pytest's options]   # without a name, both
    python -m contract_tests.engines demo | fleet

Makes `.venv-engines/dlt` and `.venv-engines/spark` from the locks beside this file, where they are missing or stale.
What cannot be made, as without a package index or Java, is skipped, and the exit is 0; so is what needs PostgreSQL or
Redis where they are not installed. All of that is said.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from contract_tests.packaging.elsewhere import ROOT, environment

HERE = ROOT / "contract_tests" / "engines"
PROGRAMS = {"demo": "dlt", "fleet": "spark"}
# Their warnings are the engines' own.
PYTEST = [
    "pytest",
    "-q",
    "-rs",
    "-W",
    "ignore",
    "-p",
    "no:cacheprovider",
    "-p",
    "webflow_orders_mock.pytest_plugin",
]
SETTINGS = {
    "dlt": {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"},
    # Where it listens, and what it says of itself.
    "spark": {"SPARK_LOCAL_IP": "127.0.0.1"},
}


def made(engine: str) -> Path | None:
    """Its Python; None where there can be none."""
    lock, folder = HERE / f"{engine}.txt", ROOT / ".venv-engines" / engine
    mark, wanted = folder / "lock.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if engine == "spark" and shutil.which("java") is None:
        print("Spark: skipped, for Java is not installed (Debian: apt-get install openjdk-17-jre-headless)")
        return None
    if not (mark.exists() and mark.read_text() == wanted):
        print(f"making {folder.relative_to(ROOT)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            is_made = environment(sys.executable, lock, folder) is not None
        except SystemExit as error:
            print(error)
            is_made = False
        if not is_made:
            shutil.rmtree(folder, ignore_errors=True)
            print(f"{engine}: skipped, for its environment cannot be made", flush=True)
            return None
        mark.write_text(wanted)
    return folder / "bin" / "python"


def main(arguments: list[str]) -> int:
    if "--help" in arguments:
        print(__doc__)
        return 0
    first, worst = arguments[0] if arguments else "", 0
    is_program = first in PROGRAMS
    engines = [PROGRAMS[first]] if is_program else [first] if first in SETTINGS else list(SETTINGS)
    options = arguments[1:] if first in SETTINGS else arguments
    for engine in engines:
        python = made(engine)
        if python is not None:
            tests = [*PYTEST, *options, str(HERE / f"loads_{engine}.py")]
            what = [f"contract_tests.engines.{first}", *arguments[1:]] if is_program else tests
            settings = os.environ | SETTINGS[engine]
            worst |= subprocess.run([str(python), "-m", *what], cwd=ROOT, env=settings).returncode
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
