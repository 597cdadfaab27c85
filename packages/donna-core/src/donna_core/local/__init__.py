"""Donna with nothing around her: in-memory stores, rules and defaults."""
