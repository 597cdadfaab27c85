"""Workflows: ids, artifacts, the machine that runs them, validation and what is printed."""
