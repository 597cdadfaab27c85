"""What the log of calls keeps of a prompt and an answer: not the secrets, and not all of it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.spending.invocations import Invocation

HIDDEN = "[secret]"


@frozen(kw_only=True)
class TextRules:
    """How texts are kept. What a pattern matches is hidden; of its first group, only that.

    ``limit`` is in characters for the prompt and for the answer as JSON; ``keep_for`` is how
    long both stay. Where nothing is kept the rest of the row still is.
    """

    keep: bool
    limit: int
    keep_for: timedelta
    secrets: tuple[re.Pattern[str], ...]


def fit_to_keep(row: Invocation, rules: TextRules) -> Invocation:
    """Return the row with its texts as they may be stored."""
    error = None if row.error is None else kept(row.error, rules)
    if not rules.keep:
        return evolve(row, prompt=None, output=None, error=error)
    prompt = None if row.prompt is None else kept(row.prompt, rules)
    output = None if row.output is None else _output(row.output, rules)
    return evolve(row, prompt=prompt, output=output, error=error)


def kept(text: str, rules: TextRules) -> str:
    """Return the text without its secrets, and with its end counted where it is too long.

    Secrets are looked for in twice of what is kept, so that none is cut in half and kept.
    """
    return _cut(_hidden(text[: 2 * rules.limit], rules), rules.limit, whole=len(text))


def _hidden(text: str, rules: TextRules) -> str:
    for pattern in rules.secrets:
        text = pattern.sub(_hide, text)
    return text


def _hide(found: re.Match[str]) -> str:
    if not found.re.groups or found.group(1) is None:
        return HIDDEN
    start, end = (place - found.start() for place in found.span(1))
    return found.group()[:start] + HIDDEN + found.group()[end:]


def _output(output: Mapping[str, Any], rules: TextRules) -> Mapping[str, Any]:
    clean = {kept(str(key), rules): _clean(value, rules) for key, value in output.items()}
    written = json.dumps(clean, ensure_ascii=False)
    if len(written) <= rules.limit:
        return clean
    return {"cut": _cut(written, rules.limit, whole=len(written))}


def _clean(value: Any, rules: TextRules) -> Any:
    match value:
        case str():
            return kept(value, rules)
        case Mapping():
            return {kept(str(key), rules): _clean(each, rules) for key, each in value.items()}
        case Sequence():
            return [_clean(each, rules) for each in value]
        case _:
            return value


def _cut(text: str, limit: int, *, whole: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [{whole - limit} more characters]"
