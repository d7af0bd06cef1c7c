"""What one run is asked to do, and what it refuses to be asked."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import idna

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Webflow's smallest plan allows 60 requests a minute; the reserve of them is left to the shop's own apps.
MOST_PER_MINUTE = 60
RESERVE = 10
# Their shops are real, whatever somebody says of them.
NEVER_ONES_OWN = ("webflow.com", "webflow.io")
# Of a site and of a webhook; and of an order.
HEX, ORDER_ID = re.compile("[0-9a-f]{24}"), re.compile("[0-9A-Za-z_-]{1,64}")

Profile = Literal["mock", "live", "live-write", "live-refund"]
PROFILES: tuple[Profile, ...] = ("mock", "live", "live-write", "live-refund")


# The names of settings whose option has another.
OPTIONS = {"with_v1": "--no-v1", "requests_per_minute": "--per-minute", "wanted": "--profile"}
# How a run is reported is no part of what it asks; the token comes from the environment.
NO_OPTIONS = {"token", "plan", "report"}


def host_of(url: str) -> str:
    """The host as it is looked up, in ASCII and lower case, without a dot at its end; empty if there is none.

    Raises ValueError for an address that two clients could read as two.
    """
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError("it holds a blank, a backslash or a character that cannot be printed")
    parts = urlsplit(url)
    name = unquote(parts.hostname or "")
    if ":" in name:
        return ipaddress.IPv6Address(name).compressed
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode("ascii")
    name = name.lower().removesuffix(".")
    if parts.port == 0 or not re.fullmatch(r"([0-9a-z_-]+\.)*[0-9a-z_-]+|", name):
        raise ValueError("its host or port is none")
    return name


def _is_url(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and host_of(url) != ""
    except ValueError:
        return False


class UsageError(Exception):
    """The run cannot start; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`target` is None when the run brings its own mock; `dialect` is that mock's.

    `own_server`: the target may be fuzzed and written to as the mock is; a POST to `reset` makes it start over.
    `record`: keep what answers look like, which is always done where the orders are somebody's.
    `reader_token`, `writer_token`, `other_token`, `throttled_token`: variables of the environment that have other
    tokens of it; `other_site`: a site that the token must not see, and an order there; `other_webhook`: one of such a
    site; `site_without_shop`: one that it may see, which has no shop.
    `webhooks`: whether webhooks may be made and removed; None where the server starts over, and nowhere else.
    `receiver`: the URL of a receiver of webhooks to judge instead of an API; `secret`: a variable of the environment
    that has what it verifies with; `applied`: the URL of a page that shows what it applied.
    `wanted` is the profile that must come out, if one was named. `state` is where a write is noted before it is made.
    """

    target: str | None = None
    site: str | None = None
    token: str | None = None
    write: str | None = None
    refund: str | None = None
    refund_again: str | None = None
    own_server: bool = False
    reader_token: str | None = None
    writer_token: str | None = None
    other_token: str | None = None
    throttled_token: str | None = None
    other_site: tuple[str, str] | None = None
    other_webhook: str | None = None
    site_without_shop: str | None = None
    receiver: str | None = None
    secret: str | None = None
    applied: str | None = None
    reset: str | None = None
    wanted: Profile | None = None
    plan: bool = False
    invalid: bool = False
    record: bool = False
    webhooks: bool | None = None
    with_v1: bool = True
    dialect: Literal["observed", "documented"] = "observed"
    seed: int | None = None
    max_examples: int = 50
    requests_per_minute: int = MOST_PER_MINUTE
    reserve: int = RESERVE
    report: Path = Path(".reports/contract")
    state: Path | None = None
    spec: Path | None = None

    def __post_init__(self) -> None:
        checks = (
            self._about_target, self._about_the_token, self._about_writes, self._about_a_server_of_ones_own,
            self._about_a_receiver, self._about_numbers, self._about_the_profile,
        )  # fmt: skip
        for check in checks:
            if complaint := check():
                raise UsageError(complaint)

    @property
    def profile(self) -> Profile:
        if self.target is None or self.own_server:
            return "mock"
        return "live-refund" if self.refund else "live-write" if self.write else "live"

    @property
    def is_ours(self) -> bool:
        """Whether the server may be fuzzed and written to at will."""
        return self.profile == "mock"

    @property
    def other_tokens(self) -> tuple[str | None, ...]:
        """The variables that have them."""
        return self.reader_token, self.writer_token, self.other_token, self.throttled_token

    @property
    def records(self) -> bool:
        return self.record or not self.is_ours

    @property
    def drives_webhooks(self) -> bool:
        """Whether the client makes a webhook, and removes it."""
        return self.is_ours and (self.fuzzes_webhooks if self.webhooks is None else self.webhooks)

    @property
    def fuzzes_webhooks(self) -> bool:
        """Whether they are made at random, and left to a start over to remove."""
        starts_over = self.target is None or self.reset is not None
        return self.is_ours and starts_over and self.webhooks is not False

    def _about_target(self) -> str | None:
        if self.target is None:
            return "--site needs a --target; the mock has a site of its own." if self.site else None
        try:
            parts, host = urlsplit(self.target), host_of(self.target)
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https"):
            return f"--target must be a URL such as https://api.webflow.com, not {self.target!r}."
        if "@" in parts.netloc or parts.query or parts.fragment:
            return "--target must be a plain base URL, without credentials, query or fragment."
        if parts.scheme != "https" and host not in LOOPBACK:
            return "--target must use https: over http anyone on the way could read the token."
        if not HEX.fullmatch(self.site or ""):
            return "--target needs --site, the 24 hexadecimal digits of the site."
        return None

    def _about_the_token(self) -> str | None:
        if self.target is None or self.plan:
            return None
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
            if not ORDER_ID.fullmatch(order):
                return f"{option} needs the id of one order, such as dfa-3f1, not {order!r}."
        if self.refund != self.refund_again:
            return "A refund is for good: it needs the same order id twice, as --refund ID --refund-again ID."
        return None

    def _about_a_server_of_ones_own(self) -> str | None:
        if not self.own_server:
            if self.webhooks and self.target is not None:
                return "--webhooks is for a server of your own: of a shop they are left alone."
            if any((*self.other_tokens, self.other_site, self.other_webhook, self.site_without_shop)):
                return "Other tokens and sites are for a server of your own; see --own-server."
            return "--reset is for a server of your own; see --own-server." if self.reset else None
        if self.target is None:
            return "--own-server says that --target is a server of yours; name it."
        host = host_of(self.target)
        if any(host == name or host.endswith(f".{name}") for name in NEVER_ONES_OWN):
            return f"{host} is nobody's own server: there are real shops on it. Leave --own-server out."
        if self.write or self.refund:
            return "--own-server is written to anyway; --write and --refund are for a shop."
        site, order = self.other_site or (None, None)
        ids = {
            "--other-site": site,
            "--other-webhook": self.other_webhook,
            "--site-without-shop": self.site_without_shop,
        }
        for option, given in ids.items():
            if given is not None and not HEX.fullmatch(given):
                return f"{option} needs the 24 hexadecimal digits of its id, not {given!r}."
        if order is not None and not ORDER_ID.fullmatch(order):
            return f"--other-site needs the id of one order there, such as dfa-3f1, not {order!r}."
        url = self.reset
        if url is not None and not (url.isascii() and _is_url(url) and host_of(url) == host):
            return "--reset must be a URL, in ASCII, of the server that is named with --target."
        return None

    def _about_a_receiver(self) -> str | None:
        if self.receiver is None:
            return (
                "--secret and --applied are for a receiver; see --receiver."
                if self.secret or self.applied
                else None
            )
        if self.target is not None:
            return "--receiver is judged by itself, and --target is another run."
        if self.secret is None:
            return "--receiver needs --secret, the name of a variable that has the secret it verifies with."
        for option, url in (("--receiver", self.receiver), ("--applied", self.applied)):
            if url is not None and not _is_url(url):
                return f"{option} must be a URL such as http://127.0.0.1:8000/hook, not {url!r}."
        return None

    def _about_numbers(self) -> str | None:
        if self.max_examples < 1:
            return "--max-examples must be at least 1."
        if self.requests_per_minute < 1:
            return "--per-minute must be at least 1."
        if not 0 <= self.reserve < self.requests_per_minute:
            return "--reserve must leave at least one request of --per-minute, and be no less than 0."
        loopback = self.target is None or urlsplit(self.target).hostname in LOOPBACK
        if self.requests_per_minute > MOST_PER_MINUTE and not loopback:
            return f"--per-minute must be at most {MOST_PER_MINUTE}: that is what Webflow's smallest plan allows."
        return None

    def _about_the_profile(self) -> str | None:
        if self.wanted not in (None, self.profile):
            return f"--profile {self.wanted}: what the other options ask for is {self.profile}."
        return None

    @property
    def interval(self) -> float:
        """Seconds between two requests to a server that is not ours."""
        return 60 / (self.requests_per_minute - self.reserve)

    @property
    def command(self) -> str:
        """What asks for the same once more: every option that is not as it is by itself. The token is none."""
        words = ["webflow-orders-contract"]
        for each in fields(self):
            value, option = (
                getattr(self, each.name),
                OPTIONS.get(each.name, f"--{each.name.replace('_', '-')}"),
            )
            if each.name not in NO_OPTIONS and value != each.default:
                several = value if isinstance(value, tuple) else [str(value)]
                option = (
                    option.replace("--", "--no-", 1) if value is False and each.default is None else option
                )
                if isinstance(value, bool):
                    words.append(option)
                else:
                    # Or it would be taken for an option, as an order's id may begin.
                    words += [f"{option}={several[0]}"] if several[0].startswith("-") else [option, *several]
        return shlex.join(words)


def token_from(environment: Mapping[str, str]) -> str | None:
    return environment.get("WEBFLOW_TOKEN", "").strip() or None
