"""A first day with Donna, on a clock of our own: nothing is installed, asked for or kept.

Run it with: .venv/bin/python examples/first_day.py
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from donna_core import Donna
from donna_core.testing.fake_clock import FakeClock

BERLIN = ZoneInfo("Europe/Berlin")


def main() -> None:
    """Live through one Friday: capture, plan, be reminded, finish, and change one's mind."""
    clock = FakeClock(datetime(2026, 11, 20, 8, tzinfo=BERLIN))
    with Donna.local(zone="Europe/Berlin", clock=clock) as donna:
        heading("What else is on that day")
        donna.busy_at("Team meeting", "today 9am", timedelta(hours=2))
        print(donna.today())

        heading("Three sentences become three planned tasks")
        print(donna.capture("Write the quarterly report, 3 hours, by today 5pm !4"))
        print(donna.capture("Call the mechanic today at 2:30pm"))
        print(donna.capture("Water the plants every sunday at 10am"))
        print(donna.week())

        heading("Time passes, and Donna speaks up")
        print(donna.advance_to("2:20pm"))

        heading("One is done, and one was a mistake")
        print(donna.done("report"))
        print(donna.drop("mechanic"))
        print(donna.undo())

        heading("Why it is where it is")
        print(donna.why("mechanic"))


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n--- {text} ---")


if __name__ == "__main__":
    main()
