"""The short account on the screen: operations, then steps, then what failed and how to see it again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..drive.driver import KINDS, StepResult
from ..fuzz.tally import Tally
from ..model.runner import ModelResult
from ..webhooks.result import WebhookResult
from .causes import Cause
from .page import steps
from .result import Result


def show(console: Console, result: Result) -> None:
    if result.site:
        console.print(_operations(result.tally))
    if result.model is not None:
        console.print(_model(result.model))
    if result.site:
        console.print(_steps(result.drive))
    if result.webhooks is not None:
        console.print(_webhooks(result.webhooks))
    if result.site:
        console.print(_validated(result), highlight=False, soft_wrap=True)
    for cause in result.causes:
        _cause(console, cause)
    if result.causes and result.again:
        console.print(f"\n{result.again}", style="dim", highlight=False, soft_wrap=True)
    for what in result.not_judged:
        console.print(Text(f"Not judged: {what}", "yellow"), soft_wrap=True)
    console.print()
    console.print(Text(result.verdict(), "bold green" if result.ok else "bold red"))
    where = result.unwritten or f"Report: {result.report / 'index.html'}"
    console.print(where, highlight=False, soft_wrap=True)


def _operations(tally: Tally) -> Table:
    table = Table(title=f"Schemathesis, {tally.seconds:.0f} s", title_justify="left", show_footer=True)
    rows = list(tally.rows.values())
    table.add_column("operation", footer="in all")
    for name, value in (
        ("cases", tally.cases),
        ("checks", sum(row.checks for row in rows)),
        ("2xx", sum(row.answered_2xx for row in rows)),
        ("failures", len(tally.failures)),
        ("time", f"{sum(row.seconds for row in rows):.1f} s"),
    ):
        table.add_column(name, footer=str(value), justify="right")
    for row in rows:
        numbers = [str(number) for number in (row.cases, row.checks, row.answered_2xx, row.failures)]
        table.add_row(row.operation, *numbers, f"{row.seconds:.1f} s", style="red" if row.failures else None)
    return table


def _model(model: ModelResult) -> Table:
    table = Table(title=f"The model, {model.seconds:.0f} s", title_justify="left")
    for name in ("sequences", "requests", "failures"):
        table.add_column(name, justify="right")
    numbers = [str(number) for number in (model.sequences, model.requests, int(not model.ok))]
    table.add_row(*numbers, style=None if model.ok else "red")
    return table


def _webhooks(found: WebhookResult) -> Table:
    title = f"{found.part.capitalize()}: {found.deliveries} deliveries, {found.seconds:.0f} s"
    table = Table(title=title, title_justify="left")
    table.add_column("check")
    for name in ("held", "failed"):
        table.add_column(name, justify="right")
    for check, (held, failed) in found.counts.items():
        table.add_row(check, str(held), str(failed), style="red" if failed else None)
    return table


def _steps(drive: Sequence[StepResult]) -> Table:
    table = Table(title="The generated client", title_justify="left")
    for name in ("step", *KINDS, "what it saw"):
        table.add_column(name)
    for both in steps(drive):
        verdicts = [both.verdicts.get(client, "") for client in KINDS]
        note, style = ("see below", "red") if both.failed else (both.note, None)
        table.add_row(both.step, *verdicts, note, style=style)
    return table


def _validated(result: Result) -> str:
    failed = bool(result.validator.failures)
    found = "some did not hold" if failed else "all of them held"
    return f"\n{result.validator.answers:,} answers were validated, whoever asked: {found}."


def _cause(console: Console, cause: Cause) -> None:
    # Never read as markup, never broken: the lines are there to be copied.
    console.print(Text(f"\n{cause.title}", "bold red"), soft_wrap=True)
    console.print(Text(f"  {cause.what} in {cause.places}"), soft_wrap=True)
    for line in filter(None, cause.more.split("\n")):
        console.print(Text(f"  {line}"), soft_wrap=True)
    if cause.curl:
        console.print(Text(f"  {cause.about}:", "dim"), soft_wrap=True)
    for line in cause.curl:
        console.print(Text(f"  {line}", "cyan"), soft_wrap=True)
