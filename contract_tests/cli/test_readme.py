"""Does the command print what the README shows?"""

from __future__ import annotations

import re
import shlex

import pytest

from contract_tests.cli.conftest import Shop
from contract_tests.conftest import ROOT

SECTION = (ROOT / "README.md").read_text("utf-8").partition("\n## The command\n")[2].partition("\n## ")[0]
SHOWN = re.findall(r"^\$ webflow-orders (.*--mock.*)\n((?:(?![$`]).*\n)+)", SECTION, re.MULTILINE)
PARCELS = "order,tracking\ndfa-3f1,00340434\n6b8-f04,00340435\n7c1-9fd,00340436\n"


def test_something_is_shown() -> None:
    assert len(SHOWN) >= 2


def test_what_is_installed_suffices_for_what_is_shown() -> None:
    (extras,) = re.findall(r"^\$ pip install 'webflow-orders\[(.*)\]'$", SECTION, re.MULTILINE)
    assert {*extras.split(",")} == {"cli", "testing"}, "testing has the mock"


@pytest.mark.parametrize(("words", "shown"), SHOWN)
def test_it_prints_what_is_shown(shop: Shop, words: str, shown: str) -> None:
    shop.file(PARCELS)
    said = shop.run(*shlex.split(words))
    first, _, rest = said.err.partition("\n")
    printed = [line.rstrip() for line in (first + "\n" + said.out + rest).splitlines()]
    assert printed == shown.splitlines()
