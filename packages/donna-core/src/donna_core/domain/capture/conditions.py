"""Conditions of rules: what has to stand around the words, or how they have to be written.

A rule's patterns name them ("clock if half_led"). Each gets the word sets of the language, the
tokens, and the places ``[start, end)`` of the words.
"""

from collections.abc import Callable, Sequence

from donna_core.domain.capture.tokens import Shape, Token

_STOPS = frozenset(',.;!?)]"')
_DENOMINATORS = (2, 3, 4, 8)
_NOTHING: frozenset[str] = frozenset()
_HOURS_A_DAY = 24
_LAST_DAY = 31


class Sets(dict[str, frozenset[str]]):
    """Sets of words by name; one that a language does without is empty."""

    def __missing__(self, name: str) -> frozenset[str]:
        return _NOTHING


Condition = Callable[[Sets, Sequence[Token], int, int], bool]
CONDITIONS: dict[str, Condition] = {}


def condition(check: Condition) -> Condition:
    """Enter a condition under its name."""
    CONDITIONS[check.__name__] = check
    return check


def before(tokens: Sequence[Token], start: int) -> str:
    """Return the word before, or nothing."""
    return tokens[start - 1].norm if start > 0 else ""


@condition
def whole(_: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the text says nothing else."""
    return start == 0 and end == len(tokens)


@condition
def opens(_: Sets, _tokens: Sequence[Token], start: int, _end: int) -> bool:
    """Whether the text begins with it; elsewhere "3-4 Monday" may be pages."""
    return start == 0


@condition
def nothing_counted(sets: Sets, tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether the number before is left alone, instead of counting what follows."""
    if end >= len(tokens):
        return True
    after = tokens[end]
    if after.shape in (Shape.INTEGER, Shape.DECIMAL):
        return False
    if after.glued and after.norm not in _STOPS:
        return False
    return after.shape is not Shape.WORD or after.norm in sets["after_number"]


@condition
def half_led(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a lone "4a" is a time: a word or another time leads to it."""
    if len(tokens[end - 1].norm) > 1 or tokens[start].shape is Shape.CLOCK:
        return True
    return before(tokens, start) in sets["clock_leads"]


@condition
def four_digits(_: Sets, tokens: Sequence[Token], start: int, _end: int) -> bool:
    """Whether the digits are hours and minutes: 1530, not 15."""
    text = tokens[start].text
    return len(text) == 4 and int(text[:2]) < _HOURS_A_DAY and int(text[2:]) <= 59


@condition
def leading_zero(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the number after "at" is 0930."""
    text = tokens[end - 1].text
    counts = not nothing_counted(sets, tokens, start, end)
    return text.startswith("0") and not counts and four_digits(sets, tokens, end - 1, end)


@condition
def plain_hour(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the number after "at" is left alone and not 0930, or a verb follows: "at 5 call"."""
    if leading_zero(sets, tokens, start, end):
        return False
    return nothing_counted(sets, tokens, start, end) or _before_verb(sets, tokens, end)


def _before_verb(sets: Sets, tokens: Sequence[Token], end: int) -> bool:
    """Whether "at 5" leads to what is to be done: "at 5 call Ann", not "at 5 stores"."""
    number, after = tokens[end - 1], tokens[end]
    small = number.shape is Shape.WORD or (
        number.text.isdigit() and len(number.text) <= 2 and int(number.text) <= _HOURS_A_DAY
    )
    plain = after.shape is Shape.WORD and after.text.islower() and not after.glued
    return small and plain and not after.norm.endswith("s") and after.norm not in sets["measures"]


@condition
def spoken_words(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "ten thirty" is said in words and counts nothing."""
    words = all(token.shape is Shape.WORD for token in tokens[start:end])
    return words and end - start == 2 and nothing_counted(sets, tokens, start, end)


@condition
def half_hour(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "half six" is a time: words only, and a preposition of time leads to it."""
    led = before(tokens, start) in sets["clock_leads"] or whole(sets, tokens, start, end)
    return led and tokens[end - 1].shape is Shape.WORD and nothing_counted(sets, tokens, start, end)


@condition
def due(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "1st" stands after "by" or "due", and counts nothing."""
    return before(tokens, start) in sets["due_leads"] and nothing_counted(sets, tokens, start, end)


@condition
def no_pair(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "on 15" counts nothing and is no "1 on 1"."""
    alone = start == 0 or tokens[start - 1].shape is not Shape.INTEGER
    return alone and nothing_counted(sets, tokens, start, end)


@condition
def no_name(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is no part of a name: "Black Friday", "monday.com"."""
    if before(tokens, start) in sets["naming_days"]:
        return False
    rest = tokens[end : end + 2]
    return len(rest) < 2 or rest[0].norm != "." or not (rest[0].glued and rest[1].glued)


@condition
def upper_era(_: Sets, tokens: Sequence[Token], _start: int, end: int) -> bool:
    """Whether an era is written in capitals: "2027 BE", not "2027 be"."""
    return tokens[end - 1].text.isupper()


@condition
def dotted_abbreviation(_: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a dot belongs to the abbreviation before: "Mon.", not "Monday."."""
    return end - start == 1 or (tokens[end - 1].glued and len(tokens[start].norm) < 6)


@condition
def feast_itself(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the day is meant, unlike in "the Christmas party" and "New Year resolutions"."""
    if end >= len(tokens) or tokens[end].shape is not Shape.WORD:
        return True
    if tokens[end].norm in sets["after_feast"] or tokens[start].norm in sets["feast_leads"]:
        return True
    return before(tokens, start) in sets["feast_leads"]


@condition
def no_timer(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether the length is not the delay of a timer."""
    return before(tokens, start) not in sets["timers"]


@condition
def after_timer(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether the length says when a timer or reminder goes off."""
    return before(tokens, start) in sets["timers"]


@condition
def rings(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether an alarm or a reminder is set for a bare hour."""
    return after_timer(sets, tokens, start, end) and nothing_counted(sets, tokens, start, end)


@condition
def after_me(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether it is "remind me later", not "see you later"."""
    return before(tokens, start) in sets["me"]


@condition
def dot_abbreviates(_: Sets, tokens: Sequence[Token], _start: int, end: int) -> bool:
    """Whether a final dot belongs to "hrs." and not to the end of the sentence."""
    return tokens[end - 1].norm != "." or (tokens[end - 1].glued and end < len(tokens))


@condition
def last_glued(_: Sets, tokens: Sequence[Token], _start: int, end: int) -> bool:
    """Whether the last word touches the one before: 1h30."""
    return tokens[end - 1].glued


@condition
def free_length(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a length stands by itself, not as "a second chance" or "two days before"."""
    after = tokens[end].norm if end < len(tokens) else ""
    if tokens[start].norm in sets["one_of"]:
        return False  # "a second chance", "wait a minute"
    return after not in sets["anchors"] and before(tokens, start) not in sets["counters"]


@condition
def no_holiday_eve(sets: Sets, tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether "eve" is the evening of a weekday and not the day before a feast."""
    return tokens[end - 1].norm not in sets["eves"] or tokens[end - 2].norm in sets["plain_days"]


@condition
def compact_date(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether eight digits are a date: a preposition leads to them, or they are the whole text."""
    text = tokens[start].text
    led = before(tokens, start) in sets["date_leads"]
    return len(text) == 8 and text[:2] in ("19", "20") and (led or whole(sets, tokens, start, end))


@condition
def no_verb(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "one may" is no date: may and march need digits or "the" or "of" before them."""
    if tokens[end - 1].norm not in sets["month_verbs"]:
        return True
    is_plain = tokens[start].shape is Shape.WORD and tokens[start].norm in sets["counts"]
    return end - start > 2 or not is_plain


@condition
def no_anchor(sets: Sets, tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether "shortly" leads to no "after"."""
    return end >= len(tokens) or tokens[end].norm not in sets["sides"]


@condition
def period_led(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a preposition of time leads to the year or season and no noun follows."""
    led = before(tokens, start) in sets["period_leads"]
    return led and nothing_counted(sets, tokens, start, end)


@condition
def says_how_often(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "weekly" says how often, unlike in "the weekly report"."""
    if tokens[start].norm not in sets["frequency_adjectives"] or end - start > 1:
        return True
    after = tokens[end] if end < len(tokens) else None
    led = before(tokens, start) in sets["determiners"]
    return not led or after is None or after.norm in sets["after_frequency"]


@condition
def short_days(_: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the weekdays are abbreviated, as in a plan; "Monday, Tuesday, Friday" may be days."""
    words = [token.norm for token in tokens[start:end] if token.shape is Shape.WORD]
    return all(len(word) <= 5 for word in words)


@condition
def no_ordinary_word(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a lone "sat" or "mon" stands where a day would: at the end, after no subject."""
    word = tokens[start].norm
    if end - start > 1 or word not in sets["ordinary_days"]:
        return True
    led = {token.norm for token in tokens[max(0, start - 2) : start]}
    if start == 0 and end < len(tokens) and word in sets["ordinary_openers"]:
        return True
    at_end = end == len(tokens) or not tokens[end].norm[0].isalnum()
    at_end = at_end or tokens[end].norm in sets["ordinary_joints"]
    is_month = word in sets["ordinary_months"] and start > 0
    return at_end and not led & sets["subjects"] and not is_month


@condition
def no_day_follows(sets: Sets, tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether the thing itself is meant, unlike in "two days before last"."""
    return end >= len(tokens) or tokens[end].norm not in sets["day_pointers"]


@condition
def compound_part(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is "midafternoon" or "early morning"; a bare "morning" is rather a greeting."""
    return end - start > 1 or tokens[start].norm in sets["compound_parts"]


@condition
def no_fraction(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether 3/4 is no fraction: a preposition leads to it or no fraction looks like it."""
    upper, lower = (int(part) for part in tokens[start].text.split("/"))
    if tokens[start].text == "24/7":
        return False
    if before(tokens, start) in sets["slash_leads"]:
        return True
    following = tokens[start + 1].norm if start + 1 < len(tokens) else ""
    return upper >= lower or lower not in _DENOMINATORS or following in sets["after_slash"] | {""}


@condition
def date_led(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether a preposition leads to the number, or a weekday with or without a comma."""
    led = [token.norm for token in tokens[max(0, start - 2) : start] if token.norm != ","]
    return bool(led) and led[-1] in sets["dotted_leads"]


@condition
def round_hour(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "15h" is the whole text and late enough for a clock; "2h" is a length."""
    text = tokens[start].text
    return len(text) == 2 and int(text) in range(13, 24) and whole(sets, tokens, start, end)


@condition
def no_hour(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a two-digit number after a date is its year: too large for an hour or a day."""
    text = tokens[end - 1].text
    counts = not nothing_counted(sets, tokens, start, end)
    return len(text) == 2 and int(text) > _LAST_DAY and not counts


@condition
def names_thing(sets: Sets, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "annual" tells which thing is meant, as in "the annual review"."""
    return not says_how_often(sets, tokens, start, end)


@condition
def no_decade(sets: Sets, tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether "90s" is a length and not "the 90s"."""
    return before(tokens, start) not in sets["determiners"]


@condition
def no_measure(sets: Sets, tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether the number counts nothing that is measured: "um 8 Tabletten", not "um 8 Prozent"."""
    if end >= len(tokens):
        return True
    after = tokens[end]
    if after.shape in (Shape.INTEGER, Shape.DECIMAL) or after.norm in sets["measures"]:
        return False
    return not after.glued or after.norm in _STOPS
