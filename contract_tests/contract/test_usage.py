"""Is what cannot be meant refused, in one sentence, before anything is sent?"""

from __future__ import annotations

import pytest
from webflow_orders_contract.__main__ import main

HERE = "http://127.0.0.1:9"
SITE = "580e63e98c9a982ac9b8b741"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", HERE], "needs --site"),
        (["--target", HERE, "--site", "dfa-3f1"], "24 hexadecimal digits"),
        (["--target", "http://shop.example", "--site", SITE], "https"),
        (["--target", "shop.example", "--site", SITE], "must be a URL"),
        (["--target", "https://me:secret@shop.example", "--site", SITE], "without credentials"),
        (["--target", "https://shop.example?a=b", "--site", SITE], "without credentials, query"),
        (["--site", SITE], "needs a --target"),
        (["--write", "dfa-3f1"], "--target"),
        (["--refund", "dfa-3f1"], "--target"),
        (["--target", HERE, "--site", SITE, "--write", "../x"], "one order"),
        (["--target", HERE, "--site", SITE, "--refund", "a/refund"], "one order"),
        (["--target", "https://shop.example", "--site", SITE, "--per-minute", "61"], "at most 60"),
        (["--per-minute", "0"], "at least 1"),
        (["--max-examples", "0"], "at least 1"),
        (["--spec", "nowhere.yaml"], "no description"),
    ],
)
def test_a_usage_error_is_one_sentence_and_status_2(arguments, sentence, secret_token, capsys, tmp_path):
    assert main(["--report", str(tmp_path), *arguments]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize("token", [None, "", "short", "has a space in it"])
def test_a_target_needs_a_token_of_the_environment(token, monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("WEBFLOW_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("WEBFLOW_TOKEN", token)
    assert main(["--report", str(tmp_path), "--target", HERE, "--site", SITE]) == 2
    assert "WEBFLOW_TOKEN" in capsys.readouterr().err


def test_a_token_is_no_argument(capsys):
    # It would stand in the shell's history, and in the list of processes.
    with pytest.raises(SystemExit) as stopped:
        main(["--token", "x"])
    assert stopped.value.code == 2


def test_a_report_that_can_not_be_written_is_a_plain_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["--report", str(tmp_path / "file" / "report")]) == 2
    assert "can not be written" in capsys.readouterr().err
