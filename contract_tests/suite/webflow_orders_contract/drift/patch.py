"""Changes of the description as lines of its file: everything that does not change stays as it was written."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..description import LOADER, words_of
from .spec_fixes import Change, applied

WIDTH = 118


def patched(text: str, changes: Sequence[Change]) -> str:
    """The YAML text with the changes made, from the last line to the first."""
    document = yaml.load(text, Loader=LOADER)
    wanted = applied(document, list(changes))
    root = yaml.compose(text, Loader=LOADER)
    edits: dict[tuple[int, int], list[str]] = {}
    for pointer in _outermost([_block(root, change.pointer) for change in changes]):
        begin, end, column = _lines(root, pointer, text)
        edits.setdefault((begin, end), []).extend(_written(wanted, pointer, column))
    lines = text.splitlines()
    for (begin, end), new in sorted(edits.items(), reverse=True):
        lines[begin:end] = new
    return "\n".join(lines) + "\n"


def diff(text: str, changes: Sequence[Change], name: str) -> str:
    after = patched(text, changes).splitlines()
    return "\n".join(
        difflib.unified_diff(text.splitlines(), after, name, f"{name}, proposed", lineterm="", n=2)
    )


def _outermost(pointers: list[str]) -> list[str]:
    unique = list(dict.fromkeys(pointers))
    return [each for each in unique if not any(each.startswith(f"{other}/") for other in unique)]


def _block(root: yaml.Node | None, pointer: str) -> str:
    """The pointer, or as far up as something stands in lines of its own: not within braces, not below what is new."""
    words, node, sure = pointer.split("/")[1:], root, 0
    for number, word in enumerate(words):
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            break
        sure = number + 1
        found = _member(node, words_of(f"/{word}")[0])
        if found is None:
            break
        node = found[1]
    return "".join(f"/{word}" for word in words[:sure])


def _member(node: yaml.MappingNode, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next(((key, value) for key, value in node.value if key.value == name), None)


def _lines(root: yaml.Node | None, pointer: str, text: str) -> tuple[int, int, int]:
    """Which lines are to be replaced (none, where something new goes), and how far the new ones are indented."""
    node: Any = root
    *path, last = words_of(pointer)
    for word in path:
        found = _member(node, word)
        assert found is not None, pointer
        node = found[1]
    there = _member(node, last)
    column = node.value[0][0].start_mark.column
    if there is None:
        end = _end(node, text)
        return end, end, column
    return there[0].start_mark.line, _end(there[1], text), column


def _end(node: Any, text: str) -> int:
    """The line after the last one of a node, without the blank lines and comments that follow it."""
    mark = node.end_mark
    end: int = mark.line + (1 if mark.column else 0)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        end = mark.line
    lines = text.splitlines()
    while end > node.start_mark.line + 1 and (
        not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"
    ):
        end -= 1
    return max(end, int(node.start_mark.line) + 1)


def _written(document: Mapping[str, Any], pointer: str, column: int) -> list[str]:
    value: Any = document
    for word in words_of(pointer):
        value = value[word]
    node: Any = yaml.SafeDumper(io.StringIO(), default_flow_style=None, sort_keys=False).represent_data(
        {words_of(pointer)[-1]: value}
    )
    # The key, and what it has, in lines of their own; what is short and inside of that, in braces.
    node.flow_style = False
    if isinstance(node.value[0][1], yaml.MappingNode):
        node.value[0][1].flow_style = False
    text: str = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=WIDTH - column)
    return [" " * column + line for line in text.splitlines()]
