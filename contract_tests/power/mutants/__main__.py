"""`python -m contract_tests.power.mutants`: does the contract run notice what a machine changed in the mock?

Every module of the mock that says what is answered about orders is changed in one place, and the change is set aside
if it alters no answer of the dialogue. The rest are judged by the contract run alone. What is judged already is not
judged again.

python -m contract_tests.power.mutants --first 200         # so many, evenly spread
python -m contract_tests.power.mutants --only api/auth.py api/routes.py  # of these modules
python -m contract_tests.power.mutants --again             # those that survived, once more
"""

from __future__ import annotations

import argparse
import csv
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..sample import commit, evenly, told
from .explained import is_allowed, reason
from .judge import MOCK, QUICK, THOROUGH, WHOLE, answers, forked, noticed, preload
from .syntax import Change, changes, together

Found = tuple[str, str] | None
T = TypeVar("T")
Key = tuple[str, int, str, str]
HERE = Path(__file__).parent
CSV, RESULTS = HERE / "results.csv", HERE / "RESULTS.md"
MODULES = (
    "app.py", "orders/lifecycle.py", "orders/store.py", "orders/dialects.py", "orders/ledger.py", "api/auth.py",
    "api/limits.py", "api/order_operations.py", "api/admission.py", "api/validation.py", "api/errors.py",
    "api/routes.py",
)  # fmt: skip
REPLAY, JUDGE = 300.0, 1200.0
BROKEN, SAME, SURVIVED, CAUGHT = "does not start", "same answers", "survived", "caught"
STUCK, NO_RUN, WAITING = "stuck", "no run", "waiting"
# So many that the quick parts did not notice are judged by one whole run.
AT_ONCE = 16


@dataclass(frozen=True)
class Row:
    module: str
    line: int
    before: str
    after: str
    verdict: str
    by: str = ""
    seen: str = ""
    commit: str = ""

    @property
    def key(self) -> Key:
        return self.module, self.line, self.before, self.after

    @property
    def change(self) -> tuple[str, str, str]:
        return self.module, self.before, self.after


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.power.mutants", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--first", type=int, metavar="N", help="so many changes, evenly spread, and no more")
    parser.add_argument(
        "--only", nargs="+", choices=MODULES, default=MODULES, help="changes of these modules"
    )
    parser.add_argument(
        "--again", action="store_true", help="judge once more, and thoroughly, what survived or got stuck"
    )
    parser.add_argument("--table", action="store_true", help="judge nothing, only write the table again")
    given = parser.parse_args(arguments)
    everything = _everything()
    # What was judged when the mock read otherwise is gone.
    current = {_key(*each) for each in everything}
    if not given.table:
        chosen = evenly([each for each in everything if each[0] in given.only], 16)
        _judge(chosen[: given.first], [each for each in read() if each.key in current], again=given.again)
    every = Counter(module for module, _ in everything)
    RESULTS.write_text(render([each for each in read() if each.key in current], every), "utf-8")
    print(f"in {RESULTS.relative_to(HERE.parents[2])}")
    return 0


def _everything() -> list[tuple[str, Change]]:
    return [(module, change) for module in MODULES for change in changes(_source(module))]


def _source(module: str) -> str:
    return (MOCK / module).read_text("utf-8")


def _key(module: str, change: Change) -> Key:
    return module, change.line, change.before[:120], change.after[:120]


def _judge(chosen: Sequence[tuple[str, Change]], known: Iterable[Row], *, again: bool) -> None:
    """By the quick parts first; what they do not notice waits, and the whole run judges several at once."""
    preload()
    rows, now = {each.key: each for each in known}, commit()
    healthy = _in_a_fork(answers, "app.py", _source("app.py"), REPLAY)
    assert healthy is not None, "the mock answers"
    waiting: dict[str, list[Change]] = {}

    def keep(module: str, change: Change, verdict: str, by: str, seen: str) -> None:
        key = _key(module, change)
        rows[key] = Row(*key, verdict, by, seen, now)
        _write(rows.values())
        print(f"{verdict:<14} {module}:{change.line} {key[2]} -> {key[3]} {by}", flush=True)

    for module, change in chosen:
        row = rows.get(_key(module, change))
        if row is None and not again:
            keep(module, change, *_at_first(module, change, healthy))
            row = rows[_key(module, change)]
        if row is not None and row.verdict in ((SURVIVED, STUCK, NO_RUN) if again else (WAITING,)):
            waiting.setdefault(module, []).append(change)
    for module, changed in waiting.items():
        for group in _apart(module, changed):
            for change, found in _together(module, group, THOROUGH if again else WHOLE):
                keep(module, change, *_verdict(found, SURVIVED, rows[_key(module, change)].seen))


def _at_first(module: str, change: Change, healthy: Sequence[str]) -> tuple[str, str, str]:
    heard = _in_a_fork(answers, module, change.source, REPLAY)
    if heard is None:
        return BROKEN, "", ""
    if heard == healthy:
        return SAME, "", ""
    found = _in_a_fork(partial(noticed, depth=QUICK), module, change.source, JUDGE)
    return _verdict(found, WAITING, _difference(healthy, heard))


def _verdict(found: Found, otherwise: str, seen: str) -> tuple[str, str, str]:
    if found is None:
        return STUCK, "", seen
    verdict = NO_RUN if found[0] == "reset" else CAUGHT if found[0] else otherwise
    return verdict, found[0], found[1] or seen


def _apart(module: str, changed: Iterable[Change]) -> list[list[Change]]:
    """Groups of changes that can be made at once."""
    groups: list[list[Change]] = []
    for change in changed:
        for group in groups:
            if len(group) < AT_ONCE and together(_source(module), [*group, change]):
                group.append(change)
                break
        else:
            groups.append([change])
    return groups


def _together(module: str, group: list[Change], depth: int) -> Iterator[tuple[Change, Found]]:
    """All at once survive, or each half by itself is judged."""
    source = together(_source(module), group)
    found = _in_a_fork(partial(noticed, depth=depth), module, source, JUDGE)
    if len(group) == 1 or found == ("", ""):
        yield from ((each, found) for each in group)
    else:
        half = len(group) // 2
        yield from _together(module, group[:half], depth)
        yield from _together(module, group[half:], depth)


def _difference(healthy: Sequence[str], heard: Sequence[str]) -> str:
    """How many answers differ, and of the first what was asked, what is due and what came."""
    differing = [(due, came) for due, came in zip(healthy, heard, strict=True) if due != came]
    due, came = differing[0]
    same = itertools.takewhile(lambda each: each[0] == each[1], zip(due, came, strict=False))
    begin = max(0, sum(1 for _ in same) - 20)
    return f"{len(differing)} answers; {due.partition(': ')[0]}: {due[begin:][:80]} | {came[begin:][:80]}"


def _in_a_fork(work: Callable[..., T], module: str, source: str, seconds: float) -> T | None:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        return forked(work, Path(folder), module, source, seconds=seconds)


def read() -> list[Row]:
    if not CSV.exists():
        return []
    with CSV.open(newline="", encoding="utf-8") as file:
        return [Row(each.pop("module"), int(each.pop("line")), **each) for each in csv.DictReader(file)]


def _write(rows: Iterable[Row]) -> None:
    with CSV.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, rows))


def render(rows: Sequence[Row], every: Mapping[str, int]) -> str:
    """RESULTS.md. `every`: how many changes there are of a module."""
    rows = [each for each in rows if each.verdict != WAITING]
    altered = [each for each in rows if each.verdict not in (BROKEN, SAME)]
    noticed = [each for each in altered if each.verdict == CAUGHT]
    allowed = [each for each in altered if each.verdict == SURVIVED and is_allowed(*each.change)]
    missed = [each for each in altered if each not in noticed and each not in allowed]
    by = ", ".join(f"{part} {number}" for part, number in Counter(each.by for each in noticed).most_common())

    def line(name: str, count: int, of: Callable[[Row], bool]) -> str:
        judged, same, open_, seen, not_seen = (
            sum(map(of, each))
            for each in (rows, (each for each in rows if each not in altered), allowed, noticed, missed)
        )
        share = f"{100 * seen / (seen + not_seen):.0f} %" if seen + not_seen else ""
        return f"| {name} | {count} | {judged} | {same} | {open_} | {seen} | {not_seen} | {share} |"

    return "\n".join([
        "# Changes by a machine, and what noticed them", "",
        "Made by `python -m contract_tests.power.mutants`; nothing here is written by hand but the reasons.", "",
        f"{len(rows)} of {sum(every.values())} changes, by the commit that they were judged at:",
        f"{told(each.commit for each in rows)}; with a +, something differed from it.",
        f"{sum(each.verdict == BROKEN for each in rows)} do not start, and "
        f"{sum(each.verdict == SAME for each in rows)} alter no answer of the dialogue; some of these might",
        "alter another answer, so this is a lower bound of what there is to notice.",
        f"{len(altered)} alter an answer. {len(allowed)} of them alter only what the description leaves open: such a",
        "server is not wrong, and nothing is to be said of it; the reasons are below.",
        f"Of the {len(noticed) + len(missed)} that are wrong the contract run notices "
        f"**{len(noticed)}, {100 * len(noticed) / (len(noticed) + len(missed) or 1):.0f} %**",
        f"({by}). It is told what a stranger can tell it: `--reset`, two tokens and two sites.", "",
        "| module | changes | judged | no answer altered | altered, allowed | wrong, noticed | wrong, missed "
        "| noticed of the wrong |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(line(f"`{module}`", every[module], lambda row, of=module: row.module == of) for module in MODULES),
        line("all", sum(every.values()), lambda row: True), "",
        "## Allowed by the description", "",
        *(f"- {why} {'; '.join(map(_shown, each))}." for why, each in _by_reason(allowed).items()), "",
        "## Wrong, and missed", "",
        *(f"- {why} {'; '.join(map(_shown, each))}." for why, each in _by_reason(missed).items()),
    ]) + "\n"  # fmt: skip


def _by_reason(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        why = reason(*row.change) or f"Nobody knows why ({row.verdict}):"
        found.setdefault(why, []).append(row)
    return found


def _shown(row: Row) -> str:
    return f"`{row.module}` {row.line}: `{row.before}` became `{row.after}`"


if __name__ == "__main__":
    raise SystemExit(main())
