"""Local time: zones, windows, recurrence and the schedule of due things."""
