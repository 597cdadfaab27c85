"""What the capture tests share: the shipped lexicon and one person in Berlin."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import Reading
from donna_core.local.languages import language

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2027, 5, 3, 10, 0, tzinfo=BERLIN)
LEXICON_FILE = Path(__file__).resolve().parents[3] / "config" / "lexicon.yaml"

Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The lexicon Donna ships."""
    return Lexicon.from_mapping(
        yaml.safe_load(LEXICON_FILE.read_text(encoding="utf-8")), language=partial(language, "en")
    )


@pytest.fixture(scope="session")
def said(lexicon: Lexicon) -> Read:
    """Read a sentence as said on Monday 3 May 2027 at 10:00 in Berlin."""

    def at_ten(
        text: str,
        *,
        at: datetime = MONDAY,
        zone: ZoneInfo = BERLIN,
        day_first: bool = False,
    ) -> Reading:
        return read(text, at=at, zone=zone, lexicon=lexicon, day_first=day_first)

    return at_ten


@pytest.fixture(scope="session")
def wall() -> Callable[[datetime | None], str | None]:
    """Show an instant as Berlin's clocks do."""

    def show(instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")

    return show
