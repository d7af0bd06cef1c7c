"""Does the order that a live run writes to end as it began, also when the run is killed half-way?"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders_contract.drive import Driver
from webflow_orders_contract.gate import Gate
from webflow_orders_contract.redact import Redactor
from webflow_orders_contract.settings import Settings, UsageError
from webflow_orders_contract.shapes import shipped
from webflow_orders_contract.target import Target, undo_for
from webflow_orders_contract.transport import Line
from webflow_orders_contract.undo import DID_NOTE, MARK, NotPutBack, Undo, pending
from webflow_orders_contract.writes import allowed, steps
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

# Unfulfilled, with a comment that must survive.
ORDER, OTHER = "f61-2e8", "dfa-3f1"


def _order(server: MockServer, order: str = ORDER) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {server.mock.token}"}
    with httpx.Client(transport=server.mock.transport(), base_url=server.url, headers=headers) as client:
        found: dict[str, Any] = client.get(f"/v2/sites/{server.mock.site_id}/orders/{order}").json()
    return found


def _written(server: MockServer) -> list[tuple[str | None, str | None]]:
    return [(entry.operation_id, entry.order_id) for entry in server.mock.ledger if entry.method != "GET"]


def _undo(server: MockServer, folder: Path, order: str = ORDER) -> Undo:
    token = server.mock.token
    line = Line(
        token=token,
        gate=Gate(server.url, allowed(order, None)),
        redactor=Redactor(shipped(), ours=[MARK]),
    )
    return Undo(
        base_url=server.url,
        site=server.mock.site_id,
        order=order,
        token=token,
        line=line,
        folder=folder,
    )


def _drive(server: MockServer, undo: Undo, kind: Any = "sync") -> list[str]:
    driver = Driver(base_url=server.url, site=undo.site, token=undo.token, line=undo.line, with_v1=False)
    return [
        result.verdict + result.note for result in driver.drive(kind, steps(undo, None), lambda step: None)
    ]


class Killing(MockWebflow):
    """Kills its caller when the n-th write has been carried out, before the answer is sent."""

    victim: Callable[[], int]
    kill_at = 0

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.method != "GET" and answer.status == 200:
            self.kill_at -= 1
            if self.kill_at == 0:
                os.kill(type(self).victim(), signal.SIGKILL)
        return answer


DRIVE = """
import sys
from pathlib import Path
from contract_tests.contract.test_write_is_undone import _drive, _undo
class Server:
    class mock:
        token, site_id = sys.argv[2:4]
    url = sys.argv[1]
print(_drive(Server, _undo(Server, Path(sys.argv[4]))))
"""


def _killed_at(server: MockServer, folder: Path, nth: int) -> int:
    mock = server.mock
    mock.kill_at = nth
    words = [sys.executable, "-c", DRIVE, server.url, mock.token, mock.site_id, str(folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, cwd=root, stdout=subprocess.DEVNULL) as process:
        type(mock).victim = lambda: process.pid  # type: ignore[assignment, return-value]  # Of a class of this test.
        return process.wait(timeout=60)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_order_is_changed_and_ends_as_it_began(kind, tmp_path):
    with MockServer(MockWebflow()) as server:
        before = _order(server)
        verdicts = _drive(server, _undo(server, tmp_path), kind)
        assert [verdict[:2] for verdict in verdicts] == ["ok", "ok"]
        assert _order(server) == before
        written = _written(server)
    assert {order for _, order in written} == {ORDER}
    names = [name for name, _ in written]
    assert names == ["update-order", "update-order", "fulfill-order", "unfulfill-order"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_run_killed_at_any_write_is_undone_by_the_next(nth, tmp_path):
    with MockServer(Killing()) as server:
        before = _order(server)
        assert _killed_at(server, tmp_path, nth) == -signal.SIGKILL
        half_way, so_far = _order(server), len(_written(server))
        assert (half_way != before) == (nth in (1, 3)), (
            "the first of each two changes it, the second puts it back"
        )
        assert pending(tmp_path, server.url, server.mock.site_id) == [ORDER]
        again = _undo(server, tmp_path)
        again.put_back()
        assert _order(server) == before, "put back before anything else is written"
        assert len(_written(server)) - so_far == (nth in (1, 3))
        assert [verdict[:2] for verdict in _drive(server, again)] == ["ok", "ok"]
        assert _order(server) == before
        assert pending(tmp_path, server.url, server.mock.site_id) == []
        assert {order for _, order in _written(server)} == {ORDER}


def test_a_whole_run_killed_half_way_is_made_good_by_the_next(run, tmp_path, secret_token):
    with MockServer(Killing(token=secret_token)) as server:
        before = _order(server)
        words = ["--target", server.url, "--site", server.mock.site_id, "--per-minute", "30000", "--no-v1"]
        words += ["--write", ORDER, "--profile", "live-write", "--max-examples", "1"]
        command = [sys.executable, "-m", "webflow_orders_contract", "--report", str(tmp_path / "cut"), *words]
        server.mock.kill_at = 3
        environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            Killing.victim = lambda: process.pid  # type: ignore[assignment, return-value]  # Of a class of this test.
            assert process.wait(timeout=60) == -signal.SIGKILL
        assert _order(server)["status"] == "fulfilled"
        arrived = len(server.mock.ledger)
        result = run(*words)
        assert result.status == 0, result.out
        assert "before the run that was cut short" in result.err
        first = [entry.operation_id for entry in server.mock.ledger[arrived:]][:3]
        assert first == ["get-order", "unfulfill-order", "get-order"], "before anything else"
        assert _order(server) == before
        # Once in the run that was killed, by the next one, and twice by each of its two clients.
        assert {entry.order_id for entry in server.mock.ledger if entry.applied} == {ORDER}


def test_what_was_found_is_on_the_disk_before_the_first_write_and_nobody_else_can_read_it(tmp_path):
    seen: list[Any] = []

    class Looking(MockWebflow):
        def handle(self, request: Request) -> Response:
            if request.method != "GET" and not seen:
                (file,) = tmp_path.glob("*/*.json")
                seen.append((json.loads(file.read_text()), stat.S_IMODE(file.stat().st_mode)))
            return super().handle(request)

    with MockServer(Looking()) as server:
        comment = _order(server)["comment"]
        _drive(server, _undo(server, tmp_path / "state"))
    noted, mode = seen[0]
    assert (noted["found"]["comment"], noted["did"], mode) == (comment, [DID_NOTE], 0o600)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"status": "fulfilled", "fulfilledOn": "2025-03-31T08:12:40.102Z"}, ["update-order"] * 2),
        ({"comment": None}, ["fulfill-order", "unfulfill-order"]),
    ],
)
def test_what_could_not_be_put_back_is_not_changed(change, left, tmp_path):
    with MockServer(MockWebflow()) as server:
        server.mock.seed(server.mock.site_id, _order(server) | change)
        before = _order(server)
        verdicts = _drive(server, _undo(server, tmp_path))
        assert _order(server) == before
        assert [name for name, _ in _written(server)] == left
    assert sum("left alone" in verdict for verdict in verdicts) == 1


def test_a_comment_that_somebody_wrote_meanwhile_is_not_overwritten(tmp_path):
    with MockServer(MockWebflow()) as server:
        undo = _undo(server, tmp_path)
        undo.find()
        undo.about_to(DID_NOTE)
        theirs = _order(server) | {"comment": "Collected by the neighbour."}
        server.mock.seed(server.mock.site_id, theirs)
        undo.put_back()
        assert _order(server) == theirs
        assert _written(server) == []


def test_an_order_that_can_not_be_put_back_keeps_its_file_and_is_named(tmp_path):
    class Stuck(MockWebflow):
        def handle(self, request: Request) -> Response:
            if request.path.endswith("/unfulfill"):
                return Response(
                    409, {"Content-Type": "application/json"}, b'{"code": "conflict", "message": "no"}'
                )
            return super().handle(request)

    with MockServer(Stuck()) as server:
        verdicts = _drive(server, _undo(server, tmp_path))
        assert verdicts[-1].startswith("failed")
        assert pending(tmp_path, server.url, server.mock.site_id) == [ORDER]
        with pytest.raises(NotPutBack, match=ORDER):
            _undo(server, tmp_path).put_back()


def test_a_read_token_changes_nothing_and_leaves_nothing_to_put_back(tmp_path):
    with MockServer(MockWebflow()) as server:
        before = _order(server)
        server.mock.add_token("reader-token", scopes=["ecommerce:read"], sites=[server.mock.site_id])
        undo = _undo(server, tmp_path)
        reader = dataclasses.replace(undo, token="reader-token")
        verdicts = _drive(server, reader)
        assert verdicts[0].startswith("failed")
        assert _order(server) == before
        assert undo.line.halt.reason


@pytest.mark.parametrize(("write", "refused"), [(OTHER, True), (None, False)])
def test_another_run_does_not_write_to_an_order_that_it_was_not_told(write, refused, tmp_path, capsys):
    with MockServer(MockWebflow()) as server:
        undo = _undo(server, tmp_path)
        undo.find()
        undo.about_to(DID_NOTE)
        target = Target(base_url=undo.base_url, site=undo.site, token=undo.token, name="a shop")
        settings = Settings(
            target=undo.base_url, site=undo.site, token=undo.token, write=write, state=tmp_path
        )
        if refused:
            with pytest.raises(UsageError, match=f"--write {ORDER}"):
                undo_for(target, settings, undo.line)
        else:
            assert undo_for(target, settings, undo.line) is None
            assert ORDER in capsys.readouterr().err
        assert _written(server) == []
