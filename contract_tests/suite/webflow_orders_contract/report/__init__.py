"""What a run leaves behind."""

from .folder import RECORDING, clear, scrub, write

__all__ = ["RECORDING", "clear", "scrub", "write"]
