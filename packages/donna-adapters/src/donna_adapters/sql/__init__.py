"""Donna's stores on SQL databases, through SQLAlchemy Core."""
