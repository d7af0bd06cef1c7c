"""The state in one SQLite file, so that it survives a restart.

A write and its line in the ledger are one transaction. Lines of reads wait in memory for the next write, the
next thousand or the end: killed outright, a mock may forget the last reads, never a write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .ledger import KEEP, LedgerEntry

FORMAT = 1
_BUFFER = 1000
_TABLES = """
create table sites (site_id text primary key, shop integer not null);
create table orders (
  position integer primary key autoincrement, site_id text not null, order_id text not null,
  body text not null, unique (site_id, order_id));
create table ledger (
  seq integer primary key, at real not null, method text not null, path text not null, operation_id text,
  status integer not null, applied integer not null, site_id text, order_id text);
"""
# Not in the files of an earlier version.
_ADDED = """
create table if not exists webhooks (
  position integer primary key, webhook_id text not null unique, body text not null);
"""


class DatabaseError(RuntimeError):
    """The file is not ours, or another process has it open."""


class Database:
    def __init__(self, path: Path) -> None:
        """Open or create. `fresh` says which. Raises DatabaseError."""
        try:
            self._sql = sqlite3.connect(path, timeout=0, check_same_thread=False)
            self.fresh: bool = self._prepare()
            self._sql.executescript(_ADDED)
        except sqlite3.Error as error:
            raise DatabaseError(f"cannot use {path}: {error}") from error
        self._reads: list[LedgerEntry] = []

    def _prepare(self) -> bool:
        # Two mocks on one file would each answer from a memory of their own. Without fsync: what must be
        # survived is the end of a process, not of a machine.
        self._sql.executescript(
            "pragma locking_mode=exclusive; pragma synchronous=off; begin exclusive; commit;"
        )
        found = self._sql.execute("pragma user_version").fetchone()[0]
        tables = self._sql.execute("select count(*) from sqlite_master").fetchone()[0]
        if found == FORMAT:
            return False
        if tables or found:
            raise sqlite3.DatabaseError("it holds something else")
        self._sql.executescript(f"begin; {_TABLES} pragma user_version={FORMAT}; commit;")
        return True

    def sites(self) -> Iterator[tuple[str, bool]]:
        for site_id, shop in self._sql.execute("select site_id, shop from sites order by rowid"):
            yield site_id, bool(shop)

    def orders(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for site_id, body in self._sql.execute("select site_id, body from orders order by position"):
            yield site_id, json.loads(body)

    def ledger(self) -> Iterator[LedgerEntry]:
        newest = f"select * from (select * from ledger order by seq desc limit {KEEP}) order by seq"
        for seq, at, method, path, operation_id, status, applied, *ids in self._sql.execute(newest):
            yield LedgerEntry(seq, at, method, path, operation_id, status, bool(applied), *ids)

    def webhooks(self) -> Iterator[dict[str, Any]]:
        """Each as it was put."""
        for (body,) in self._sql.execute("select body from webhooks order by position"):
            yield json.loads(body)

    def put_site(self, site_id: str, shop: bool) -> None:
        self._sql.execute("insert or replace into sites values (?, ?)", (site_id, shop))

    def put_order(self, site_id: str, order: dict[str, Any]) -> None:
        self._sql.execute(
            "insert into orders (site_id, order_id, body) values (?, ?, ?)"
            " on conflict (site_id, order_id) do update set body = excluded.body",
            (site_id, order["orderId"], json.dumps(order)),
        )

    def put_webhook(self, webhook: Mapping[str, Any]) -> None:
        self._sql.execute(
            "insert into webhooks (webhook_id, body) values (?, ?)"
            " on conflict (webhook_id) do update set body = excluded.body",
            (webhook["webhook_id"], json.dumps(webhook)),
        )

    def delete_webhook(self, webhook_id: str) -> None:
        self._sql.execute("delete from webhooks where webhook_id = ?", (webhook_id,))

    def clear(self) -> None:
        self._reads.clear()
        for table in ("sites", "orders", "ledger", "webhooks"):
            self._sql.execute(f"delete from {table}")

    def note(self, entry: LedgerEntry) -> None:
        self._reads.append(entry)
        if entry.applied or len(self._reads) >= _BUFFER:
            self.commit()

    def commit(self) -> None:
        self._sql.executemany("insert into ledger values (?,?,?,?,?,?,?,?,?)", self._reads)
        self._reads.clear()
        self._sql.commit()

    def close(self) -> None:
        self.commit()
        self._sql.close()
