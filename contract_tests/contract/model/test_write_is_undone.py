"""Does the order that a live run writes to end as it began, also when the run is killed half-way?"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.drive.driver import Driver
from webflow_orders_contract.drive.restore import DID_NOTE, MARK, NotPutBack, Restore, pending, restore_of
from webflow_orders_contract.drive.writes import steps
from webflow_orders_contract.gateway.exchange import Server
from webflow_orders_contract.gateway.guard import allowed
from webflow_orders_contract.gateway.proxy import CanNotGoOn, Gateway
from webflow_orders_contract.gateway.redact import Redactor
from webflow_orders_contract.settings import UsageError
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


def _server(server: MockServer, token: str | None = None) -> Server:
    return Server(base_url=server.url, site=server.mock.site_id, token=token or server.mock.token)


@contextmanager
def _restore(
    server: MockServer, folder: Path, order: str = ORDER, token: str | None = None
) -> Iterator[Restore]:
    there = _server(server, token)
    with Gateway(there, allow=allowed(order, None), redactor=Redactor(read(), ours=[MARK])) as gateway:
        yield Restore(gateway=gateway, order=order, folder=folder)


def _drive(restore: Restore, kind: Any = "sync") -> list[str]:
    results = Driver(restore.gateway, with_v1=False).drive(kind, steps(restore, None), lambda step: None)
    return [result.verdict + result.note for result in results]


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
from contract_tests.contract.model.test_write_is_undone import _drive, _restore
class Server:
    class mock:
        token, site_id = sys.argv[2:4]
    url = sys.argv[1]
with _restore(Server, Path(sys.argv[4])) as restore:
    print(_drive(restore))
"""


def _killed_at(server: MockServer, folder: Path, nth: int) -> int:
    mock = server.mock
    mock.kill_at = nth
    words = [sys.executable, "-c", DRIVE, server.url, mock.token, mock.site_id, str(folder)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(words, cwd=root, stdout=subprocess.DEVNULL) as process:
        type(mock).victim = lambda: process.pid  # type: ignore[assignment, return-value]  # Of a class of this test.
        return process.wait(timeout=60)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_order_is_changed_and_ends_as_it_began(kind, tmp_path):
    with MockServer(MockWebflow()) as server:
        before = _order(server)
        with _restore(server, tmp_path) as restore:
            verdicts = _drive(restore, kind)
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
        assert pending(tmp_path, _server(server)) == [ORDER]
        with _restore(server, tmp_path) as again:
            again.put_back()
            assert _order(server) == before, "put back before anything else is written"
            assert len(_written(server)) - so_far == (nth in (1, 3))
            assert [verdict[:2] for verdict in _drive(again)] == ["ok", "ok"]
            assert _order(server) == before
        assert pending(tmp_path, _server(server)) == []
        assert {order for _, order in _written(server)} == {ORDER}


def test_a_whole_run_killed_half_way_is_made_good_by_the_next(run, tmp_path, secret_token, without_fuzzing):
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
        first = [entry.operation_id for entry in server.mock.ledger[arrived:]][:4]
        # Whether there is such an order, and how it is.
        assert first == ["get-order", "get-order", "unfulfill-order", "get-order"], "before anything else"
        assert _order(server) == before
        # Once in the run that was killed, by the next one, and twice by each of its two clients.
        assert {entry.order_id for entry in server.mock.ledger if entry.applied} == {ORDER}


def test_where_nothing_can_be_noted_the_run_does_not_begin(run, tmp_path, secret_token, without_fuzzing):
    (tmp_path / "taken").touch()
    with MockServer(MockWebflow(token=secret_token)) as server:
        words = ["--target", server.url, "--site", server.mock.site_id, "--write", ORDER]
        result = run(*words, "--state", str(tmp_path / "taken"))
        assert len(server.mock.ledger) == 0
    assert result.status == 2
    assert f"order {ORDER} was can not be noted in {tmp_path / 'taken'}: File exists" in result.err


def test_where_nothing_can_be_noted_any_more_it_ends_and_no_server_is_blamed(tmp_path):
    with MockServer(MockWebflow()) as server:
        (tmp_path / "taken").touch()
        with (
            _restore(server, tmp_path / "taken") as restore,
            pytest.raises(CanNotGoOn, match="can not be noted"),
        ):
            _drive(restore)
        assert _written(server) == []


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
        with _restore(server, tmp_path / "state") as restore:
            _drive(restore)
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
        with _restore(server, tmp_path) as restore:
            verdicts = _drive(restore)
        assert _order(server) == before
        assert [name for name, _ in _written(server)] == left
    assert sum(verdict.startswith("skippedleft alone") for verdict in verdicts) == 1


def test_a_comment_that_somebody_wrote_meanwhile_is_not_overwritten(tmp_path):
    with MockServer(MockWebflow()) as server, _restore(server, tmp_path) as restore:
        restore.find()
        restore.about_to(DID_NOTE)
        theirs = _order(server) | {"comment": "Collected by the neighbour."}
        server.mock.seed(server.mock.site_id, theirs)
        restore.put_back()
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
        with _restore(server, tmp_path) as restore:
            verdicts = _drive(restore)
        assert verdicts[-1].startswith("failed")
        assert pending(tmp_path, _server(server)) == [ORDER]
        with _restore(server, tmp_path) as restore, pytest.raises(NotPutBack, match=ORDER):
            restore.put_back()


@pytest.mark.parametrize("defect", ["update-is-not-stored"])
def test_a_write_that_was_answered_and_not_made_is_noticed(defect, tmp_path):
    with MockServer(MockWebflow(defect=defect)) as server, _restore(server, tmp_path) as restore:
        verdicts = _drive(restore)
    assert verdicts[0] == "failedMismatch: the new comment was not stored"


@pytest.mark.parametrize("end", [f"/{ORDER}", "/fulfill"])
def test_a_write_that_changes_something_else_is_noticed_by_its_name(end, tmp_path):
    class Forgetful(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            if request.method != "GET" and request.path.endswith(end):
                self.seed(self.site_id, json.loads(answer.body) | {"orderComment": "another"})
            return answer

    with MockServer(Forgetful()) as server, _restore(server, tmp_path) as restore:
        verdicts = _drive(restore)
    assert "failedMismatch: with what was written, orderComment changed" in verdicts


def test_a_read_token_changes_nothing_and_leaves_nothing_to_put_back(tmp_path):
    with MockServer(MockWebflow()) as server:
        before = _order(server)
        server.mock.add_token("reader-token", scopes=["ecommerce:read"], sites=[server.mock.site_id])
        with _restore(server, tmp_path, token="reader-token") as restore:
            verdicts = _drive(restore)
            assert restore.gateway.breaker.reason
        assert verdicts[0].startswith("failed")
        assert _order(server) == before


@pytest.mark.parametrize(("write", "refused"), [(OTHER, True), (None, False)])
def test_another_run_does_not_write_to_an_order_that_it_was_not_told(write, refused, tmp_path, capsys):
    with MockServer(MockWebflow()) as server, _restore(server, tmp_path) as restore:
        restore.find()
        restore.about_to(DID_NOTE)
        if refused:
            with pytest.raises(UsageError, match=f"--write {ORDER}"):
                restore_of(restore.gateway, write, tmp_path)
        else:
            assert restore_of(restore.gateway, write, tmp_path) is None
            assert ORDER in capsys.readouterr().err
        assert _written(server) == []
