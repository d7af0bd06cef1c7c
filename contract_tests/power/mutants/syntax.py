"""Every small change of a module's source, one at a time.

A comparison, a boolean, a number, a word, a sign, an argument, a condition, a statement that is left out. Not changed
are docstrings, types, and sentences for people, which no contract fixes.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

# What is compared by one is compared by the other; both ways.
_PAIRS = (
    (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn),
    (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.BitOr, ast.BitAnd),
)  # fmt: skip
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    one: other for pair in _PAIRS for one, other in (pair, pair[::-1])
}
_Slot = tuple[ast.AST | list[ast.AST], str | int, ast.AST]
# Types, and what is read once when the program starts for those who read it.
UNTOUCHED = {"annotation", "returns", "decorator_list", "type_params", "bases"}


@dataclass(frozen=True)
class Change:
    """One mutant of a source: the line, what stood there and what stands there now, and the whole."""

    line: int
    before: str
    after: str
    source: str


def changes(source: str) -> Iterator[Change]:
    """In the order of the source, the same for the same source. Of two that read alike the second has a number."""
    tree, alike = ast.parse(source), Counter[tuple[int, str, str]]()
    found = [
        (node.lineno, node.col_offset, slot) for slot in _slots(tree) if hasattr(node := slot[2], "lineno")
    ]
    for line, _, (holder, key, node) in sorted(found, key=lambda each: each[:2]):
        for other in _others(node):
            _put(holder, key, other)
            before, after = _shown(node), _shown(other)
            alike[line, before, after] += 1
            number = alike[line, before, after]
            yield Change(line, before if number == 1 else f"{before} ({number})", after, ast.unparse(tree))
            _put(holder, key, node)


def together(source: str, some: Sequence[Change]) -> str:
    """The source with all of these, or "" if one of them is where another is."""
    whole = text = ast.unparse(ast.parse(source))
    last = len(whole) + 1
    for begin, end, put in sorted((_edit(whole, each.source) for each in some), reverse=True):
        if end >= last:
            return ""
        text, last = text[:begin] + put + text[end:], begin
    return text


def _edit(whole: str, changed: str) -> tuple[int, int, str]:
    """From where to where another text stands, and which."""
    begin = _alike(whole, changed)
    end = _alike(whole[begin:][::-1], changed[begin:][::-1])
    return begin, len(whole) - end, changed[begin : len(changed) - end]


def _alike(one: str, other: str) -> int:
    """With how many of the same characters both begin."""
    return sum(1 for _ in takewhile(lambda each: each[0] == each[1], zip(one, other, strict=False)))


def _slots(parent: ast.AST) -> Iterator[_Slot]:
    """Where each node hangs, from the top down."""
    for name, value in ast.iter_fields(parent):
        if name in UNTOUCHED or isinstance(parent, ast.JoinedStr):
            continue
        holder: ast.AST | list[ast.AST] = value if isinstance(value, list) else parent
        children = list(enumerate(value)) if isinstance(value, list) else [(name, value)]
        for key, node in children:
            if isinstance(node, ast.AST) and not _is_for_readers(node):
                yield holder, key, node
                yield from _slots(node)


def _is_for_readers(node: ast.AST) -> bool:
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_type = isinstance(node, ast.AnnAssign) and node.value is None
    is_alias = (
        isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"
    )
    is_for_checkers = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    is_import = isinstance(node, ast.Import | ast.ImportFrom)
    return is_docstring or is_type or is_alias or is_for_checkers or is_import


def _put(holder: ast.AST | list[ast.AST], key: str | int, node: ast.AST) -> None:
    if isinstance(holder, list):
        holder[int(key)] = node
    else:
        setattr(holder, str(key), node)


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand in its place."""
    if isinstance(node, ast.Compare):
        yield _with(node, ops=[OTHER[type(node.ops[0])](), *node.ops[1:]])
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER:
        yield _with(node, op=OTHER[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _values(node.value))
    elif isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif (
        isinstance(node, ast.Call)
        and len(node.args) > 1
        and not any(isinstance(each, ast.Starred) for each in node.args)
    ):
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    elif _can_be_left_out(node):
        yield ast.Pass()


def _can_be_left_out(node: ast.AST) -> bool:
    """A statement without which the names that follow are still there."""
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], ast.Name | ast.Tuple)
    return isinstance(node, ast.Raise | ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    )


def _values(value: object) -> Iterator[bool | int | float | str | bytes]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        if value > 0:
            yield value - 1
    elif isinstance(value, str) and value and " " not in value:
        yield value + "x"
    elif isinstance(value, bytes) and value:
        yield value[:-1]


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _shown(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]
