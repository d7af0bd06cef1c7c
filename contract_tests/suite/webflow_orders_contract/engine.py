"""Schemathesis, as a process of its own: it keeps global state, so no two runs may share one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .curl import redacted
from .settings import UsageError
from .tally import Tally
from .task import VARIABLE, Task

LOG = "schemathesis.log"
CONFIG = "schemathesis.toml"


class EngineError(UsageError):
    """Schemathesis could not do its job."""


def run(*, spec: Path, config: str, task: Task, token: str, report: Path, quiet: bool = False) -> Tally:
    """Run Schemathesis to its end. Its own output goes to a file; ours, line by line, to standard error."""
    config_file = report / CONFIG
    config_file.write_text(config, encoding="utf-8")
    # The file is named, for Schemathesis would also take one from any directory above.
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config_file), "--no-color"]
    command += ["run", str(spec)]
    with (report / LOG).open("wb") as log, TemporaryDirectory() as scratch:
        environment = _environment(task, token) | {"HYPOTHESIS_STORAGE_DIRECTORY": scratch}
        done = subprocess.run(
            command, stdout=log, stderr=log if quiet else None, env=environment, cwd=scratch, check=False
        )
    tally = Path(task.tally)
    if tally.exists() and (stopped := Tally.load(tally).stopped):
        raise UsageError(stopped)
    if done.returncode not in (0, 1) or not tally.exists():
        tail = redacted(_tail(report / LOG), token)
        raise EngineError(f"Schemathesis stopped with status {done.returncode}:\n{tail}")
    result = Tally.load(tally)
    if done.returncode and result.ok:
        result.errors.append(f"Schemathesis reports a failure that was not counted; see {report / LOG}")
    return result


def _environment(task: Task, token: str) -> dict[str, str]:
    # Its variables would change the run behind the configuration's back.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS_")}
    here = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join([here, *filter(None, [kept.get("PYTHONPATH")])])
    ours = {"WEBFLOW_TOKEN": token, VARIABLE: task.to_json(), "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    # Our mock is on this machine, wherever the environment's proxy may be.
    direct = {} if task.only_read else {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return kept | ours | direct


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-lines:])
