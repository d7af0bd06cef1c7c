"""results.csv, a line for each tool and server as it was judged; and RESULTS.md, which is made from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from webflow_orders_contract.mutants.unseen import FROM_OUTSIDE
from webflow_orders_mock.defects import DEFECTS

from .sample import told

HEALTHY = "healthy"
# What a stranger can see, whatever he uses.
SEEN = [name for name in DEFECTS if name not in FROM_OUTSIDE]
# An eighth of them.
ENOUGH = -(-len(SEEN) // 8)


@dataclass(frozen=True)
class Row:
    """`complaints` are those that the healthy server does not earn; of that one, all. `commit`: of the sources."""

    tool: str
    server: str
    caught: bool
    ended: bool
    seconds: float
    complaints: str
    commit: str = ""


def read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                each["tool"], each["server"], each["caught"] == "True", each["ended"] == "True",
                float(each["seconds"]), each["complaints"], each["commit"],
            )
            for each in csv.DictReader(file)
        ]  # fmt: skip


def write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, rows))


def render(rows: Sequence[Row], titles: Mapping[str, str], about: Sequence[str]) -> str:
    """Only defects that every tool was judged on are counted, so that all were asked the same."""
    by = {(each.tool, each.server): each for each in rows}
    tools = [name for name in titles if any(each.tool == name for each in rows)]
    shared = [name for name in SEEN if all((tool, name) in by for tool in tools)]
    families: dict[str, list[str]] = {}
    for name in shared:
        families.setdefault(DEFECTS[name].family, []).append(name)

    def caught(tool: str, names: Sequence[str]) -> str:
        return f"{sum(by[tool, name].caught for name in names)}"

    def line(*cells: str) -> str:
        return f"| {' | '.join(cells)} |"

    return "\n".join([
        "# Measured against others", "",
        "Made by `make power`; nothing here is written by hand, and no test depends on it.", "",
        *about, "",
        f"{len(shared)} of {len(SEEN)} defects, each tool on the same ones; verdicts by commit:",
        f"{told(by[tool, name].commit for name in shared for tool in tools)}; with a +, something differed from it.",
        *([f"Fewer than {ENOUGH} are a beginning, and say little of any tool."] if len(shared) < ENOUGH else []), "",
        line("family", "defects", *(titles[tool] for tool in tools)),
        line("---", *["---:"] * (1 + len(tools))),
        *(
            line(family, str(len(names)), *(caught(tool, names) for tool in tools))
            for family, names in families.items()
        ),
        line("**all**", f"**{len(shared)}**", *(f"**{caught(tool, shared)}**" for tool in tools)),
        line("complaints of the healthy mock", "", *(_healthy(by, tool) for tool in tools)),
        line("seconds a run, at the median", "", *(_median(by, tool, shared) for tool in tools)),
        line("not done in time", "", *(str(sum(not by[tool, name].ended for name in shared)) for tool in tools)), "",
        "## Each of them", "",
        line("defect", *(titles[tool] for tool in tools)),
        line("---", *[":---:"] * len(tools)),
        *(line(f"`{name}`", *("✓" if by[tool, name].caught else "" for tool in tools)) for name in shared),
    ]) + "\n"  # fmt: skip


def _healthy(by: Mapping[tuple[str, str], Row], tool: str) -> str:
    found = by[tool, HEALTHY].complaints
    return str(len(found.split("\n")) if found else 0)


def _median(by: Mapping[tuple[str, str], Row], tool: str, names: Sequence[str]) -> str:
    spent = sorted(by[tool, name].seconds for name in names)
    return f"{spent[len(spent) // 2]:.0f}" if spent else ""
