"""Recurring times in plain words."""

import pytest

from donna_core.domain.timing.recurrence import MonthEnd, Recurrence


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("0 9 * * 1", "every Monday at 09:00"),
        ("30 6 * * *", "every day at 06:30"),
        ("30 17 * * mon-fri", "every weekday at 17:30"),
        ("0 9,17 * 6,7 *", "every day in June and July at 09:00 and 17:00"),
        ("*/15 8-17 * * 1-5", "every 15 minutes from 08:00 to 17:45, every weekday"),
        ("* * * * *", "every minute"),
        ("5 * * * *", "every hour at :05"),
        ("0 9 13 6 5", "on the 13th of June or every Friday in June at 09:00"),
        ("0 9 * * 5#2", "on the 2nd Friday of every month at 09:00"),
        ("0 9 * * L5", "on the last Friday of every month at 09:00"),
        ("0 8 1,L * *", "on the 1st and last day of every month at 08:00"),
        ("0 8 15W * *", "on the weekday nearest the 15th of every month at 08:00"),
        ("0 8 1-7 * *", "on days 1 to 7 of every month at 08:00"),
        ("10,40 1,3,5,9 * * *", "every hour at :10 and :40 in hours 1, 3, 5 and 9"),
        ("FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", "every Monday at 09:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "every 2 weeks on Thursday"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=10", "every month on the last Friday 10 times"),
        ("FREQ=DAILY;UNTIL=20261224", "every day until 2026-12-24"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,-2", "every month on the last day and 2nd to last day"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "every month on every weekday (only the last of these)",
        ),
    ],
)
def test_rules_read_aloud(rule: str, words: str) -> None:
    """A rule says in words when it fires."""
    assert Recurrence.parse(rule).describe() == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("0 9 31 * *", "on the 31st of every month ({}) at 09:00"),
        ("0 9 29 2 *", "on the 29th of February ({}) at 09:00"),
        ("0 9 31 1,3 *", "on the 31st of January and March at 09:00"),
        ("FREQ=MONTHLY", "every month ({})"),
        ("FREQ=MONTHLY;BYMONTHDAY=30", "every month on the 30th ({})"),
    ],
)
@pytest.mark.parametrize(
    ("month_end", "said"),
    [
        (MonthEnd.LAST_DAY, "the last day where the month is shorter"),
        (MonthEnd.SKIP, "left out where the month is shorter"),
    ],
)
def test_the_month_end_policy_is_said(
    rule: str, words: str, month_end: MonthEnd, said: str
) -> None:
    """Where a month can be too short for the day, the words say what happens then."""
    assert Recurrence.parse(rule, month_end=month_end).describe() == words.format(said)
