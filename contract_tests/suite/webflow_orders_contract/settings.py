"""What one run is asked to do, and what it refuses to be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Webflow's smallest plan allows 60; the rest is left to the shop's own apps.
REQUESTS_PER_MINUTE = 50
MOST_PER_MINUTE = 60


class UsageError(Exception):
    """The run cannot start; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`target` is None when the run brings its own mock; `dialect` is that mock's."""

    target: str | None = None
    site: str | None = None
    token: str | None = None
    write: str | None = None
    refund: str | None = None
    with_v1: bool = True
    dialect: Literal["observed", "documented"] = "observed"
    seed: int | None = None
    max_examples: int = 50
    requests_per_minute: int = REQUESTS_PER_MINUTE
    report: Path = Path(".reports/contract")
    spec: Path | None = None

    def __post_init__(self) -> None:
        for complaint in (self._about_target(), self._about_writes(), self._about_numbers()):
            if complaint:
                raise UsageError(complaint)

    def _about_target(self) -> str | None:
        if self.target is None:
            return "--site needs a --target; the mock has a site of its own." if self.site else None
        parts = urlsplit(self.target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return f"--target must be a URL such as https://api.webflow.com, not {self.target!r}."
        if parts.username or parts.query or parts.fragment:
            return "--target must be a plain base URL, without credentials, query or fragment."
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            return "--target must use https: over http anyone on the way could read the token."
        if not re.fullmatch("[0-9a-f]{24}", self.site or ""):
            return "--target needs --site, the 24 hexadecimal digits of the site."
        if not self.token:
            return "--target needs a token in the environment variable WEBFLOW_TOKEN."
        if not re.fullmatch("[!-~]{8,}", self.token):
            return "WEBFLOW_TOKEN does not look like a token: 8 or more printable characters, no spaces."
        return None

    def _about_writes(self) -> str | None:
        for option, order in (("--write", self.write), ("--refund", self.refund)):
            if order is None:
                continue
            if self.target is None:
                return f"{option} is for a server named with --target; our mock is written to anyway."
            if not re.fullmatch("[0-9A-Za-z_-]{1,64}", order):
                return f"{option} needs the id of one order, such as dfa-3f1, not {order!r}."
        return None

    def _about_numbers(self) -> str | None:
        if self.max_examples < 1:
            return "--max-examples must be at least 1."
        if self.requests_per_minute < 1:
            return "--per-minute must be at least 1."
        loopback = self.target is None or urlsplit(self.target).hostname in LOOPBACK
        if self.requests_per_minute > MOST_PER_MINUTE and not loopback:
            return f"--per-minute must be at most {MOST_PER_MINUTE}: that is what Webflow's smallest plan allows."
        return None

    @property
    def interval(self) -> float:
        """Seconds between two requests to a server that is not our mock."""
        return 60 / self.requests_per_minute


def token_from(environment: Mapping[str, str]) -> str | None:
    return environment.get("WEBFLOW_TOKEN", "").strip() or None
