"""Memory: what Donna knows, where it came from, and how it is found again."""
