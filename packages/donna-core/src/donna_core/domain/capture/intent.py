"""What a message wants: something kept, shown, changed, arranged, answered, or only talk."""

from collections.abc import Collection, Sequence

from attrs import evolve, frozen

from donna_core.domain.capture.actions import Command, find_command
from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.facts import leaves_duty, tells_fact
from donna_core.domain.capture.lexicon import Lexicon, Match, Phrases
from donna_core.domain.capture.reading import Intent
from donna_core.domain.capture.tokens import Shape, Token

_FEWEST = 2  # letters or digits; with fewer a message is a face: ¯\\_(ツ)_/¯
_MOST_COURTESIES = 20  # one after the other
_SHORT = 8  # words; talk is rarely longer once its opener is known
_REQUEST_WIDTH = 5  # tokens between "set" and "reminder"


@frozen(kw_only=True)
class Judgement:
    """The intent of a message, how sure that is in [0, 1], and the command it gives."""

    intent: Intent
    sureness: float
    command: Command | None = None


@frozen(kw_only=True)
class _Message:
    """A message on its way to a judgement; ``timed`` are the starts of tokens in times."""

    words: Sequence[Token]
    timed: Collection[int]
    repeats: bool
    asks: bool
    lexicon: Lexicon

    def has(self, phrases: Phrases) -> bool:
        return next(phrases.within(self.words), None) is not None


def judge(
    tokens: Sequence[Token],
    *,
    timed: Collection[int],
    ahead: Collection[int],
    repeats: bool,
    lexicon: Lexicon,
    in_lines: bool = False,
) -> Judgement:
    """Return what a message wants.

    ``timed`` are the starts of the tokens in time phrases, ``ahead`` of those whose time is not
    over; ``repeats`` tells that one of them is a repetition, ``in_lines`` that the message has
    several lines. A request ("can you remind me to …") is a task although it asks; a message
    about something in the agenda is a query or a command; what is told to be remembered is talk;
    everything else that names something to do is a task.
    """
    words: Sequence[Token] = [token for token in tokens if token.shape is not Shape.PUNCTUATION]
    if sum(len(token.norm) for token in words if token.norm[:1].isalnum()) < _FEWEST:
        return Judgement(intent=Intent.CHAT, sureness=0.8)
    asks = bool(tokens) and tokens[-1].text == "?"
    if lexicon.urgency.at(words, 0) is None:
        chat = lexicon.chat.at(words, 0)
        if chat is not None and (chat.end == len(words) or _only_talk(tokens, lexicon)):
            return Judgement(intent=Intent.CHAT, sureness=0.97)
        if chat is not None and chat.end - chat.start > 2:
            return Judgement(intent=Intent.CHAT, sureness=0.8)
    else:
        chat = None
    if not in_lines and tells_fact(tokens, words, ahead=ahead, lexicon=lexicon):
        return Judgement(intent=Intent.CHAT, sureness=0.95)
    words = _addressed(words, lexicon)
    rest, courtesy = _without_courtesies(words, lexicon)
    message = _Message(words=rest, timed=timed, repeats=repeats, asks=asks, lexicon=lexicon)
    for judged in (
        _rule(message, courtesy),
        _request(message, courtesy),
        _about_agenda(message),
    ):
        if judged is not None:
            return judged
    return _unasked(message, words, chat)


def _only_talk(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether each sentence opens like talk: "what a week. so tired. good night!"."""
    openings = [0]
    openings += [at + 1 for at, token in enumerate(tokens[:-1]) if token.text in {".", "!"}]
    return len(openings) > 1 and all(lexicon.chat.at(tokens, at) for at in openings)


def _addressed(words: Sequence[Token], lexicon: Lexicon) -> Sequence[Token]:
    """Take off the name Donna is called by, where more than a name follows."""
    match = lexicon.addressees.at(words, 0)
    if match is None or match.end >= len(words):
        return words
    rest = words[match.end :]
    openers = (lexicon.prefixes, lexicon.action_verbs, lexicon.questions, lexicon.request_verbs,
               lexicon.query_verbs, lexicon.actions, lexicon.chat)  # fmt: skip
    if match.end - match.start > 1 or any(each.at(rest, 0) for each in openers):
        return rest
    return words


def _without_courtesies(words: Sequence[Token], lexicon: Lexicon) -> tuple[Sequence[Token], str]:
    """Return what follows the courtesies, and the one that asks for a task, else nothing."""
    for _ in range(_MOST_COURTESIES if words else 0):
        match = lexicon.prefixes.at(words, 0)
        if match is None or match.end >= len(words):
            break
        question = lexicon.questions.at(words, 0)
        if question is not None and question.end > match.end:
            break  # "should I …" asks, "should call Ann" does not
        asks = match.end - match.start > 1 and match.value not in lexicon.sets["intent_polite"]
        if asks and lexicon.chat.at(words, 0) is None and not lexicon.addressees.at(words, 0):
            return words[match.end :], str(match.value)
        words = words[match.end :]
    return words, ""


def _rule(message: _Message, courtesy: str) -> Judgement | None:
    """Judge conditions, services and requests to plan, each known by how it opens."""
    lexicon, words = message.lexicon, _untimed(message)
    if courtesy.startswith("remind") or not words:
        return None
    if lexicon.planning.at(message.words, 0) or _breaks_down(
        message.words, sets=message.lexicon.sets
    ):
        return Judgement(intent=Intent.PLANNING, sureness=0.9)
    if _watches(message, words):
        return Judgement(intent=Intent.AUTOMATION, sureness=0.9)
    serves = message.repeats and not courtesy and lexicon.services.at(words, 0) is not None
    if serves and _requested_noun(words, lexicon) is None:
        return Judgement(intent=Intent.AUTOMATION, sureness=0.8)
    return None


def _breaks_down(words: Sequence[Token], *, sets: Sets) -> bool:
    """Whether something is to be cut into steps, which nobody has yet."""
    return words[0].norm in sets["intent_break"] and any(
        word.norm in sets["intent_steps"] for word in words
    )


def _watches(message: _Message, words: Sequence[Token]) -> bool:
    """Whether Donna shall wait for something: "track the parcel and alert me once it is here"."""
    lexicon = message.lexicon
    opener = lexicon.automation.at(message.words, 0) or lexicon.automation.at(words, 0)
    told = [
        match
        for match in lexicon.automation.within(message.words)
        if match.end - match.start > 2 or match.value == "automatically"
    ]
    if opener is not None and opener.value == "if":
        return bool(told) or any(
            word.norm in message.lexicon.sets["title_me"] for word in message.words
        )
    return opener is not None or bool(told)


def _untimed(message: _Message) -> Sequence[Token]:
    """Return the words after a time that opens the message."""
    words = message.words
    place = 0
    while place < len(words) and words[place].start in message.timed:
        place += 1
    rest, _ = _without_courtesies(words[place:], message.lexicon)
    return rest


def _requested_noun(words: Sequence[Token], lexicon: Lexicon) -> Match | None:
    """Return the noun of "set up a new reminder", where a request opens the words."""
    verb = lexicon.request_verbs.at(words, 0)
    if verb is None:
        return None
    for place in range(verb.end, min(len(words), verb.end + _REQUEST_WIDTH)):
        noun = lexicon.request_nouns.at(words, place)
        if noun is not None:
            following = words[noun.end].norm if noun.end < len(words) else ""
            return None if following in lexicon.sets["intent_list"] else noun
    return None


def _request(message: _Message, courtesy: str) -> Judgement | None:
    lexicon, words = message.lexicon, message.words
    if courtesy in message.lexicon.sets["intent_wishes"] and _looks_into_agenda(message):
        return Judgement(intent=Intent.TASK_QUERY, sureness=0.8)
    if courtesy:
        return Judgement(intent=Intent.TASK, sureness=0.95)
    if _requested_noun(words, lexicon) is not None:
        return Judgement(intent=Intent.TASK, sureness=0.95)
    return None


def _about_agenda(message: _Message) -> Judgement | None:
    """Judge what speaks of the agenda: a command, a question, a wish to see it."""
    lexicon, words = message.lexicon, message.words
    if not words:
        return None
    command = find_command(words, timed=message.timed, lexicon=lexicon)
    if command is not None:
        return Judgement(intent=Intent.TASK_ACTION, sureness=command.sureness, command=command)
    if _looks_into_agenda(message):
        return Judgement(intent=Intent.TASK_QUERY, sureness=0.92)
    opener = lexicon.questions.at(words, 0)
    if opener is not None:
        return _question(message)
    if lexicon.listing.at(words, 0) and lexicon.agenda.at(words, len(words) - 1):
        return Judgement(intent=Intent.TASK_QUERY, sureness=0.7)
    return None


def _looks_into_agenda(message: _Message) -> bool:
    """Whether the words ask to show something of the agenda: "read my grocery list"."""
    lexicon, words = message.lexicon, message.words
    match = lexicon.query_verbs.at(words, 0)
    if match is None:
        return False
    rest = words[match.end :]
    if not rest and match.end > 1:
        return True
    if lexicon.request_nouns.at(rest, 1) if len(rest) > 1 else False:
        return rest[-1].norm in message.lexicon.sets["intent_list"] or match.end - match.start > 1
    return next(lexicon.agenda.within(rest), None) is not None


def _question(message: _Message) -> Judgement:
    """Tell a question about the own agenda from one about the world."""
    lexicon = message.lexicon
    known = message.has(lexicon.agenda) or message.has(lexicon.events)
    own = any(word.norm in message.lexicon.sets["intent_own"] for word in message.words)
    timed = any(word.start in message.timed for word in message.words)
    sureness = 0.95 if message.asks else 0.85
    elsewhere = message.has(lexicon.world) or (message.has(lexicon.places) and not own)
    if elsewhere and not known:
        return Judgement(intent=Intent.QUESTION, sureness=sureness)
    if (
        known
        or timed
        or (own and message.words[0].norm in message.lexicon.sets["intent_own_questions"])
    ):
        return Judgement(intent=Intent.TASK_QUERY, sureness=sureness)
    return Judgement(intent=Intent.QUESTION, sureness=sureness - 0.1)


def _unasked(message: _Message, said: Sequence[Token], chat: Match | None) -> Judgement:
    """Judge a message that neither asks nor requests in so many words."""
    lexicon, words = message.lexicon, message.words
    if lexicon.action_verbs.at(words, 0) is not None and len(said) > 1:
        return Judgement(intent=Intent.TASK, sureness=0.95)
    if chat is not None:
        return _after_greeting(message, said, chat)
    named = any(lexicon.action_verbs.at(said, place) for place in range(min(3, len(said))))
    told = any(word.norm in message.lexicon.sets["intent_was"] for word in words[1:])
    if told and not named and len(words) <= _SHORT:
        return Judgement(intent=Intent.CHAT, sureness=0.6)
    if message.asks and not named:
        return Judgement(intent=Intent.QUESTION, sureness=0.6)
    return Judgement(intent=Intent.TASK, sureness=0.9 if named else 0.7)


def _after_greeting(message: _Message, said: Sequence[Token], chat: Match) -> Judgement:
    """Judge "hi, …" by what follows the greeting."""
    lexicon = message.lexicon
    rest, courtesy = _without_courtesies(said[chat.end :], lexicon)
    if courtesy:
        return Judgement(intent=Intent.TASK, sureness=0.9)
    if rest and lexicon.action_verbs.at(rest, 0):
        return Judgement(intent=Intent.TASK, sureness=0.85)
    if rest and lexicon.questions.at(rest, 0):
        return _question(evolve(message, words=rest))
    short, untimed = len(rest) <= _SHORT, not any(word.start in message.timed for word in rest)
    tells = said[chat.end - 1].norm in lexicon.sets["intent_was"]  # "that was a nice evening …"
    if tells and leaves_duty(rest, lexicon):
        short = untimed = False
    if short or (tells and untimed):
        return Judgement(intent=Intent.CHAT, sureness=0.85 if short else 0.75)
    return Judgement(intent=Intent.TASK, sureness=0.55)
