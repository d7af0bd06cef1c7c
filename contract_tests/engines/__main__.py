"""The adapters of `webflow_orders.sync` with real engines, in an environment of their own: dlt, DuckDB, PostgreSQL.

    python -m contract_tests.engines [demo]

Makes `.venv-engines` from contract_tests/engines/dlt.txt if it is missing or stale. Where that cannot be done, as
without a package index, says so and exits 0; PostgreSQL is skipped where it is not installed, and the tests say so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys

from contract_tests.packaging.elsewhere import ROOT, environment

HERE = ROOT / "contract_tests" / "engines"
LOCK = HERE / "dlt.txt"
FOLDER = ROOT / ".venv-engines"


def main() -> int:
    mark, wanted = FOLDER / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (mark.exists() and mark.read_text() == wanted):
        print(f"making {FOLDER.name}", flush=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
        made = None
        try:
            made = environment(sys.executable, LOCK, FOLDER)
        except SystemExit as error:
            print(error)
        if made is None:
            shutil.rmtree(FOLDER, ignore_errors=True)
            print("the engines: skipped, for their environment cannot be made", flush=True)
            return 0
        mark.write_text(wanted)
    what = ["contract_tests.engines.demo"]
    if sys.argv[1:] != ["demo"]:
        plugins = ["-p", "webflow_orders_mock.pytest_plugin", "-p", "no:cacheprovider"]
        tests = [str(path) for path in sorted(HERE.glob("loads_*.py"))]
        # Their warnings are dlt's own.
        what = ["pytest", "--quiet", "-rs", "-W", "ignore", *plugins, *sys.argv[1:], *tests]
    settings = os.environ | {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    return subprocess.run([str(FOLDER / "bin" / "python"), "-m", *what], cwd=ROOT, env=settings).returncode


if __name__ == "__main__":
    sys.exit(main())
