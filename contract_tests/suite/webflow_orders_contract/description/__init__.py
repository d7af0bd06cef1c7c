"""The one reader of the OpenAPI document, for suite, mock and tests."""

from .document import LOADER, Description, Operation, read
from .schema_walk import Place, escape, words_of
from .values import DATE_TIME, JUDGED, fits, is_of, kind, types_of

__all__ = [
    "DATE_TIME", "JUDGED", "LOADER", "Description", "Operation", "Place", "escape", "fits", "is_of", "kind", "read",
    "types_of", "words_of",
]  # fmt: skip
