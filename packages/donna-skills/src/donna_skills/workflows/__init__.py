"""Workflows on this machine: worlds, files, templates, scripts and sessions."""
