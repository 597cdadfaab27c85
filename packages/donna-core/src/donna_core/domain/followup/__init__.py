"""Staying with it: reminders, nudges, the escalation ladder and digests."""
