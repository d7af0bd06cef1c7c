"""Does all that the READMEs show do what it says? Each block is type-checked and run, each command exists."""

from __future__ import annotations

import contextlib
import io
import itertools
import logging
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import webflow_orders

from contract_tests.packaging.checkers import TOOLS, Complaint, complaints
from contract_tests.packaging.conftest import Environment
from contract_tests.packaging.documents import MAKEFILE, PROJECT, READMES, Block, blocks, commands, words

PYTHON = {block.name: block for block in blocks() if block.language == "python"}
PROGRAMS = [block for block in PYTHON.values() if not block.tests]
TESTS = [block for block in PYTHON.values() if block.tests]


def named(block: Block) -> str:
    return block.name


def test_the_readmes_are_found() -> None:
    assert len(READMES) >= 10
    assert len(PYTHON) >= 5
    languages = {block.language for block in blocks() if not block.language.startswith("{")}
    assert languages <= {"python", "console", "yaml", "text", "json"}


def test_a_recipe_is_short() -> None:
    recipes = [block for block in PYTHON.values() if block.name.startswith("overrides_docs_recipes")]
    assert len(recipes) == 5
    assert all(sum(map(bool, block.text.splitlines())) <= 25 for block in recipes)


@pytest.fixture(scope="session", params=TOOLS)
def verdicts(
    request: pytest.FixtureRequest, everything: Environment, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Complaint]]:
    sources = {name: block.source for name, block in PYTHON.items()}
    return complaints(request.param, everything, sources, tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("name", PYTHON)
def test_a_block_passes_the_type_checkers(name: str, verdicts: dict[str, list[Complaint]]) -> None:
    assert verdicts[name] == []


class Shop:
    """Runs blocks against the mock: whatever client they make is the mock's, on its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: dict[str, Any] = {"__name__": "readme"}
        self.patch = monkeypatch

    def open(self, block: Block) -> Any:
        """Runs the prelude; returns the mock."""
        prelude, _, _ = block.source.partition(block.text)
        exec(compile(prelude, "prelude", "exec"), self.names)
        mock = self.names["mock"]

        async def sleep(seconds: float) -> None:
            mock.forward(seconds)

        ours = {"token": mock.token, "transport": mock.transport(sleep=mock.forward), "clock": mock.now}
        blocking, awaiting = webflow_orders.OrdersClient, webflow_orders.AsyncOrdersClient
        self.patch.setattr(
            webflow_orders,
            "OrdersClient",
            lambda **given: blocking(**given | ours, sleep=mock.forward),
            raising=False,
        )
        self.patch.setattr(
            webflow_orders,
            "AsyncOrdersClient",
            lambda **given: awaiting(**given | ours, sleep=sleep),
            raising=False,
        )
        return mock

    def run(self, block: Block) -> str:
        """What the block prints."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block.text, block.name, "exec"), self.names)
        return out.getvalue()


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(monkeypatch)


@pytest.mark.parametrize("block", PROGRAMS, ids=named)
def test_a_program_runs(block: Block, shop: Shop) -> None:
    shop.open(block)
    shop.run(block)


@pytest.mark.parametrize("block", TESTS, ids=named)
def test_a_test_passes(block: Block, everything: Environment, tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(block.text)
    done = everything.run("-m", "pytest", "-q", "-W", "error", "test_theirs.py", cwd=tmp_path)
    assert f"{block.tests} passed" in done.stdout, done.stdout + done.stderr


def block_with(text: str) -> Block:
    (block,) = (block for block in PROGRAMS if block.name.startswith("README_") and text in block.text)
    return block


def test_the_first_program_ships_what_is_unfulfilled_and_says_so(shop: Shop) -> None:
    block = block_with("orders.fulfill(")
    mock = shop.open(block)
    unfulfilled = [order_id for (site, order_id), order in mock.orders.items() if order.status == "unfulfilled"
                   and site == mock.site_id]  # fmt: skip
    printed = shop.run(block).splitlines()
    assert [line.split()[0] for line in printed] == unfulfilled
    assert re.fullmatch(r"dfa-3f1 \d+\.\d\d USD", printed[unfulfilled.index("dfa-3f1")])
    assert {mock.orders[mock.site_id, order_id].status for order_id in unfulfilled} == {
        "fulfilled",
        "refunded",
    }
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "refunded"


@pytest.mark.parametrize(
    ("weather", "says"),
    [
        (lambda mock, orders: None, []),
        (
            lambda mock, orders: mock.faults.outage(status=502, operation="refund-order", applied=True),
            ["INFO refunded; the"],
        ),
        (
            lambda mock, orders: mock.faults.outage(status=502, operation="refund-order"),
            ["CRITICAL dfa-3f1: make its status refunded? last seen Order("],
        ),
        (
            lambda mock, orders: orders.refund("dfa-3f1"),
            ["INFO the shop refuses: it may be refunded already; it is refunded"],
        ),
        (
            lambda mock, orders: mock.faults.rate_limit(times=9, operation="refund-order"),
            ["WARNING not refunded, can be tried again: "],
        ),
    ],
    ids=["healthy", "answer lost", "unknown", "refunded already", "throttled"],
)
def test_the_program_about_refunds_says_how_each_ended(
    weather: Any, says: list[str], shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    block = block_with("confirmed_by_rereading")
    mock = shop.open(block)
    weather(mock, shop.names["orders"])
    caplog.clear()
    with caplog.at_level(logging.INFO, "shop"):
        shop.run(block)
    told = [f"{record.levelname} {record.getMessage()}" for record in caplog.records if record.name == "shop"]
    assert len(told) == len(says)
    assert all(line.startswith(start) for line, start in zip(told, says, strict=True)), told


@cache
def help_of(*module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *module, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_options(module: str, arguments: list[str]) -> None:
    # A program with commands explains the options of each by itself.
    known = help_of(module, *itertools.takewhile(lambda word: not word.startswith("--"), arguments))
    for word in arguments:
        if word.startswith("--"):
            assert re.search(rf"{word.partition('=')[0]}(?![\w-])", known), f"{module} has no {word}"


@pytest.mark.parametrize("command", commands())
def test_a_command_exists(command: str) -> None:
    program, *arguments = words(command)
    if program == "pip":
        assert arguments[0] == "install"
        for requirement in arguments[1:]:
            name, _, extras = requirement.rstrip("]").partition("[")
            if name == PROJECT["name"]:
                assert set(extras.split(",")) - {""} <= set(PROJECT["optional-dependencies"])
    elif program == "make":
        for word in arguments:
            variable, is_one, _ = word.partition("=")
            known = rf"\$\((?:or )?\$?\(?{variable}\b" if is_one else rf"^{word}:"
            assert re.search(known, MAKEFILE, re.MULTILINE), f"make has no {variable}"
    elif program in PROJECT["scripts"]:
        check_options(PROJECT["scripts"][program].partition(":")[0].removesuffix(".__main__"), arguments)
    elif program in ("python", "python3"):
        assert arguments[0] == "-m"
        check_options(arguments[1], arguments[2:])
    else:
        assert program in ("curl", "export"), f"there is no {program}"
