"""What Schemathesis loads: our checks, a mock made fresh in time, a guard on the wire, and a count of it all.

Runs inside the Schemathesis process, which `engine.py` starts.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import schemathesis
from hypothesis import strategies as st
from schemathesis import cli
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.stateful.state_machine import APIStateMachine

from . import checks, wire
from .gate import Halt
from .listener import Listener
from .task import Task

if TYPE_CHECKING:
    from schemathesis.generation.case import Case
    from schemathesis.hooks import HookContext

VISIBLE = st.characters(min_codepoint=33, max_codepoint=126)
TASK = Task.from_environment(os.environ)
WIRE = wire.wire_for(TASK)


def start_over() -> None:
    """Give the mock its orders back. A refund cannot be undone: without this they would soon be used up."""
    if not TASK.reset:
        return
    try:
        with urlopen(Request(TASK.reset, method="POST", data=b"")) as answer:
            answer.read()
    except OSError as error:
        # Stops Schemathesis: without a fresh mock each further failure would be a riddle.
        print(f"The mock does not start over: {error}", file=sys.stderr, flush=True)
        raise KeyboardInterrupt from None


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    # Outside of a scenario each case has a fresh mock to itself, so one curl line is enough to see it again.
    if case.meta is None or case.meta.phase.name is not TestPhase.STATEFUL:
        start_over()


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    # Schemathesis can not make a header from a pattern with a full stop, such as that of Accept-Version: its
    # coverage phase would put an invalid one into every case. From a format with a generator of its own it can.
    for parameter in raw_schema.get("components", {}).get("parameters", {}).values():
        schema = parameter.get("schema", {})
        if parameter.get("in") == "header" and "pattern" in schema:
            schema.setdefault("format", f"x-{parameter['name'].lower()}")
            schemathesis.openapi.format(schema["format"], st.from_regex(schema["pattern"], alphabet=VISIBLE))


def fresh_scenarios() -> None:
    make = APIStateMachine.__init__

    def begin(self: APIStateMachine) -> None:
        start_over()
        make(self)

    # There is one machine for each scenario. Replaced on the class, for Schemathesis makes the subclass itself,
    # and overrides `setup`.
    APIStateMachine.__init__ = begin  # type: ignore[method-assign]


checks.register()
fresh_scenarios()
ABOUT = {"task": TASK, "token": os.environ.get("WEBFLOW_TOKEN"), "halt": WIRE.halt if WIRE else Halt()}
cli.handler()(type("ContractListener", (Listener,), ABOUT))
if WIRE is not None:
    wire.guard(WIRE)
elif (recorder := wire.recorder_for(TASK)) is not None:
    wire.record(recorder)
