"""With which status and which words a command ends, and what a terminal is asked; also when somebody has enough."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import webflow_orders_cli
from webflow_orders import errors
from webflow_orders_cli import app as command
from webflow_orders_mock import order

from contract_tests.cli.conftest import IDS, Run, Shop

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
from contract_tests.cli.terminals import Terminal  # noqa: E402  # It needs pty as well.

CALL = errors.Call(operation="get-order", method="GET", path="/")


def test_each_error_has_its_advice() -> None:
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.WebflowOrdersError)
    }
    speechless = {
        kind.__name__ for kind in kinds if not any(issubclass(kind, known) for known, _ in command.ADVICE)
    }
    # Its base classes; those that a command cannot meet; and the one that is not "not done".
    assert speechless == {
        "WebflowOrdersError", "APIStatusError", "LimiterUnavailableError", "ClientClosedError", "EventLoopError",
        "OutcomeUnknownError",
    }  # fmt: skip


@pytest.mark.parametrize(("words", "says"), [
    ((), "Commands"), (("--help",), "Commands"), (("refund", "--help"), "--reason"),
])  # fmt: skip
def test_help_is_on_stdout(run: Run, words: tuple[str, ...], says: str) -> None:
    said = run(*words)
    assert (said.status, said.err) == (0, "")
    assert says in said.out


@pytest.mark.parametrize("columns", ["0", "1"])
def test_help_is_shown_where_the_width_is_not_known(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = run("--help")
    assert (said.status, "Ship an order, or all parcels of a file." in said.out, said.err) == (0, True, "")


def test_the_version_is_the_package_s(run: Run) -> None:
    assert run("--version").out.strip() == importlib.metadata.version("webflow-orders")


@pytest.mark.parametrize("words", [
    ("lst",), ("list", "--stauts", "x"), ("list", "--status", "shipped"), ("list", "more"), ("show",),
    ("show", "a b"),
    ("refund", "dfa-3f1", "--reason", "[red]because"), ("list", "--csv", "--json"),
    ("settle", "--give-up-after", "soon"),
    ("completion", "tcsh"), ("show", "x", "--token"),
])  # fmt: skip
def test_a_command_line_that_cannot_be_right_ends_with_two(shop: Shop, words: tuple[str, ...]) -> None:
    said = shop.run(*words)
    assert (said.status, said.out) == (2, "")
    assert said.err.strip()
    assert len(shop.mock.ledger) == 0


def test_what_was_not_done_ends_with_one_and_says_what_to_do(shop: Shop) -> None:
    shop.put(order("111-111", status="refunded"))
    said = shop.run("ship", "111-111")
    assert (said.status, "the order is refunded" in said.err) == (1, True)
    said = shop.run("refund", "111-111", "--yes", "111-111")
    assert (said.status, "is refunded already; nothing was sent" in said.err) == (1, True)
    said = shop.run("list", "--site", shop.mock.site_id_without_shop)
    assert (said.status, "Not done: 409 ecommerce_not_enabled" in said.err) == (1, True)
    said = shop.run("list", "--base-url", "http://127.0.0.1:9")
    assert (said.status, "check the network" in said.err) == (1, True)


@pytest.mark.usefixtures("without_looks")
def test_what_nobody_knows_ends_with_three_and_is_settled_later(shop: Shop) -> None:
    shop.mock.faults.outage(status=502, operation="refund-order", applied=True)
    said = shop.run("refund", IDS[0], "--yes", IDS[0])
    assert said.status == 3
    assert "Do not send it again. In a minute: webflow-orders settle" in said.err
    assert shop.order(IDS[0]).status == "refunded"
    said = shop.run("unsettled")
    assert said.status == 3
    assert IDS[0] in said.out
    said = shop.run("settle", "--json")
    assert (said.status, [json.loads(line)["became"] for line in said.out.splitlines()]) == (0, ["done"])
    assert shop.run("unsettled").status == 0

    shop.mock.faults.outage(status=502, operation="refund-order")
    assert shop.run("refund", IDS[1], "--yes", IDS[1]).status == 3
    said = shop.run("settle")
    assert (said.status, "--give-up-after" in said.err) == (3, True)
    assert shop.run("settle", "--give-up-after", "1h").status == 3
    assert shop.run("settle", "--give-up-after", "0s").status == 0
    assert "Nothing is unsettled." in shop.run("settle").err


@pytest.mark.usefixtures("without_looks")
def test_an_e_mail_that_nobody_knows_of_is_told_when_it_is_settled(shop: Shop) -> None:
    shop.mock.faults.outage(status=502, operation="fulfill-order", applied=True)
    assert shop.run("ship", IDS[0], "--email").status == 3
    said = shop.run("settle")
    assert said.status == 3
    assert "whether the e-mail to the customer went out" in said.out


# ------------------------------------------------------------ money


@pytest.mark.parametrize("yes", [(), ("--yes", IDS[1]), ("--yes", "")])
def test_without_a_terminal_nothing_is_refunded_but_by_the_id_again(shop: Shop, yes: tuple[str, ...]) -> None:
    said = shop.run("refund", IDS[0], *yes)
    assert said.status == 2
    assert len(shop.mock.ledger) == 0


def test_a_refund_by_the_id_again_shows_the_order_and_is_done(shop: Shop) -> None:
    said = shop.run("refund", IDS[0], "--reason", "requested", "--yes", IDS[0], "--json")
    assert said.status == 0
    assert json.loads(said.out)["status"] == "refunded"
    assert "Wilhelmina Quandt" in said.err
    assert shop.sent() == [("refund", IDS[0])]


@pytest.mark.parametrize(("typed", "status"), [
    (f"{IDS[0]}\n", 0), ("yes\n", 1),
])  # fmt: skip
def test_at_a_terminal_a_refund_takes_the_id_of_the_order(shop: Shop, typed: str, status: int) -> None:
    with Terminal("refund", IDS[0]) as terminal:
        shown = terminal.until("type the order's id:")
        assert "Wilhelmina Quandt" in shown
        assert "59.00 USD" in shown
        assert shop.sent() == [], "not before it is typed"
        terminal.type(typed)
        assert terminal.end() == status
    assert shop.sent() == ([] if status else [("refund", IDS[0])])
    assert (f"{IDS[0]} is refunded." if status == 0 else "nothing was refunded") in terminal.text


@pytest.mark.parametrize(("typed", "ships", "width"), [("y\n", True, 80), ("\n", False, 120)])
def test_at_a_terminal_a_file_is_shown_and_asked_about(
    shop: Shop, typed: str, ships: bool, width: int
) -> None:
    file = shop.file("order;tracking\n" + "".join(f"{each};TR{each}\n" for each in IDS))
    with Terminal("ship", file, "--email", width=width) as terminal:
        shown = terminal.until("[y/N]")
        assert f"Ship {len(IDS)} parcels and e-mail the customers? It takes less than a minute." in shown
        assert all(len(line) <= width for line in shown.split("\n"))
        terminal.type(typed)
        assert terminal.end() == (0 if ships else 1)
    assert len(shop.sent()) == (2 * len(IDS) if ships else 0)
    if ships:
        assert f"{len(IDS)}/{len(IDS)}" in terminal.text
        assert f"{len(IDS)} shipped." in terminal.text


def test_what_a_server_sends_is_not_obeyed_by_a_terminal(shop: Shop) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m[red]bold[/red]"
    shop.put({**order("666-666"), "comment": evil, "customerInfo": {"fullName": evil, "email": evil}})
    with Terminal("show", "666-666") as terminal:
        assert terminal.end() == 0
    assert "[red]bold[/red]" in terminal.text.replace("\n", "")
    for sequence in ("\x1b[2J", "\x1b]0", "\x07", "\x9b"):
        assert sequence not in terminal.raw


def wait_for(write: tuple[str, str], shop: Shop, terminal: Terminal) -> None:
    """Until the server has it, whose answer is kept back."""
    while write not in shop.sent() and terminal.process.poll() is None:
        threading.Event().wait(0.01)


def test_ctrl_c_says_what_is_unsettled(shop: Shop) -> None:
    shop.mock.faults.latency(600, operation="refund-order")
    with Terminal("refund", IDS[0]) as terminal:
        terminal.until("type the order's id:")
        terminal.type(f"{IDS[0]}\n")
        wait_for(("refund", IDS[0]), shop, terminal)
        terminal.interrupt()
        assert terminal.end() == 3
    assert f"Unsettled: refund-order of order {IDS[0]} (KeyboardInterrupt" in terminal.text
    assert "Do not send it again." in terminal.text
    assert "Traceback" not in terminal.text
    assert shop.run("settle").status == 0


def test_ctrl_c_before_anything_is_sent_leaves_nothing(shop: Shop) -> None:
    with Terminal("refund", IDS[0]) as terminal:
        terminal.until("type the order's id:")
        terminal.interrupt()
        # Of a signal that came just before it began to read, Python hears only when it has read.
        with suppress(OSError):
            terminal.type("\n")
        assert terminal.end() == 1
    assert "Nothing is unsettled." in terminal.text
    assert shop.sent() == []


def test_ctrl_c_between_parcels_is_made_good_by_the_next_run(shop: Shop) -> None:
    file = shop.file("order,tracking\n" + "".join(f"{each},TR{each}\n" for each in IDS))
    shop.mock.faults.latency(600, operation="fulfill-order", order_id=IDS[2])
    with Terminal("ship", file, "--yes", "--email") as terminal:
        wait_for(("fulfill", IDS[2]), shop, terminal)
        terminal.interrupt()
        assert terminal.end() == 3
    assert f"Unsettled: fulfill-order of order {IDS[2]}" in terminal.text
    said = shop.run("ship", file, "--yes", "--email")
    assert said.status == 3
    assert f"Whether the e-mail about order {IDS[2]} went out is not known" in said.err
    assert [what for what in shop.sent() if what[0] == "fulfill"] == [("fulfill", each) for each in IDS]


# ------------------------------------------------------------ around it


# What is completed after "webflow-orders un"; in zsh, whose completion wants a terminal, by what is called for it.
COMPLETED = {
    "bash": r"""
eval "$(cat completion)"
COMP_WORDS=(webflow-orders un) COMP_CWORD=1 COMP_LINE="webflow-orders un" COMP_POINT=17
"$(complete -p webflow-orders | sed 's/.*-F \([^ ]*\).*/\1/')" webflow-orders un webflow-orders
printf '%s\n' "${COMPREPLY[@]}"
""",
    "zsh": r"""
autoload -Uz compinit && compinit -D -u
eval "$(cat completion)"
_arguments() { state=cmds }
_describe() { print -l ${(M)${(@P)${@[-1]}}:#un*} }
$_comps[webflow-orders]
""",
    "fish": r"""
eval "$(cat completion)"
complete -C "webflow-orders un"
""",
}


@pytest.mark.parametrize("shell", COMPLETED)
def test_a_shell_completes_it(run: Run, tmp_path: Path, shell: str) -> None:
    said = run("completion", shell)
    assert said.status == 0
    for word in ("ship", "skip-wrong", "unsettled", "give-up-after", "dispute-lost"):
        assert word in said.out
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    (tmp_path / "completion").write_text(said.out)
    done = subprocess.run(
        [program, "-c", COMPLETED[shell]], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert {re.split(r"[:\s]", line)[0] for line in done.stdout.splitlines()} == {"unsettled", "unship"}, (
        done.stderr
    )


@pytest.mark.parametrize(("name", "option"), [("mock", "--synthetic"), ("contract", "--own-server")])
def test_the_mock_and_the_contract_run_have_their_own_options(run: Run, name: str, option: str) -> None:
    said = run(name, "--help")
    assert said.status == 0
    assert option in said.out
    assert run(name, "--no-such-option").status == 2


@pytest.mark.parametrize("missing", ["cyclopts", "rich"])
def test_without_the_extra_it_says_how_to_install_it(missing: str, tmp_path: Path) -> None:
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('no', name={missing!r})")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run(
        [sys.executable, "-m", "webflow_orders_cli", "list"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"webflow-orders needs {missing}: pip install 'webflow-orders[cli]'\n"


def test_ctrl_c_while_it_starts_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "cyclopts.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "webflow_orders_cli", "list"], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Interrupted. Nothing was sent.\n")


def test_it_is_made_of_public_names_alone() -> None:
    """import-linter sees modules; this sees names."""
    folder = Path(webflow_orders_cli.__file__).parent
    private: list[Any] = []
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("webflow_orders"):
                names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
                private += [
                    (path.name, name) for name in names if name.startswith("_") and name != "__version__"
                ]
            if isinstance(node, ast.Import):
                private += [
                    (path.name, each.name) for each in node.names if each.name.startswith("webflow_orders.")
                ]
    assert private == []
