"""The chart parser: every reading found once, in linear work."""

from donna_core.domain.capture.chart import Build, Grammar, Rule
from donna_core.domain.capture.patterns import patterns
from donna_core.domain.capture.tokens import Token, tokenize


def _number(_: None, token: Token) -> int:
    return int(token.text)


def _added(_: None, left: int, right: int) -> int:
    return left + right


def _times(_: None, factor: int, value: int) -> int:
    return value * factor


def _refused(_: None, value: int) -> int | None:
    return None if value > 1 else -value


def _thousands(_: None, value: int) -> int:
    return value * 1000


RULES: list[tuple[str, str, Build]] = [
    ("sum", "{integer}", _number),
    ("sum", "<sum> plus <sum>", _added),
    ("sum", "=$factor the? <sum>", _times),
    ("sum", "minus <sum>", _refused),
    ("price", "<sum> ~k", _thousands),
]
CLASSES = {"factor": {"double": 2, "triple": 3}}
GRAMMAR: Grammar[None] = Grammar.of(
    Rule(name=build.__name__, kind=kind, pattern=pattern, build=build)
    for kind, text, build in RULES
    for pattern in patterns(text, CLASSES)
)


def _widest(text: str, kind: str = "sum") -> set[int]:
    tokens = tokenize(text)
    nodes = GRAMMAR.parse(tokens, frame=None, wanted=kind)
    return {node.value for node in nodes if node.end - node.start == len(tokens)}


def test_a_rule_may_use_its_own_kind() -> None:
    """Recursion reads a chain of any length, grouped either way."""
    assert _widest("1 plus 2 plus 3") == {6}


def test_words_are_captured_and_optional_ones_may_be_missing() -> None:
    """Both readings of an ambiguous text are found."""
    assert _widest("double the 4") == {8}
    assert _widest("triple 2 plus 1") == {7, 9}


def test_a_builder_can_refuse() -> None:
    """None means that the rule does not apply."""
    assert _widest("minus 1") == {-1}
    assert _widest("minus 2") == set()


def test_glued_means_without_a_blank() -> None:
    """The tilde asks for no white space in between."""
    assert _widest("5k", "price") == {5000}
    assert _widest("5 k", "price") == set()


def test_a_hostile_text_is_read_in_bounded_work() -> None:
    """The number of nodes grows with the text, not with its square."""

    def nodes(length: int) -> int:
        tokens = tokenize("1 plus " * length + "1")
        return len(GRAMMAR.parse(tokens, frame=None, wanted="sum"))

    assert nodes(400) < 2.5 * nodes(200)
