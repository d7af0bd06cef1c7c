"""Can the files that are ready to copy be copied: do they parse, and would their commands be accepted?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml
from webflow_orders_contract.__main__ import settings_from

FOLDER = files("webflow_orders_contract").joinpath("ci")
NAMES = ("github-actions.yml", "gitlab-ci.yml")
SITE = "580e63e98c9a982ac9b8b741"


def _scripts(node: Any) -> Iterator[str]:
    """Every line that a shell would run."""
    if isinstance(node, dict):
        for key, child in node.items():
            if key in ("run", "script", "before_script"):
                for text in [child] if isinstance(child, str) else child:
                    yield from text.strip().splitlines()
            else:
                yield from _scripts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _scripts(child)


def _commands(name: str, program: str) -> list[list[str]]:
    lines = list(_scripts(yaml.safe_load(FOLDER.joinpath(name).read_text("utf-8"))))
    return [
        shlex.split(line.removesuffix("&"))
        for line in lines
        if line.split()[: len(program.split())] == program.split()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_each_command_is_one_that_the_program_accepts(name, monkeypatch):
    monkeypatch.setenv("WEBFLOW_TOKEN", "a-token-0815")
    commands = _commands(name, "webflow-orders-contract")
    assert len(commands) == 3
    accepted = [
        settings_from([word.replace("$WEBFLOW_SITE", SITE) for word in command[1:]]) for command in commands
    ]
    assert [(each.profile, each.plan) for each in accepted] == [
        ("mock", False),
        ("live", True),
        ("live", False),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_shop_is_only_read_and_the_token_is_in_no_command(name):
    for command in _commands(name, "webflow-orders-contract"):
        assert not {"--write", "--refund", "--invalid"} & set(command)
        assert not any("TOKEN" in word for word in command)


@pytest.mark.parametrize("name", NAMES)
def test_the_mock_of_the_example_is_started_as_it_can_be(name):
    (command,) = _commands(name, "python -m webflow_orders_mock")
    assert command[3:] == ["--port", "8080"]
    assert f"http://127.0.0.1:{command[-1]}" in FOLDER.joinpath(name).read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_every_night_and_keeps_junit_and_the_page(name):
    text = FOLDER.joinpath(name).read_text("utf-8")
    document = yaml.safe_load(text)
    assert all(
        "report/contract" in command for command in re.findall("webflow-orders-contract .*--report.*", text)
    )
    if name.startswith("github"):
        assert document[True]["schedule"][0]["cron"]
        uploads = [
            step
            for job in document["jobs"].values()
            for step in job["steps"]
            if "upload" in step.get("uses", "")
        ]
        assert [(step["if"], step["with"]["path"]) for step in uploads] == [
            ("always()", "report/contract")
        ] * 2
    else:
        kept = document[".webflow-orders-contract"]["artifacts"]
        assert kept["when"] == "always"
        assert kept["reports"]["junit"] == "report/contract/junit.xml"
        assert "schedule" in str(document[".webflow-orders-contract"]["rules"])


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_installed_by_name(name):
    installs = [
        line
        for line in _scripts(yaml.safe_load(FOLDER.joinpath(name).read_text("utf-8")))
        if "install" in line
    ]
    assert set(installs) == {"pip install 'webflow-orders[contract]'"}
