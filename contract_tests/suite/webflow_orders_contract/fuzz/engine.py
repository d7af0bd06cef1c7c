"""Schemathesis, as a process of its own: it keeps global state, so no two runs may share one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ..description import Description, Operation
from ..gateway.curl import redacted
from ..gateway.proxy import START_OVER, Gateway
from ..settings import UsageError
from .tally import VARIABLE, Tally, Task

LOG, CONFIG, TALLY = "schemathesis.log", "schemathesis.toml", "tally.json"
WHOLE_RUN = "the whole run"


class EngineError(UsageError):
    """Schemathesis could not do its job."""


def run(
    gateway: Gateway,
    description: Description,
    operations: Sequence[Operation],
    config: str,
    report: Path,
    *,
    quiet: bool = False,
) -> Tally:
    """Run Schemathesis to its end. Its own output goes to a file; ours, line by line, to standard error."""
    if gateway.breaker.reason:
        return Tally()
    tally = report / TALLY
    task = Task(
        tally=str(tally),
        operations={f"{each.method} {each.path}": each.id for each in operations},
        reset=gateway.origin + START_OVER if gateway.reset else None,
        private=gateway.private,
    )
    (report / CONFIG).write_text(config, encoding="utf-8")
    # The file is named, for Schemathesis would also take one from any directory above.
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(report / CONFIG), "--no-color"]
    command += ["run", str(description.file)]
    with (report / LOG).open("wb") as log, TemporaryDirectory() as scratch:
        # Somebody's own folder saves the time that Hypothesis takes for its table of characters; no example is kept.
        ours = {"HYPOTHESIS_STORAGE_DIRECTORY": scratch} | _environment(task, gateway.server.token)
        with subprocess.Popen(
            command, stdout=log, stderr=log if quiet else None, env=ours, cwd=scratch
        ) as process:
            while process.poll() is None:
                if gateway.breaker.wait(0.05):
                    process.terminate()
                    break
    if gateway.breaker.reason:
        return Tally()
    result = None
    if process.returncode in (0, 1):
        with suppress(OSError, ValueError):  # It could not write it, or not to its end.
            # It knows the server by the gateway's address; people know it by its own.
            text = tally.read_text("utf-8").replace(gateway.url, gateway.server.base_url.rstrip("/"))
            result = Tally.load(text)
    if result is None:
        tail = redacted(_tail(report / LOG), gateway.server.secrets)
        raise EngineError(f"Schemathesis stopped with status {process.returncode}:\n{tail}")
    if process.returncode and result.ok:
        result.errors.append(f"Schemathesis reports a failure that was not counted; see {report / LOG}")
    return result


def _environment(task: Task, token: str) -> dict[str, str]:
    # Its variables would change the run behind the configuration's back.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS_")}
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([here, *filter(None, [kept.get("PYTHONPATH")])])
    ours = {"WEBFLOW_TOKEN": token, VARIABLE: task.to_json(), "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    # Where trio is installed, its plugin would import pytest.
    ours |= {"HYPOTHESIS_NO_PLUGINS": "1"}
    # The gateway is on this machine, wherever the environment's proxy may be.
    return kept | ours | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-lines:])
