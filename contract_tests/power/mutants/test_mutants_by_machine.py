"""What the machine changes, that each change is one, and that its verdicts are counted as they are told."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from contract_tests.power.mutants.__main__ import CAUGHT, MODULES, SAME, STUCK, SURVIVED, WAITING, Row, render
from contract_tests.power.mutants.explained import ALLOWED, MISSED, reason
from contract_tests.power.mutants.judge import MOCK
from contract_tests.power.mutants.syntax import changes, together

SOURCE = '''
"""About."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from a import b

def f(a: int = 1) -> "None":
    """Says."""
    if a < 2 and not a:
        raise ValueError("this is a sentence")
    g(a, True, "word")
    self.x = a + 0
    return f"{a} words"
'''


def test_each_change_is_one_and_none_is_of_words_for_people():
    found = [(each.before, each.after) for each in changes(SOURCE)]
    assert found == [
        ("1", "2"),
        ("1", "0"),
        ("a < 2 and (not a)", "a < 2 or not a"),
        ("a < 2", "a <= 2"),
        ("2", "3"),
        ("2", "1"),
        ("not a", "a"),
        ("raise ValueError('this is a sentence')", "pass"),
        ("g(a, True, 'word')", "pass"),
        ("g(a, True, 'word')", "g(True, a, 'word')"),
        ("True", "False"),
        ("'word'", "'wordx'"),
        ("self.x = a + 0", "pass"),
        ("a + 0", "a - 0"),
        ("0", "1"),
    ]
    whole = ast.unparse(ast.parse(SOURCE))
    for each in changes(SOURCE):
        assert each.source != whole
        assert len(set(each.source.splitlines()) ^ set(whole.splitlines())) in (1, 2)


def test_changes_that_are_apart_can_be_made_at_once():
    source = "a = {'b': 1, 'c': 2}\nd(3)\n"
    of = {(each.before, each.after): each for each in changes(source)}
    one, two, call, three = of["1", "2"], of["'c'", "'cx'"], of["d(3)", "pass"], of["3", "4"]
    assert together(source, []) == "a = {'b': 1, 'c': 2}\nd(3)"
    assert together(source, [one, two, call]) == "a = {'b': 2, 'cx': 2}\npass"
    assert together(source, [call, three]) == ""
    assert together(source, [one, of["1", "0"]]) == ""


def test_of_two_changes_that_read_alike_both_are_judged():
    found = [(each.before, each.after) for each in changes("a = 1, 1")]
    assert found == [("1", "2"), ("1", "0"), ("1 (2)", "2"), ("1 (2)", "0")]


def test_every_module_that_is_named_is_changed():
    assert all(next(changes((MOCK / module).read_text("utf-8")), None) for module in MODULES)


IN_A_PROCESS = """
import json, sys
from pathlib import Path
from contract_tests.power.mutants.judge import MOCK, answers, forked

module, folder = "orders/lifecycle.py", Path(sys.argv[1])
source = (MOCK / module).read_text("utf-8")
heard = []
for number, text in enumerate((source + "# A comment.", source.replace("requested_by_customer", "asked"))):
    (folder / str(number)).mkdir()
    heard.append(forked(answers, folder / str(number), module, text, seconds=600))
print(json.dumps([*heard, forked(lambda: 1 // 0, seconds=600)]))
"""


def test_what_is_changed_is_what_is_asked(tmp_path: Path):
    """In a process of its own: a fork of this one, with the threads of a test run, could wait for ever."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    commented, changed, died = json.loads(done.stdout)
    assert died is None
    differing = [(due, came) for due, came in zip(commented, changed, strict=True) if due != came]
    assert differing
    assert all(due.replace("requested_by_customer", "asked") == came for due, came in differing)


def test_the_share_is_of_those_that_are_wrong():
    rows = [
        Row("app.py", 1, "a", "b", SAME, commit="abc"),
        Row("app.py", 2, "a", "b", CAUGHT, "drive", "get", "abc"),
        Row("app.py", 3, "a", "b", SURVIVED, commit="def"),
        Row("api/limits.py", 4, "60", "61", CAUGHT, "rule", "sums", "def"),
        Row("api/limits.py", 5, "60", "61", SURVIVED, commit="def"),
        Row("api/limits.py", 6, "60", "61", STUCK, commit="def"),
        Row("api/auth.py", 6, "a", "b", WAITING, commit="def"),
    ]
    told = render(rows, Counter({"app.py": 9, "api/limits.py": 3}))
    assert "5 alter an answer. 1 of them alter only what the description leaves open" in told
    assert "Of the 4 that are wrong the contract run notices **2, 50 %**" in told
    assert "| `app.py` | 9 | 3 | 1 | 0 | 1 | 1 | 50 % |" in told
    assert "| `api/limits.py` | 3 | 3 | 0 | 1 | 1 | 1 | 50 % |" in told
    assert "| `api/auth.py` | 0 | 0 | 0 | 0 | 0 | 0 |  |" in told
    assert "| all | 12 | 6 | 1 | 1 | 2 | 2 | 50 % |" in told
    assert "`abc` (2), `def` (4);" in told
    allowed, missed = told.split("## Wrong, and missed")
    assert "`api/limits.py` 5: `60` became `61`." in allowed
    assert "- Nobody knows why (survived): `app.py` 3: `a` became `b`." in missed
    assert "`api/limits.py` 6: `60` became `61`." in missed, "what got stuck was not judged"


def test_every_reason_is_one_of_a_change_that_can_be_made():
    every = {module: [*changes((MOCK / module).read_text("utf-8"))] for module in MODULES}
    for why, which in (*ALLOWED, *MISSED):
        for module, _ in which:
            assert any(reason(module, each.before, each.after) == why for each in every[module]), (
                why,
                module,
            )
