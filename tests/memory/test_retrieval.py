"""The ranking: what it keeps whatever is found."""

from hypothesis import given
from hypothesis import strategies as st

from donna_memory.documents import SourceType
from donna_memory.lexical import words_of
from donna_memory.retrieval import Candidate, Ranked, RetrievalRules, without_echoes

WORDS = st.lists(st.sampled_from(["tea", "boat", "rain", "sun", "wind"]), max_size=7)


def all_pairs(ranked: list[Ranked], texts: list[str], rules: RetrievalRules) -> list[int]:
    """Return the keys by the definition: every chunk is compared with every better one."""
    kept: list[int] = []
    echoes: list[int] = []
    for each in ranked:
        key = each.candidate.key
        words = {*words_of(texts[key])}
        shares = [
            len(words & other) / len(words | other)
            for other in ({*words_of(texts[better])} for better in kept)
            if words | other
        ]
        repeats = any(share >= rules.near_duplicate for share in shares)
        (echoes if repeats else kept).append(key)
    return [*kept, *echoes][: rules.max_k]


@given(
    texts=st.lists(WORDS.map(" ".join), max_size=30),
    most=st.integers(1, 12),
    share=st.sampled_from([0.5, 0.8, 0.97, 1.0]),
)
def test_only_the_best_are_compared_and_it_makes_no_difference(
    texts: list[str], most: int, share: float
) -> None:
    """Stopping when enough are kept gives what comparing all pairs gives, and reads less."""
    rules = RetrievalRules(max_k=most, default_k=2, near_duplicate=share)
    ranked = [
        Ranked(
            candidate=Candidate(key=key, source_type=SourceType.VAULT),
            score=1 - key / 100,
            lexical=0,
            semantic=0,
        )
        for key in range(len(texts))
    ]
    read: list[int] = []

    def given_texts(keys: object) -> dict[int, str]:
        read.extend(keys)  # type: ignore[arg-type]  # a sequence of keys
        return {key: texts[key] for key in read}

    found = [
        each.candidate.key for each in without_echoes(ranked, rules, given_texts, limit=rules.max_k)
    ]

    assert found == all_pairs(ranked, texts, rules)
    assert len(read) == len(set(read))
