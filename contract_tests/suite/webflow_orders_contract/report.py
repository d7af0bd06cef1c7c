"""The report folder: a page for people, JUnit for CI, numbers for programs, beside what Schemathesis wrote."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from jinja2 import Environment, PackageLoader, StrictUndefined

from . import drift, page, patch, spec
from .curl import TOKEN
from .result import Result
from .settings import UsageError
from .target import RECORDING

INDEX, SUMMARY, DRIVE = "index.html", "summary.json", "junit-drive.xml"
DRIFT, PROPOSED = "drift.json", "openapi.diff"
# What a run writes, and so may throw away before the next.
OURS = (
    INDEX, SUMMARY, DRIVE, "tally.json", "junit.xml", "requests.har", "schemathesis.log", "schemathesis.toml",
    RECORDING, DRIFT, PROPOSED,
)  # fmt: skip
FOLDER = "schemathesis"


def clear(folder: Path) -> None:
    """Make the folder, without the report of an earlier run; anything else in it stays."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"The report can not be written to {folder}: {error.strerror}.") from None


def write(result: Result, folder: Path) -> None:
    (folder / INDEX).write_text(rendered(result, folder), encoding="utf-8")
    (folder / SUMMARY).write_text(json.dumps(summary(result), indent=1) + "\n", encoding="utf-8")
    (folder / "tally.json").unlink()
    _junit(result).write(folder / DRIVE, encoding="utf-8", xml_declaration=True)


def note_drift(folder: Path, description: Path) -> None:
    """Hold what was recorded, if anything was, against the description, and leave both accounts in the folder."""
    recording = folder / RECORDING
    if not recording.is_file():
        return
    found = drift.drift_of(recording, spec.document(description))
    (folder / DRIFT).write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    if found.changes and description.suffix in (".yaml", ".yml"):
        proposed = patch.diff(description.read_text(encoding="utf-8"), found.changes, description.name)
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
        matrix=page.matrix(result.tally),
        facts=page.facts(result, drifted, score),
        modelled=page.modelled(result),
        drift=drifted,
        score=score,
        drive={
            client: [step for step in result.drive if step.client == client] for client in ("sync", "async")
        },
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
        "schemathesis": asdict(result.tally),
        "model": None if result.model is None else asdict(result.model),
        "drive": [asdict(step) for step in result.drive],
    }


def _junit(result: Result) -> ElementTree[Element]:
    failed = sum(step.verdict == "failed" for step in result.drive)
    skipped = sum(step.verdict == "skipped" for step in result.drive)
    counts = {"tests": str(len(result.drive)), "failures": str(failed), "skipped": str(skipped)}
    suite = Element("testsuite", {"name": "the generated client", "errors": "0", **counts})
    for step in result.drive:
        case = SubElement(
            suite, "testcase", classname=step.client, name=step.step, time=f"{step.seconds:.3f}"
        )
        if step.verdict == "failed":
            SubElement(case, "failure", message=step.note).text = "\n".join(step.curl)
        elif step.verdict == "skipped":
            SubElement(case, "skipped", message="a step before it failed")
    indent(suite)
    return ElementTree(suite)


def scrub(folder: Path, token: str) -> None:
    """Take the token out of whatever it got into: a server may quote it in an answer."""
    secret = token.encode()
    files = [folder / name for name in OURS] + list((folder / FOLDER).rglob("*"))
    for path in files:
        if path.is_file() and secret in (content := path.read_bytes()):
            path.write_bytes(content.replace(secret, TOKEN.encode()))
