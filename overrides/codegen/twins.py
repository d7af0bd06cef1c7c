"""The clients that block, made of those that await: the same text without what waits."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "webflow_orders" / "_clients" / "awaiting.py"
TWIN = SOURCE.with_name("blocking.py")
STAMP = "# @generated from awaiting.py. Do not edit; run `make generate`.\n"
QUIETLY = ("--quiet", "--no-cache", f"--stdin-filename={SOURCE}", "-")
RULES = (
    (r"\[each async for each in (.+)\]:", r"list(\1):"),
    (r"\basync (?=def |for |with )", ""),
    (r"\bawait ", ""),
    (r"\bAwaitable\[None\]", "None"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b__a(?=(enter|exit)__)", "__"),
    (r"_async\b", ""),
)


def text() -> str:
    """What TWIN is to be. In the house's layout, and without imports that only who awaits needs."""
    made = SOURCE.read_text("utf-8")
    for pattern, instead in RULES:
        made = re.sub(pattern, instead, made)
    for words in (("check", "--fix-only", "--select", "F401,I"), ("format",)):
        command = [sys.executable, "-m", "ruff", *words, *QUIETLY]
        made = subprocess.run(command, input=made, capture_output=True, text=True, check=True).stdout
    return STAMP + made


def is_stale() -> bool:
    return not TWIN.exists() or TWIN.read_text("utf-8") != text()
