"""German, the second language: its times, its sentences, all read by rules that are data."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import ActionVerb, Intent, Reading
from donna_core.local.languages import language, lexicon_data

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2027, 5, 5, 10, 0, tzinfo=BERLIN)

Sagen = Callable[[str], Reading]


@pytest.fixture(scope="module")
def gesagt() -> Sagen:
    """Read a sentence as said on Wednesday 5 May 2027 at 10:00 in Berlin."""
    lexicon = Lexicon.from_mapping(lexicon_data("de"), language=partial(language, "de"))
    return lambda text: read(text, at=WEDNESDAY, zone=BERLIN, lexicon=lexicon)


def wall(instant: datetime | None) -> str | None:
    """Show an instant as Berlin's clocks do."""
    return None if instant is None else instant.astimezone(BERLIN).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "title", "start"),
    [
        ("Zahnarzt am Freitag um halb sieben", "Zahnarzt", "05-07 18:30"),
        ("Mama anrufen um Viertel nach acht", "Mama anrufen", "05-05 20:15"),
        ("Treffen mit Anna von 14 bis 16 Uhr am Donnerstag", "Treffen mit Anna", "05-06 14:00"),
        ("in zwei Stunden Wäsche aufhängen", "Wäsche aufhängen", "05-05 12:00"),
        ("in einer Viertelstunde Tee abgießen", "Tee abgießen", "05-05 10:15"),
        ("fünf vor halb drei Bus", "Bus", "05-05 14:25"),
        ("um 14.30 Uhr Termin beim Arzt", "Termin beim Arzt", "05-05 14:30"),
        ("Bitte erinnere mich morgen um 8 an den Pass", "Den Pass", "05-06 08:00"),
        ("Donnerstag um 2, nein, um 3 Zahnarzt", "Zahnarzt", "05-06 15:00"),
        ("morgen um 8 Uhr abends Oma besuchen", "Oma besuchen", "05-06 20:00"),
    ],
)
def test_an_appointment_has_its_start(gesagt: Sagen, text: str, title: str, start: str) -> None:
    """Clock times as Germans say them."""
    reading = gesagt(text)

    assert (reading.title, wall(reading.start)) == (title, start)


@pytest.mark.parametrize(
    ("text", "title", "deadline"),
    [
        ("Bericht bis Freitag fertig schreiben", "Bericht fertig schreiben", "05-07 23:59"),
        ("Steuererklärung bis zum 31. Mai abgeben", "Steuererklärung abgeben", "05-31 23:59"),
        ("Rechnung spätestens am Montag bezahlen", "Rechnung bezahlen", "05-10 23:59"),
        ("Geschenke vor Weihnachten kaufen", "Geschenke kaufen", "12-24 23:59"),
        ("am 24.12. Baum schmücken", "Baum schmücken", "12-24 23:59"),
        ("übermorgen früh laufen gehen", "Laufen gehen", "05-07 12:00"),
        ("nächste Woche Donnerstag Friseur", "Friseur", "05-13 23:59"),
        ("Mitte Juni Urlaub buchen", "Urlaub buchen", "06-20 23:59"),
        ("am Wochenende Garten aufräumen", "Garten aufräumen", "05-09 23:59"),
        ("Reifen wechseln lassen im Oktober", "Reifen wechseln lassen", "10-31 23:59"),
        ("heute in einer Woche Bücher zurückgeben", "Bücher zurückgeben", "05-12 23:59"),
        ("bis Ende des Monats Bericht", "Bericht", "05-31 23:59"),
        ("KW 23 Inventur", "Inventur", "06-13 23:59"),
    ],
)
def test_a_deadline_has_its_day(gesagt: Sagen, text: str, title: str, deadline: str) -> None:
    """Days, stretches of days and their ends."""
    reading = gesagt(text)

    assert (reading.title, wall(reading.deadline)) == (title, deadline)


@pytest.mark.parametrize(
    ("text", "title", "rule"),
    [
        ("jeden zweiten Dienstag Papiertonne rausstellen", "Papiertonne rausstellen",
         "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("jeden Montag um 9 Standup", "Standup", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0"),
        ("täglich um 8 Tabletten nehmen", "Tabletten nehmen", "FREQ=DAILY;BYHOUR=8;BYMINUTE=0"),
        ("Miete am 1. jedes Monats überweisen", "Miete überweisen", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("jeden ersten Montag im Monat Treffen", "Treffen", "FREQ=MONTHLY;BYDAY=1MO"),
        ("montags und donnerstags Training", "Training", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("Blumen gießen alle drei Tage", "Blumen gießen", "FREQ=DAILY;INTERVAL=3"),
        ("jeden Tag außer sonntags Vokabeln lernen", "Vokabeln lernen",
         "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"),
        ("jährlich am 3. März TÜV", "TÜV", "FREQ=YEARLY;BYMONTHDAY=3;BYMONTH=3"),
        ("dreimal die Woche joggen", "Joggen", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ],
)  # fmt: skip
def test_a_repetition_has_its_rule(gesagt: Sagen, text: str, title: str, rule: str) -> None:
    """What jeden, alle, montags and täglich repeat."""
    reading = gesagt(text)

    assert (reading.title, reading.recurrence) == (title, rule)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Was steht heute an?", Intent.TASK_QUERY),
        ("Welche Termine habe ich morgen?", Intent.TASK_QUERY),
        ("Wie wird das Wetter morgen?", Intent.QUESTION),
        ("Hallo Donna", Intent.CHAT),
        ("Sag mir Bescheid, wenn das Paket da ist", Intent.AUTOMATION),
        ("Ich muss noch Milch kaufen", Intent.TASK),
    ],
)
def test_a_message_has_its_intent(gesagt: Sagen, text: str, intent: Intent) -> None:
    """Questions, chatter and rules are no tasks."""
    assert gesagt(text).intent is intent


def test_a_command_names_its_task(gesagt: Sagen) -> None:
    """What is moved, and that it is moved."""
    slots = gesagt("Verschiebe den Zahnarzt auf Freitag").slots

    assert (slots.verb, slots.target) == (ActionVerb.MOVE, "Zahnarzt")


def test_two_tasks_are_told_apart(gesagt: Sagen) -> None:
    """The verb closes a German clause."""
    reading = gesagt("Milch kaufen und Oma anrufen")

    assert [task.title for task in reading.tasks] == ["Milch kaufen", "Oma anrufen"]


def test_a_day_that_is_none_is_said(gesagt: Sagen) -> None:
    """No date is made up for 31 June."""
    reading = gesagt("Fest am 31. Juni")

    assert reading.deadline is None
    assert "31. Juni" in reading.remarks[0]


def test_a_length_is_read(gesagt: Sagen) -> None:
    """An hour and a half in one word."""
    reading = gesagt("für anderthalb Stunden Gitarre üben")

    assert (reading.title, reading.duration.total_seconds()) == ("Gitarre üben", 5400)
