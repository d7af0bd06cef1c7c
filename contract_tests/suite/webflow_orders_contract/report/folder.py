"""The folder of a report: a page for people, JUnit for CI, numbers for programs, beside what Schemathesis wrote."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..description import Description
from ..drift import patch
from ..drift.proposal import drift_of
from ..drive.driver import KINDS
from ..fuzz.engine import CONFIG, LOG, TALLY
from ..gateway.proxy import Gateway
from ..settings import UsageError
from . import page
from .junit import junit
from .result import Result

RECORDING = "recording.ndjson"
INDEX, SUMMARY, JUNIT = "index.html", "summary.json", "junit.xml"
DRIFT, PROPOSED = "drift.json", "openapi.diff"
# What a run writes, and so may throw away before the next.
OURS = (INDEX, SUMMARY, JUNIT, TALLY, "requests.har", LOG, CONFIG, RECORDING, DRIFT, PROPOSED)
FOLDER = "schemathesis"


def clear(folder: Path) -> None:
    """Make the folder, without the report of an earlier run; anything else in it stays."""
    with _written_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        # What is found is not to be lost in the end.
        TemporaryFile(dir=folder).close()


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"The report can not be written to {folder}: {error.strerror}.") from None


def write(result: Result, folder: Path, description: Description) -> Result:
    """The result, which says if the report could not be written: what was found is told nevertheless."""
    try:
        _write(result, folder, description)
    except UsageError as error:
        for name in (INDEX, SUMMARY, JUNIT):  # A half of one would say less than was found.
            with suppress(OSError):
                (folder / name).unlink()
        return replace(result, unwritten=str(error))
    return result


def _write(result: Result, folder: Path, description: Description) -> None:
    with _written_to(folder):
        note_drift(folder, description)
        (folder / INDEX).write_text(rendered(result, folder), encoding="utf-8")
        (folder / SUMMARY).write_text(json.dumps(summary(result), indent=1) + "\n", encoding="utf-8")
        (folder / TALLY).unlink(missing_ok=True)
        junit(result).write(folder / JUNIT, encoding="utf-8", xml_declaration=True)


def note_drift(folder: Path, description: Description) -> None:
    """Hold what was recorded, if anything was, against the description, and leave both accounts in the folder."""
    recording = folder / RECORDING
    if not recording.is_file():
        return
    found = drift_of(recording, description)
    (folder / DRIFT).write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    file = description.file
    if found.changes and file is not None and file.suffix in (".yaml", ".yml"):
        proposed = patch.diff(file.read_text(encoding="utf-8"), found.changes, file.name)
        (folder / PROPOSED).write_text(proposed + "\n", encoding="utf-8")


def rendered(result: Result, folder: Path) -> str:
    """One file, with all that it needs in it."""
    environment = Environment(
        loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    drifted, score = page.drift(folder / DRIFT), page.score(folder.parent / page.MUTANTS)
    return environment.get_template("report.html.jinja").render(
        result=result,
        rows=list(result.tally.rows.values()),
        checks=page.checks(result.checks()),
        clients=KINDS,
        facts=page.facts(result, drifted, score),
        modelled=page.modelled(result),
        drift=drifted,
        score=score,
        steps=page.steps(result.drive),
        files=[name for name in (PROPOSED, RECORDING) if (folder / name).is_file()],
        when=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def summary(result: Result) -> dict[str, object]:
    return {
        "ok": result.ok,
        "target": result.target,
        "site": result.site,
        "seed": result.seed,
        "seconds": round(result.seconds, 1),
        "replay": result.replay,
        "causes": [asdict(each) for each in result.causes],
        "not_judged": list(result.not_judged),
        "schemathesis": asdict(result.tally),
        "validator": {
            "answers": result.validator.answers,
            "checks": result.validator.counts,
            "failures": [asdict(each) for each in result.validator.failures],
        },
        "model": None if result.model is None else asdict(result.model),
        "drive": [asdict(step) for step in result.drive],
        "webhooks": None if result.webhooks is None else asdict(result.webhooks),
    }


def scrub(folder: Path, gateway: Gateway) -> None:
    """Take the token out of whatever it got into, for a server may quote it; and call the server by its own name."""
    names = {**gateway.server.secrets, gateway.url: gateway.server.base_url.rstrip("/")}
    for path in [folder / name for name in OURS] + list((folder / FOLDER).rglob("*")):
        if path.is_file():
            content = written = path.read_bytes()
            for name, other in names.items():
                written = written.replace(name.encode(), other.encode())
            if written != content:
                try:
                    path.write_bytes(written)
                except OSError:
                    path.unlink()  # Rather none than one that shows it.
