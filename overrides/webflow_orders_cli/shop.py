"""Which shop, as whom: from the options, a profile, or the environment. They are not mixed behind one's back."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cyclopts import Group, Parameter
from webflow_orders import OrdersClient
from webflow_orders.journal import UnsettledWrite

from .terminal import UsageError, say

API = "https://api.webflow.com"
KEYS = ("token", "site", "base_url")


class Interrupted(Exception):
    """Ctrl-C, and what it left unsettled."""

    def __init__(self, unsettled: list[UnsettledWrite]) -> None:
        self.unsettled = unsettled


class Account(NamedTuple):
    """A token, the server that it is for, and a site there. The repr has no token."""

    token: str | None
    site: str | None
    base_url: str
    source: str

    def __repr__(self) -> str:
        return f"Account(site={self.site!r}, base_url={self.base_url!r}, source={self.source!r})"


@Parameter(name="*", group=Group("Which shop", sort_key=9))
@dataclass(frozen=True, kw_only=True, repr=False)
class Shop:
    token: str | None = None
    """The token; WEBFLOW_TOKEN or a profile keep it better, for others can see command lines."""
    site: str | None = None
    """The site, 24 hexadecimal digits; otherwise WEBFLOW_SITE, or the profile's."""
    base_url: str | None = None
    """Another server; otherwise WEBFLOW_BASE_URL. A profile's token goes to the profile's server alone."""
    profile: str | None = None
    """Take token, site and server from this profile, and nothing from the environment."""
    journal: Path | None = None
    """The file of writes whose outcome is not known; by default one for all shops of yours."""
    mock: bool = False
    """Try it on a mock in memory, which begins anew each time; nothing is sent."""

    def account(self) -> Account:
        """Who asks whom. A token goes to the server that stands beside it. Raises UsageError."""
        environment = {key: os.environ.get(f"WEBFLOW_{key.upper()}") for key in KEYS}
        found, source = environment, "the environment"
        if self.profile is not None or (self.token is None and environment["token"] is None):
            name = self.profile or "default"
            if kept := profile(name, must_exist=self.profile is not None):
                found, source = kept, f"profile {name}"
        if self.token is not None:
            found, source = {**found, "token": self.token}, "the options"
        site = self.site or (environment["site"] if self.profile is None else None) or found.get("site")
        base_url = self.base_url if self.base_url is not None else found.get("base_url")
        return Account(found.get("token"), site, API if base_url is None else base_url, source)

    @contextmanager
    def connect(self, **options: Any) -> Iterator[OrdersClient]:
        """A client of the shop. Raises UsageError, ValueError, OSError, and Interrupted for Ctrl-C."""
        with self._client(options) as orders:
            try:
                yield orders
            except KeyboardInterrupt as error:
                raise Interrupted(orders.unsettled()) from error

    def _client(self, options: dict[str, Any]) -> OrdersClient:
        if self.mock:
            from webflow_orders.testing import MockWebflow, client

            say("This is a mock: nothing is sent, and it forgets.")
            mine = {"site_id": self.site} if self.site is not None else {}
            return client(MockWebflow(), **mine, **options)
        account = self.account()
        if account.token is None:
            raise UsageError(
                f"No token: set WEBFLOW_TOKEN, or write a profile into {profiles_path()}; or try it with --mock."
            )
        if account.site is None:
            raise UsageError("No site: set WEBFLOW_SITE, or pass --site with its 24 hexadecimal digits.")
        options.setdefault("journal", self.journal or _journal())
        client_ = OrdersClient(
            token=account.token, site_id=account.site, base_url=account.base_url, **options
        )
        if account.base_url != API:
            say(f"The server is {account.base_url}, from {account.source}.")
        return client_


def profiles_path() -> Path:
    return _folder("XDG_CONFIG_HOME", ".config") / "profiles.toml"


def _journal() -> Path:
    path = _folder("XDG_STATE_HOME", ".local/state") / "journal.sqlite"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The journal cannot be kept in {path.parent}: {error.strerror}. Name another file with --journal."
        ) from None
    return path


def _folder(variable: str, otherwise: str) -> Path:
    home = os.environ.get(variable)
    return (Path(home) if home else Path.home() / otherwise) / "webflow-orders"


def profile(name: str, *, must_exist: bool) -> dict[str, str | None]:
    """A profile of the file that must be its owner's alone; empty if there is none. Raises UsageError."""
    path = profiles_path()
    try:
        with open(path, "rb") as file:
            _refuse_others(path, os.fstat(file.fileno()))
            profiles = tomllib.loads(file.read().decode("utf-8-sig"))
    except FileNotFoundError:
        profiles = {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {type(error).__name__}: {_without_text(error)}") from None
    if loose := [key for key in KEYS if isinstance(profiles.get(key), str)]:
        raise UsageError(f"In {path}, {loose[0]!r} stands in no profile: write [default] above it.")
    found = profiles.get(name)
    if found is None and not must_exist:
        return {}
    if not isinstance(found, dict):
        known = ", ".join(sorted(key for key, kept in profiles.items() if isinstance(kept, dict))) or "none"
        raise UsageError(f"There is no profile {name!r} in {path}; there is {known}.")
    odd = [key for key, value in found.items() if key not in KEYS or not isinstance(value, str)]
    if odd:
        raise UsageError(
            f"Profile {name!r} in {path}: {odd[0]!r} is not one of {', '.join(KEYS)}, each a text."
        )
    return found


def _refuse_others(path: Path, status: os.stat_result) -> None:
    if os.name == "nt":
        return
    if status.st_uid != os.getuid():
        raise UsageError(f"{path} belongs to somebody else; nothing in it is used.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise UsageError(f"Others can read {path}, and the token in it: chmod 600 '{path}'.")


def _without_text(error: Exception) -> str:
    """Why, without the line that was read: it may be the token's."""
    return error.strerror or "" if isinstance(error, OSError) else "it is no TOML"
