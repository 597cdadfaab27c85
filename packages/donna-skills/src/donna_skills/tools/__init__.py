"""The tools a skill may use."""
