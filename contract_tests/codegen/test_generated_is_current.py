"""Is generated/ what openapi.yaml says, and can nothing else get in there?"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from tokenize import generate_tokens as tokenize
from types import ModuleType

import pytest


@pytest.fixture
def package(generate: ModuleType, tmp_path: Path) -> Path:
    """A copy of the committed package."""
    copy = tmp_path / "generated" / "webflow_orders_generated"
    shutil.copytree(generate.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_a_rebuild_would_change_nothing(generate: ModuleType) -> None:
    assert generate.main(["--check"]) == 0


def test_the_bytes_do_not_depend_on_the_machine(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "a folder with blanks"
    elsewhere.mkdir()
    # A configuration that a machine may have lying about, and another place, language and zone.
    (tmp_path / "pyproject.toml").write_text(
        "[tool.ruff]\nline-length = 40\n[tool.datamodel-codegen]\nsnake-case-field=false\n"
    )
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "C")
    generate.build(generate.SPEC, elsewhere / generate.PACKAGE.name)
    assert generate.differences(generate.PACKAGE, elsewhere / generate.PACKAGE.name) == []


def test_drift_names_each_stale_file_and_the_remedy(
    generate: ModuleType, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "client" / "models" / "price.py").write_text("# edited by hand\n")
    (package / "left_over.py").write_text("")
    (package / "schemas.py").unlink()
    before = generate.contents(package)
    assert generate.main(["--check", "--package", str(package)]) == 1
    printed = capsys.readouterr().out
    assert "make generate" in printed
    assert [line.strip() for line in printed.splitlines()[1:]] == [
        "client/models/price.py",
        "left_over.py",
        "schemas.py",
    ]
    assert generate.contents(package) == before


def test_a_client_that_blocks_is_made_of_the_one_that_awaits(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed = generate.twins.TWIN.read_text("utf-8")
    twin = tmp_path / "blocking.py"
    twin.write_text(committed + "# edited by hand\n", "utf-8")
    monkeypatch.setattr(generate.twins, "TWIN", twin)
    assert generate.main(["--check"]) == 1
    assert "blocking.py" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert twin.read_text("utf-8") == committed
    assert not {"async", "await"} & {token.string for token in tokenize(io.StringIO(committed).readline)}


def test_a_new_field_and_a_new_operation_reach_both_generators(
    generate: ModuleType, package: Path, spec_file: Path
) -> None:
    text = spec_file.read_text("utf-8")
    text = text.replace(
        "        isCustomerDeleted:", "        giftWrapColour: {type: string}\n        isCustomerDeleted:", 1
    )
    text = text.replace("\nwebhooks:\n", NINTH_OPERATION + "\nwebhooks:\n", 1)
    spec_file.write_text(text, "utf-8")
    assert generate.main(["--spec", str(spec_file), "--package", str(package)]) == 0
    assert "gift_wrap_colour: str | None = None" in (package / "client/models/order.py").read_text()
    assert "gift_wrap_colour" in (package / "schemas.py").read_text()
    assert (package / "client/api/orders/archive_order.py").exists()


NINTH_OPERATION = """
  /v2/sites/{site_id}/orders/{order_id}/archive:
    post:
      operationId: archive-order
      tags: [orders]
      summary: Archive Order
      parameters:
        - $ref: '#/components/parameters/SiteId'
        - $ref: '#/components/parameters/OrderId'
      responses:
        '200':
          description: The order.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
"""


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        pytest.param("enum: [shipping, billing]", "enum: [shipping, 7]", id="an enum of mixed types"),
        pytest.param(
            "#/components/schemas/CardExpiry'", "#/components/schemas/Nowhere'", id="a reference to nothing"
        ),
        pytest.param(
            "type: array\n          default: []",
            "type: array\n          items: [a]",
            id="items that are a list",
        ),
        pytest.param("paths:\n", "paths: [\n", id="no YAML"),
    ],
)
def test_what_cannot_be_generated_fails_loudly_and_leaves_the_old_tree_whole(
    generate: ModuleType, package: Path, spec_file: Path, there: str, instead: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    text = spec_file.read_text("utf-8")
    assert there in text
    spec_file.write_text(text.replace(there, instead), "utf-8")
    before = generate.contents(package)
    assert generate.main(["--spec", str(spec_file), "--package", str(package)]) == 2
    assert "left as it was" in capsys.readouterr().err
    assert generate.contents(package) == before
    assert sorted(path.name for path in package.parent.iterdir()) == [package.name]


def test_every_generated_module_says_so_and_no_other_file_does(generate: ModuleType, root: Path) -> None:
    mark = "@" + "generated from"
    for path in generate.PACKAGE.rglob("*.py"):
        assert path.read_text("utf-8").startswith(generate.STAMP), f"{path} lacks the mark"
    ours = [path for place in ("overrides", "contract_tests") for path in (root / place).rglob("*.py")]
    marked = [path for path in ours if mark in path.read_text("utf-8") and path.parent != generate.CODEGEN]
    assert marked == [generate.twins.TWIN]
