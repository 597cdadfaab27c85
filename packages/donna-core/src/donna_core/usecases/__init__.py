"""What a person can ask of Donna: one verb per file."""
