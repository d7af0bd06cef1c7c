"""What must be shown nowhere, and where crash reporters look for it."""

from __future__ import annotations

import re
import traceback

from rich.traceback import Traceback

from contract_tests.client.conftest import TOKEN

PERSONAL = [
    "Wilhelmina", "Quandt", "example.com", "Example Road", "97477", "0042", "555 0100", "neighbours", "Enamel",
    "ch_1Example", "cus_Example", "Ottokar", "Musterweg",
]  # fmt: skip


def leaks(text: str) -> list[str]:
    # Not within a longer run of digits, which an address in memory has by chance.
    words = [TOKEN, *PERSONAL]
    return [word for word in words if re.search(rf"(?<![0-9a-fx]){re.escape(word)}(?![0-9a-f])", text)]


def with_locals(error: BaseException) -> str:
    """A traceback as crash reporters show it: with the locals of each frame, but for those of the tests."""
    while error.__traceback__ and "contract_tests" in error.__traceback__.tb_frame.f_code.co_filename:
        error.__traceback__ = error.__traceback__.tb_next
    assert error.__traceback__
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    # Of what rich prints only the locals: to colour the source around them takes ten times as long as all else here.
    stacks = Traceback.extract(type(error), error, error.__traceback__, show_locals=True).stacks
    frames = [frame.locals for stack in stacks for frame in stack.frames if frame.locals]
    assert frames
    rich = [f"{name} = {value.render(250)}" for named in frames for name, value in named.items()]
    return plain + "\n".join(rich)
