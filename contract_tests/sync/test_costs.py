"""Are the costs that the README and the docs state those that the planner works out?"""

from __future__ import annotations

from pathlib import Path

from contract_tests.sync.costs import fleet_lines, lines, plans


def test_the_table_of_the_readme_is_the_planners(root: Path) -> None:
    assert "\n".join(lines()) in (root / "README.md").read_text("utf-8")


def test_the_table_of_a_fleet_is_the_planners(root: Path) -> None:
    assert "\n".join(fleet_lines()) in (root / "overrides" / "docs" / "fleet.md").read_text("utf-8")


def test_a_daily_run_of_ten_thousand_orders_is_planned_to_take_a_tenth_of_the_first() -> None:
    first, plain, _ = plans(10_000, 60)
    assert plain.calls * 10 <= first.calls
    assert "fulfilled" not in [step.what for step in plain.steps]
