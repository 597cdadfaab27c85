"""Donna's orchestrator: the loop that does what is due, and a health endpoint."""
