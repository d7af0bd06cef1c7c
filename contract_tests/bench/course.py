"""The rounds: who is measured when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import processes
from .environments import Unavailable
from .rows import Group, Peer
from .stats import Sample


@dataclass
class Course:
    """`urls` has a server for each dialect."""

    peers: Sequence[Peer]
    folder: Path
    urls: dict[str, str]
    options: dict[str, Any]

    def run(self, groups: Sequence[Group]) -> list[Sample]:
        rounds = self.options["rounds"]
        return [
            sample
            for number in range(rounds)
            for group in groups
            if number < (group.rounds or rounds)
            for sample in self._round(number, group)
        ]

    def _round(self, number: int, group: Group) -> Iterator[Sample]:
        """Everyone once, beginning with another one each round."""
        print(f"round {number + 1}: {group.name}", flush=True)
        peers = [peer for peer in self.peers if peer.joins(group)]
        turn = number % max(len(peers), 1)
        for dialect in group.dialects:
            for peer in [*peers[turn:], *peers[:turn]]:
                if dialect in peer.dialects:
                    yield from self._processes(number, group, peer, dialect)

    def _processes(self, number: int, group: Group, peer: Peer, dialect: str) -> Iterator[Sample]:
        task = (self.folder, dialect, self.urls[dialect], self.options)
        for _ in range(group.repeats):
            try:
                said = processes.work(peer.name, group.name, peer.module, *task)
            except Unavailable as error:
                print(f"  {peer.name} has no sample of {group.name}: {error}", flush=True)
                continue
            for row, metrics in said.items():
                yield Sample(number, peer.name, group.name, dialect, row, metrics)
