"""The languages Donna reads: folders of data beside the configuration.

``languages/en`` holds ``words.yaml``, ``holidays.yaml`` and a file of rules per subject in
``grammar``; ``languages/common`` holds the rules that every language shares, such as those for
dates in digits.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from donna_core.domain.capture.language import Language
from donna_core.domain.capture.phrases import language_from
from donna_core.domain.errors import ConfigError
from donna_core.local.yaml_source import read_plain

_COMMON = "common"


def languages() -> tuple[str, ...]:
    """Return the codes of the languages there are, in order."""
    return tuple(sorted(each.name for each in _folder().iterdir() if each.name != _COMMON))


@cache
def language(code: str) -> Language:
    """Return the language with this ISO 639 code; raise ``ConfigError`` where there is none."""
    _check(code)
    own, common = _folder() / code, _folder() / _COMMON
    grammar: dict[str, Any] = {path.stem: read_plain(path) for path in _rules(own)}
    for path in _rules(common):
        grammar[path.stem] = read_plain(path) | grammar.get(path.stem, {})
    words = read_plain(own / "words.yaml")
    return language_from(
        {
            "code": code,
            **words,
            "sets": words["sets"] | read_plain(own / "sentences.yaml")["sets"],
            "holidays": read_plain(own / "holidays.yaml"),
            "grammar": grammar,
        }
    )


def lexicon_data(code: str) -> dict[str, Any]:
    """Return the words of sentences in a language; raise ``ConfigError`` where there is none."""
    _check(code)
    data: dict[str, Any] = read_plain(_folder() / code / "lexicon.yaml")
    return data


def _check(code: str) -> None:
    if code not in languages():
        known = ", ".join(languages())
        raise ConfigError(
            f"there is no language '{code}'", where="capture.yaml", remedy=f"Known: {known}"
        )


def _folder() -> Path:
    return Path(str(files("donna_core") / "defaults" / "languages"))


def _rules(folder: Path) -> list[Path]:
    return sorted((folder / "grammar").glob("*.yaml"))
