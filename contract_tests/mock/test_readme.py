"""The examples of the mock's README are tests, and pass."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from webflow_orders_mock import MockWebflow

README = "contract_tests/mock_server/webflow_orders_mock/README.md"


def test_the_examples_pass(root: Path) -> None:
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", (root / README).read_text("utf-8"), re.DOTALL):
        if "def test_" in block:
            exec(block, found)
    examples = [each for name, each in found.items() if name.startswith("test_")]
    assert len(examples) == 2
    for example in examples:
        mock = MockWebflow()
        example(mock)
        mock.close()
