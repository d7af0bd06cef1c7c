"""The processes of the bench: the servers, and the rounds of the peers. All of them end with their `with` blocks."""

from __future__ import annotations

import io
import json
import pstats
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .environments import ROOT, WORKERS, Unavailable, python_of, run
from .rows import TABLE, Group, Peer
from .table import Sample

Options = dict[str, Any]

# For a profile: so that what is imported at the beginning is a small part of it.
_LONGER = {"seconds": 1.0, "wire_seconds": 3.0, "gets": 2000}


@dataclass
class Runner:
    """Measures in fresh processes; `url` is where the server of prebuilt bytes answers."""

    folder: Path
    url: str
    options: Options

    def rounds(self, peers: Sequence[Peer], groups: Sequence[Group]) -> list[Sample]:
        rounds = self.options["rounds"]
        return [
            sample
            for number in range(rounds)
            for group in groups
            if number < (group.rounds or rounds)
            for sample in self._round(number, peers, group)
        ]

    def _round(self, number: int, peers: Sequence[Peer], group: Group) -> Iterator[Sample]:
        """Everyone once, beginning with another one each round."""
        print(f"round {number + 1}: {group.name}", flush=True)
        joining = [peer for peer in peers if group.name in peer.groups]
        turn = number % max(len(joining), 1)
        for dialect in group.dialects:
            for peer in [*joining[turn:], *joining[:turn]]:
                if dialect in peer.dialects:
                    yield from self._samples(number, group, peer, dialect)

    def _samples(self, number: int, group: Group, peer: Peer, dialect: str) -> Iterator[Sample]:
        command = [str(python_of(peer.name)), *self._task(group.name, peer, dialect, self.options)]
        for _ in range(group.repeats):
            try:
                said = json.loads(run(command))
            except Unavailable as error:
                print(f"  {peer.name} has no sample of {group.name}: {error}", flush=True)
                continue
            for row, metrics in said.items():
                yield Sample(number, peer.name, group.name, dialect, row, metrics)

    def profile(self, row: str, peer: Peer) -> str:
        """The top of cProfile for one row. It makes calls dearer than they are, so it says where, not how much."""
        group = {each.name: each.group for each in TABLE}[row]
        task = self._task(group, peer, "documented", {**self.options, **_LONGER, "row": row})
        with tempfile.TemporaryDirectory() as scratch:
            found, out = str(Path(scratch) / "profile"), io.StringIO()
            run([str(python_of(peer.name)), "-m", "cProfile", "-o", found, *task])
            for order in ("tottime", "cumulative"):
                pstats.Stats(found, stream=out).strip_dirs().sort_stats(order).print_stats(25)
        return out.getvalue()

    def _task(self, group: str, peer: Peer, dialect: str, options: Options) -> list[str]:
        script = str(WORKERS / "run.py")
        return [script, group, peer.module, str(self.folder), dialect, self.url, json.dumps(options)]


@contextmanager
def answering(folder: Path) -> Iterator[str]:
    """The server of prebuilt bytes. Its URL."""
    with _serving([str(python_of("server")), str(WORKERS / "server.py"), str(folder)]) as url:
        yield url


@contextmanager
def mock(*options: str) -> Iterator[str]:
    """Our mock as it is started by hand. Its URL."""
    with _serving([sys.executable, "-m", "webflow_orders_mock", "--port", "0", *options]) as url:
        yield url


@contextmanager
def _serving(command: list[str]) -> Iterator[str]:
    """A server, from the line in which it says where it listens until its standard input is closed."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline() if process.stdout else "")
            if found is None:
                raise Unavailable(f"{command[1]} did not say where it listens")
            yield found[0]
        finally:
            process.terminate()
