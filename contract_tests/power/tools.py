"""The tools that are compared: how each is started on a server, and how one reads what it complains of."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .documents import KNOWN_ORDERS, of_a_shop
from .processes import Ended, limited, serving
from .shop import OTHER_ORDER, OTHER_WEBHOOK, READER, THROTTLED, WRITER, Shop

ROOT = Path(__file__).resolve().parents[2]
JAVASCRIPT = Path(__file__).parent / "javascript"
SPEC = ROOT / "openapi.yaml"
GENERATED = ROOT / "generated" / "webflow_orders_generated"
MODERN, OLDER = "openapi.json", "openapi-3.0.json"
BIN = Path(sys.executable).parent
TOKENS = {
    "WEBFLOW_TOKEN": Shop.token, "READER": READER, "WRITER": WRITER, "THROTTLED": THROTTLED,
    "OTHER": Shop.token_of_another,
    "ApiKey": Shop.token, "OAuth2": Shop.token,  # Specmatic takes a token by the name of its scheme.
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a tool complained of, each complaint in words that are the same in the next run; and how it ended."""

    complaints: frozenset[str]
    ended: Ended


@dataclass(frozen=True)
class Tool:
    """`needs` are the commands without which it can not run. A subclass says what to start, and what was said."""

    name: str
    title: str
    needs: Sequence[str] = ()

    def missing(self) -> str | None:
        """Why it can not run here, if it can not."""
        lacking = [each for each in self.needs if shutil.which(each) is None]
        return f"needs {', '.join(lacking)}" if lacking else None

    def run(self, url: str, folder: Path, seconds: int) -> Outcome:
        """Let it loose on a server. `folder` is empty and its own; `seconds` are of the processor."""
        ended = limited(self.command(url, folder), folder, seconds, TOKENS)
        return Outcome(frozenset(self.complaints(folder, ended)), ended)

    def command(self, url: str, folder: Path) -> Sequence[str | Path]:
        raise NotImplementedError

    def complaints(self, folder: Path, ended: Ended) -> Iterable[str]:
        raise NotImplementedError


class Ours(Tool):
    """The contract run, which is told what a stranger can tell it."""

    def command(self, url: str, folder: Path) -> Sequence[str | Path]:
        return [
            BIN / "webflow-orders-contract", "--target", url, "--site", Shop.site_id, "--own-server",
            "--reset", f"{url}/_mock/reset", "--reader-token", "READER", "--writer-token", "WRITER",
            "--other-token", "OTHER", "--throttled-token", "THROTTLED", "--other-site", Shop.site_id_of_another,
            OTHER_ORDER, "--other-webhook", OTHER_WEBHOOK, "--max-examples", "10", "--report", folder / "report",
        ]  # fmt: skip

    def complaints(self, folder: Path, ended: Ended) -> Iterable[str]:
        yield from failed_tests(folder / "report")
        if ended.status not in (0, 1, None):
            yield f"no run: {ended.last_line}"


SCHEMATHESIS = f"""\
headers = {{ Authorization = "Bearer ${{WEBFLOW_TOKEN}}" }}
[dictionaries]
orders = {{ values = {json.dumps(KNOWN_ORDERS)} }}
[parameters]
"path.site_id" = "{Shop.site_id}"
"path.order_id" = {{ dictionary = "orders", probability = 0.9 }}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 429]
"""


class Schemathesis(Tool):
    """All phases and checks. That a valid request may meet an order that does not allow it, it is told."""

    def command(self, url: str, folder: Path) -> Sequence[str | Path]:
        return [*_schemathesis(url, folder), "--max-failures", "1"]

    def complaints(self, folder: Path, ended: Ended) -> Iterable[str]:
        return re.findall(r"❌ (ST\d+ [^:\n]+)", ended.output)


def _schemathesis(url: str, folder: Path) -> list[str | Path]:
    config = folder / "schemathesis.toml"
    config.write_text(SCHEMATHESIS)
    return [BIN / "st", "--no-color", "--config-file", config, "run", SPEC, "--url", url, "--seed", "1"]


class Node(Tool):
    """A tool from npm, installed from the lock when it is first wanted."""

    def missing(self) -> str | None:
        return super().missing() or _installed()

    @staticmethod
    def described(folder: Path, edition: str) -> Path:
        """One of the two documents that are generated from openapi.yaml, for this shop."""
        document = json.loads((GENERATED / edition).read_text("utf-8"))
        (folder / edition).write_text(json.dumps(of_a_shop(document, Shop.site_id)), "utf-8")
        return folder / edition


class Dredd(Node):
    """It reads no OpenAPI 3.1."""

    def command(self, url: str, folder: Path) -> Sequence[str | Path]:
        hooks = shutil.copy(JAVASCRIPT / "hooks.js", folder)
        return [
            "node", JAVASCRIPT / "node_modules/dredd/bin/dredd", self.described(folder, OLDER), url,
            "--hookfiles", hooks, "--reporter", "xunit", "--output", folder / "dredd.xml", "--loglevel", "error",
        ]  # fmt: skip

    def complaints(self, folder: Path, ended: Ended) -> Iterable[str]:
        return failed_tests(folder, r"^(?:body|headers|statusCode): .*$")


class Specmatic(Node):
    """With its resiliency tests, which are off by default: also what the description does not allow is sent."""

    def command(self, url: str, folder: Path) -> Sequence[str | Path]:
        (folder / "specmatic.yaml").write_text("version: 2\ntest:\n  resiliencyTests:\n    enable: all\n")
        return [
            "java", "-jar", JAVASCRIPT / "node_modules/specmatic/specmatic.jar", "test",
            self.described(folder, MODERN), f"--testBaseURL={url}", f"--junitReportDir={folder / 'junit'}",
        ]  # fmt: skip

    def complaints(self, folder: Path, ended: Ended) -> Iterable[str]:
        return failed_tests(folder / "junit", r">> \S+")


class Prism(Node):
    """The validating proxy judges answers alone; the valid requests of Schemathesis go through it."""

    def run(self, url: str, folder: Path, seconds: int) -> Outcome:
        proxy: list[str | Path] = [
            "node", JAVASCRIPT / "node_modules/@stoplight/prism-cli/dist/index.js", "proxy", SPEC, url,
            "--port", "0", "--validate-request", "false",
        ]  # fmt: skip
        with serving(proxy, r"Prism is listening on (http://\S+)", folder / "prism.log", TOKENS) as through:
            only = (
                "--mode",
                "positive",
                "--max-examples",
                "25",
                "--checks",
                "not_a_server_error",
                "--request-timeout",
                "2",
            )
            ended = limited([*_schemathesis(through, folder), *only], folder, seconds, TOKENS)
        said = (folder / "prism.log").read_text("utf-8", "replace")
        return Outcome(frozenset(re.findall(r"Violation: (response.*)", said)), ended)


def failed_tests(folder: Path, what: str = r"\Z") -> Iterable[str]:
    """The failures in every JUnit file under a folder: the test's name, and what of its message matches `what`."""
    for path in sorted(folder.rglob("*.xml")):
        for case in _cases(path):
            failures = [each for kind in ("failure", "error") for each in case.iter(kind)]
            if failures:
                told = "\n".join(f"{each.get('message', '')}\n{each.text or ''}" for each in failures)
                found = sorted({each for each in re.findall(what, told, re.MULTILINE) if each})
                yield " ".join([case.get("classname", ""), case.get("name", ""), *found]).strip()


def _cases(path: Path) -> Iterator[ElementTree.Element]:
    """Up to where it ends, for whoever has used up his time may be stopped while he writes it."""
    with suppress(ElementTree.ParseError):
        for _, element in ElementTree.iterparse(path):
            if element.tag == "testcase":
                yield element


def _installed() -> str | None:
    """Why the tools of npm are not here, though they were asked for."""
    lock, installed = JAVASCRIPT / "package-lock.json", JAVASCRIPT / "node_modules" / ".package-lock.json"
    # npm writes this file last: where it is older than the lock, an install is missing, stale or half done.
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return None
    command = ["npm", "ci", "--ignore-scripts", "--loglevel=error", "--no-progress"]
    done = subprocess.run(command, cwd=JAVASCRIPT, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"npm could not install it: {done.stderr.strip()[:200]}"
    os.utime(installed)
    return None


TOOLS: Mapping[str, Tool] = {
    each.name: each
    for each in (
        Ours("ours", "webflow-orders-contract"),
        Schemathesis("schemathesis", "Schemathesis 4.32"),
        Specmatic("specmatic", "Specmatic 2.55.1", ("node", "npm", "java")),
        Prism("prism", "Prism 5.16.0", ("node", "npm")),
        Dredd("dredd", "Dredd 14.1.0", ("node", "npm")),
    )
}
NOT_HERE = {
    "EvoMaster 6.2.0": "is on PyPI as a starter only, and fetches the tool itself, a jar, from elsewhere",
    "CATS, RESTler, Microcks": "are on none of PyPI, npm and Debian",
}
