"""Stretches of a text and what they were taken for."""

from attrs import frozen


@frozen(kw_only=True)
class Span:
    """Characters ``[start, end)`` of the text and what they were taken for."""

    kind: str
    start: int
    end: int
    text: str
