"""The chart parser: every reading found once, in linear work."""

from donna_core.domain.capture.chart import Grammar, RuleBook
from donna_core.domain.capture.tokens import Token, tokenize

book = RuleBook()


@book.rule("sum", "{integer}")
def _number(_: None, token: Token) -> int:
    return int(token.text)


@book.rule("sum", "<sum> plus <sum>")
def _added(_: None, left: int, right: int) -> int:
    return left + right


@book.rule("sum", "=double|triple the? <sum>")
def _times(_: None, word: str, value: int) -> int:
    return value * (2 if word == "double" else 3)


@book.rule("sum", "minus <sum>")
def _refused(_: None, value: int) -> int | None:
    return None if value > 1 else -value


@book.rule("price", "<sum> ~k")
def _thousands(_: None, value: int) -> int:
    return value * 1000


GRAMMAR: Grammar[None] = Grammar.of([book])


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
