"""Notes that Donna writes from what she knows: templates, what goes into them, and the writing."""
