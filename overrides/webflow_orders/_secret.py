"""What must not be shown."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A token that no repr shows, nor the locals of a traceback; only `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def scrub(self, text: str) -> str:
        """The text without the secret."""
        return text.replace(self._value, "…")

    def __repr__(self) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
