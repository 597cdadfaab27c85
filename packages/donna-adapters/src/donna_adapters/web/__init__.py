"""The public web, and nothing behind it."""
