"""Money for models: what may be spent, what was, and what every call brought."""
