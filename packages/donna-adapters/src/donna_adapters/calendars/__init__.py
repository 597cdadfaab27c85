"""Calendars that live outside Donna."""
