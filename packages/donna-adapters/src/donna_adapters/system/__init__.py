"""The machine Donna runs on: its time zone, its folders, and who leads on it."""
