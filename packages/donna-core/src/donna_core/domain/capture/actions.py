"""Commands about a task Donna has: "move the dentist to Friday", "done with the invoice"."""

from collections.abc import Collection, Sequence

from attrs import frozen

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.reading import ActionVerb
from donna_core.domain.capture.tokens import Token

_SHORT_STATUS = 7  # words; "the invoice is done" is short, prose about what is done is not


@frozen(kw_only=True)
class Command:
    """A change to something in the agenda; ``target`` holds the tokens that name it."""

    verb: ActionVerb
    target: tuple[Token, ...]
    sureness: float


def find_command(
    words: Sequence[Token], *, timed: Collection[int], lexicon: Lexicon
) -> Command | None:
    """Return the command that the words give, or None where they name an errand.

    ``words`` begin after the courtesies; ``timed`` are the starts of tokens in time phrases.
    "Move the couch to the garage" and "cancel Netflix" are things to do in the world, so a verb
    that is used for both needs a time to move to or a noun of the agenda.
    """
    if not words:
        return None
    marked = _marked(words, sets=lexicon.sets)
    if marked is not None:
        return Command(
            verb=ActionVerb.DONE, target=_target(marked, timed, sets=lexicon.sets), sureness=0.95
        )
    match = lexicon.actions.at(words, 0)
    if match is None:
        return _started(words, timed, sets=lexicon.sets) or _status(words, timed, lexicon)
    verb, rest = ActionVerb(match.value), words[match.end :]
    sureness = _sureness(verb, match, words, timed, lexicon)
    if sureness is None:
        return None
    return Command(verb=verb, target=_target(rest, timed, sets=lexicon.sets), sureness=sureness)


def _sureness(
    verb: ActionVerb,
    match: Match,
    words: Sequence[Token],
    timed: Collection[int],
    lexicon: Lexicon,
) -> float | None:
    rest = words[match.end :]
    if verb is ActionVerb.UNDO:
        return 0.95
    if verb is ActionVerb.MOVE:
        return _moving(match, rest, timed, lexicon)
    if verb is ActionVerb.CANCEL:
        return _cancelling(words, match, timed, lexicon)
    return 0.95 if rest else None


def _moving(
    match: Match, rest: Sequence[Token], timed: Collection[int], lexicon: Lexicon
) -> float | None:
    """Judge "move X …" by its aim: a time to move to, or something only an agenda holds."""
    in_agenda = _names(rest, lexicon)
    for place, token in enumerate(rest):
        if token.start in timed:
            before = rest[place - 1].norm if place else "to"
            if (
                token.norm in lexicon.sets["actions_target_time"]
                or before in lexicon.sets["actions_target_time"]
            ):
                return 0.95
            return 0.9 if in_agenda or rest[0].norm in lexicon.sets["actions_pointing"] else None
    return 0.85 if in_agenda and match.end - match.start == 1 else None


def _cancelling(
    words: Sequence[Token], match: Match, timed: Collection[int], lexicon: Lexicon
) -> float | None:
    rest = words[match.end :]
    pointing = (
        bool(rest)
        and rest[0].norm in lexicon.sets["actions_pointing"]
        and len(rest) <= _SHORT_STATUS
    )
    from_list = _kept_in(rest, sets=lexicon.sets) is not None
    if lexicon.errands.at(words, 0) is not None:
        strict = next(lexicon.agenda.within(rest), None) is not None
        free_day = any(word.start in timed for word in rest[:2]) and all(
            word.start in timed or word.norm in lexicon.sets["actions_determiners"] for word in rest
        )
        if strict or from_list or (pointing and len(rest) <= 3) or (rest and free_day):
            return 0.92
        named = (
            match.value
            and _names(rest, lexicon)
            and words[0].norm in lexicon.sets["actions_delete"]
        )
        return 0.85 if named else None
    if next(lexicon.contracts.within(rest), None) is not None and not from_list:
        return None
    return 0.92 if _names(rest, lexicon) or pointing or from_list else None


def _kept_in(words: Sequence[Token], *, sets: Sets) -> int | None:
    """Return the place of "from my list", "off the calendar"."""
    keepers = [place for place, word in enumerate(words) if word.norm in sets["actions_keepers"]]
    last = keepers[-1] if keepers else 0
    places = (p for p in range(last) if words[p].norm in sets["actions_off"])
    return next(places, None)


def _names(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the words name something an agenda holds."""
    return any(
        next(phrases.within(words), None) is not None
        for phrases in (lexicon.agenda, lexicon.events)
    )


def _marked(words: Sequence[Token], *, sets: Sets) -> Sequence[Token] | None:
    """Return X of "mark X (as) done", "set X to done"."""
    if words[0].norm not in sets["actions_mark"] or words[-1].norm not in sets["actions_done"]:
        return None
    return words[1:-1]


def _started(words: Sequence[Token], timed: Collection[int], *, sets: Sets) -> Command | None:
    """Read "start the budget task"; without the noun it names work to be done."""
    if (
        words[0].norm in sets["actions_start"]
        and words[-1].norm in sets["actions_task"]
        and words[1:]
    ):
        return Command(
            verb=ActionVerb.START, target=_target(words[1:], timed, sets=sets), sureness=0.9
        )
    return None


def _status(words: Sequence[Token], timed: Collection[int], lexicon: Lexicon) -> Command | None:
    """Read "the invoice is done": a statement, not the order to get it done."""
    plain = [word for word in words if word.start not in timed]
    if (
        len(plain) < 2
        or len(plain) > _SHORT_STATUS
        or plain[-1].norm not in lexicon.sets["actions_done"]
    ):
        return None
    if lexicon.action_verbs.at(plain, 0) is not None or lexicon.prefixes.at(plain, 0) is not None:
        return None
    return Command(
        verb=ActionVerb.DONE, target=_target(plain[:-1], timed, sets=lexicon.sets), sureness=0.85
    )


def _target(words: Sequence[Token], timed: Collection[int], *, sets: Sets) -> tuple[Token, ...]:
    """Return the words that name the task: no times, no determiners, nothing left hanging."""
    kept = [word for word in words if word.start not in timed]
    holder = _kept_in(kept, sets=sets)
    if holder:
        kept = kept[:holder]
    while kept and kept[0].norm in sets["actions_determiners"]:
        kept = kept[1:]
    while kept and kept[-1].norm in sets["actions_dangling"]:
        kept = kept[:-1]
    return tuple(kept)
