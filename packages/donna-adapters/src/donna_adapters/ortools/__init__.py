"""Exact planning by the constraint solver of OR-Tools (the extra ``exact``)."""
