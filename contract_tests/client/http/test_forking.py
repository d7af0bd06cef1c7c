"""Has a forked child connections of its own, and does it leave its parent's alone?"""

from __future__ import annotations

import os

import pytest

from contract_tests.client import faulty
from contract_tests.client.faulty import FaultyServer
from contract_tests.client.living import asked, run

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@needs_fork
def test_a_forked_child_has_its_own_connections_and_leaves_its_parents_alone() -> None:
    program = """
    client = OrdersClient(**given)
    client.get("parent-1")
    def child():
        client.get("child-1")
        client.get("child-2")
        grandchild = os.fork()
        if not grandchild:
            client.get("grandchild-1")
            client.close()
            os._exit(0)
        assert exit_code(grandchild) == 0
        client.get("child-3")
        client.close()
        client.close()
        try: client.get("child-4")
        except errors.ClientClosedError: os._exit(7)
    for _ in range(2):
        pid = os.fork()
        if not pid: child()
        print(exit_code(pid))
        client.get("parent-2")
    closing = os.fork()
    if not closing:
        inherited = client._engine.engine._http
        client.close()  # Without a call before: the connections are still the parent's.
        os._exit(inherited.is_closed)
    print(exit_code(closing))
    client.get("parent-3")
    client.close()
    """
    with FaultyServer(faulty.reply_each(asked)) as server:
        assert run(program, server.url) == "7\n7\n0\n"
    by_name: dict[str, set[int]] = {}
    for request in server.requests:
        by_name.setdefault(request.order_id.split("-")[0], set()).add(request.connection)
    assert {name: len(connections) for name, connections in by_name.items()} == {
        "parent": 1, "child": 2, "grandchild": 2,
    }  # fmt: skip
    assert server.connections == 5


@needs_fork
def test_a_child_forked_from_a_task_has_its_own_connections_too() -> None:
    program = """
    async def child(client):
        await client.get("child-1")
        await client.get("child-2")
        await client.close()

    async def parent():
        async with AsyncOrdersClient(**given) as client:
            await client.get("parent-1")
            for work in (child, AsyncOrdersClient.close):
                pid = os.fork()
                if not pid:
                    asyncio._set_running_loop(None)  # Which the child has inherited, and does not run.
                    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                        runner.run(work(client))
                    os._exit(0)
                print(exit_code(pid))
                await client.get("parent-2")
    asyncio.run(parent())
    """
    with FaultyServer(faulty.reply_each(asked)) as server:
        assert run(program, server.url) == "0\n0\n"
    connections = [(request.order_id, request.connection) for request in server.requests]
    assert connections == [("parent-1", 1), ("child-1", 2), ("child-2", 2), ("parent-2", 1), ("parent-2", 1)]


@needs_fork
def test_a_child_makes_clients_whatever_another_thread_of_its_parent_was_doing() -> None:
    program = """
    import threading
    from webflow_orders._http import transport
    def hold():
        with transport._lock:
            held.set()
            done.wait()
    held, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    pid = os.fork()
    if not pid:
        if not transport._lock.acquire(blocking=False): os._exit(3)
        OrdersClient(**given).close()
        os._exit(0)
    print(exit_code(pid))
    done.set()
    thread.join()
    """
    assert run(program, "http://127.0.0.1:9") == "0\n"
