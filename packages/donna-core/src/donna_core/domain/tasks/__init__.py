"""Tasks: their shape, their life cycle, their history and their twins."""
