"""Puts an order back as it was found, also after a crash.

What was found is written to a small file before the first write, and what is about to be done before each. The file
goes when the order has been seen to be as it was; one that is still there is put back by the next run that may write
to that order, before anything else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ..gateway.exchange import Server
from ..gateway.guard import Refused
from ..gateway.proxy import CanNotGoOn, Gateway, NoAnswer
from ..settings import UsageError

MARK = "webflow-orders contract run"
DID_NOTE, DID_STATUS = "comment", "status"
# What must be again as it was. (Whoever packs the order may well write other notes meanwhile.)
WATCHED = ("comment", "status", "fulfilledOn")


class NotPutBack(UsageError):
    """The order is not as it was found, and this run can not or must not change that."""


@dataclass(frozen=True, kw_only=True)
class Restore:
    """For the one order that was named. Its requests take the same way as all others, gate and pace included."""

    gateway: Gateway
    order: str
    folder: Path

    @property
    def file(self) -> Path:
        return _file(self.folder, self.gateway.server, self.order)

    def find(self) -> dict[str, Any]:
        """Look at the order, and note what is there if nothing is noted yet."""
        found = self._order()
        if not self.file.exists():
            noted = {name: found.get(name) for name in WATCHED}
            self._note({"order": self.order, "site": self.gateway.server.site, "found": noted, "did": []})
        return found

    def about_to(self, what: str) -> None:
        noted = self._noted()
        self._note(noted | {"did": sorted({*noted["did"], what})})

    def put_back(self) -> bool:
        """Undo what is noted; True if something had been. Raises NotPutBack, and keeps the file, if it fails."""
        if not self.file.exists():
            return False
        noted = self._noted()
        found, did = noted["found"], noted["did"]
        now = self._order()
        # Only what this program did: somebody else's comment or refund is none of its business.
        if DID_NOTE in did and now.get("comment") == MARK != found["comment"]:
            self._send("PATCH", "", {"comment": found["comment"] or ""})
        if DID_STATUS in did and (now.get("status"), found["status"]) == ("fulfilled", "unfulfilled"):
            self._send("POST", "/unfulfill", None)
        self._seen_again(found, did)
        self.file.unlink()
        return bool(did)

    def _seen_again(self, found: dict[str, Any], did: list[str]) -> None:
        now = self._order()
        wrong = [DID_NOTE] if DID_NOTE in did and now.get("comment") == MARK else []
        if DID_STATUS in did:
            wrong += [name for name in ("status", "fulfilledOn") if now.get(name) != found[name]]
        if wrong:
            raise NotPutBack(
                f"Order {self.order} is not as it was: {', '.join(wrong)}. Look at it in the shop; what it was "
                f"is in {self.file}, which has to be deleted before the next run that writes."
            )

    def _order(self) -> dict[str, Any]:
        return self._send("GET", "", None)

    def _send(self, method: str, end: str, body: object) -> dict[str, Any]:
        path = f"/v2/sites/{self.gateway.server.site}/orders/{self.order}{end}"
        sent = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self.gateway.request(method, path, sent, raw=True)
        except (NoAnswer, Refused):
            said, order = "gave no whole answer", None
        else:
            said = f"answered {answer.status}" if answer.status != 200 else "was answered with another"
            order = answer.json if answer.status == 200 else None
        if not isinstance(order, dict) or order.get("orderId") != self.order:
            kept = f" What it was is in {self.file}; run again." if self.file.exists() else ""
            raise NotPutBack(f"{method} for order {self.order} {said}.{kept}")
        return order

    def _noted(self) -> dict[str, Any]:
        noted: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return noted

    def _note(self, noted: dict[str, Any]) -> None:
        """Whole or not at all, and on the disk before the write that it is about leaves."""
        with self.noting():
            temporary = self.file.with_suffix(".new")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(noted, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.file)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Raises CanNotGoOn where the folder takes no note: that is no failure of the server."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            yield
        except OSError as error:
            where = f"what order {self.order} was can not be noted in {self.folder}: {error.strerror}"
            raise CanNotGoOn(f"Not written to, for {where}. See --state.") from None


def _file(folder: Path, server: Server, order: str) -> Path:
    where = hashlib.sha256(f"{server.base_url} {server.site}".encode()).hexdigest()[:12]
    return folder / f"{where}-{re.sub('[^0-9A-Za-z_-]', '_', order)}.json"


def pending(folder: Path, server: Server) -> list[str]:
    """Orders of the site that an earlier run did not get to put back."""
    where = _file(folder, server, "").name.removesuffix(".json")
    return sorted(file.stem.removeprefix(where) for file in folder.glob(f"{where}*.json"))


def look_up(gateway: Gateway, order: str) -> None:
    """Raises UsageError if there is no such order: a slip of the pen costs one request."""
    server = gateway.server
    try:
        answer = gateway.request("GET", f"/v2/sites/{server.site}/orders/{order}")
    except NoAnswer as error:
        raise UsageError(f"No answer from {server.host}: {error}") from None
    if answer.status == 404:
        raise UsageError(f"{server.host} knows no order {order} of site {server.site}. Nothing was written.")
    if 400 <= answer.status < 500:
        raise UsageError(f"{server.host} answers {answer.status} for order {order}. Nothing was written.")


def restore_of(gateway: Gateway, write: str | None, state: Path | None) -> Restore | None:
    """What puts the order back that may be written to, after what an earlier run left behind has been put back.

    Raises UsageError, or CanNotGoOn where nothing can be noted."""
    # In no repository and in no report, for a note of the shop is in the files.
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    folder = state or Path(home) / "webflow-orders-contract"
    others = ", ".join(order for order in pending(folder, gateway.server) if order != write)
    if others and write:
        raise UsageError(f"An earlier run left {others} changed. Put that back first, with --write {others}.")
    if others:
        print(f"An earlier run left {others} changed; --write {others} puts it back.", file=sys.stderr)
    if not write:
        return None
    found = Restore(gateway=gateway, order=write, folder=folder)
    with found.noting():
        TemporaryFile(dir=folder).close()
    look_up(gateway, write)
    if found.put_back():
        print(f"Order {write} is as it was before the run that was cut short.", file=sys.stderr)
    return found
