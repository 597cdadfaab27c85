"""What Donna's ports stand on: SQLite, calendars, the console and this machine."""
