# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({"text_input": "textInput", "text_area": "textArea"})
class CustomDataItem(Model):
    """An additional input of the checkout form; `name`, and what was entered under one of the other three."""

    name: str | None = None
    """The input's label."""
    text_input: str | None = None
    """A line of text."""
    text_area: str | None = None
    """Several lines of text."""
    checkbox: bool | None = None
    """Whether it was ticked."""
