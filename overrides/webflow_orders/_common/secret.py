"""What must not be shown."""

from __future__ import annotations

import re
from typing import NoReturn
from urllib.parse import quote


class Secret:
    """A token that no repr shows, nor the locals of a traceback; only `reveal` does."""

    __slots__ = ("_forms", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        forms = map(re.escape, (value, quote(value, safe=""), quote(value)))
        self._forms = re.compile("|".join(forms), re.IGNORECASE)

    def reveal(self) -> str:
        return self._value

    def fits(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.fullmatch(self._value))

    def scrub(self, text: str) -> str:
        """The text without the secret, also in other letters or as a part of an address."""
        return self._forms.sub("…", text)

    def __repr__(self) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
