"""What of a prompt and an answer is kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.spending.texts import HIDDEN, TextRules, fit_to_keep
from donna_core.local.settings import load_settings
from donna_core.local.spending_rules import text_rules
from donna_core.testing.contracts.spending import invocation

RULES = text_rules(load_settings().donna_models.call_log)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key sk-" + "ab12" * 5 + " in it", "ab12ab12"),
        ("ghp_abcdefghijklmnop0123 works", "ghp_abcdefghijklmnop0123"),
        ("AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"),
        ("Authorization: Bearer abc.def-ghi_jkl123", "abc.def-ghi_jkl123"),
        ("my password is hunter22, thanks", "hunter22"),
        ('{"api_key": "tops3cret!"}', "tops3cret!"),
        ("postgres://me:s3same@db/one", "s3same"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl", "eyJzdWIiOiIx"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "MIIE"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE and cut off", "MIIE"),
    ],
)
def test_secrets_are_hidden(text: str, secret: str) -> None:
    """In the prompt, in the error and anywhere in the answer, keys of objects included."""
    row = invocation(prompt=text, error=text, output={"a": [{"b": text}], text: 1})
    kept = fit_to_keep(row, RULES)

    for stored in (kept.prompt, kept.error, json.dumps(kept.output)):
        assert stored is not None
        assert secret not in stored
        assert HIDDEN in stored


@pytest.mark.parametrize(
    "text",
    ["Call Ana about the keys", "token budget", "https://example.org/a?b=c", "sk-", "pin the note"],
)
def test_plain_words_are_left_alone(text: str) -> None:
    """What only looks a little like a secret is kept."""
    assert fit_to_keep(invocation(prompt=text, output={"a": text}), RULES) == invocation(
        prompt=text, output={"a": text}
    )


def test_long_texts_are_cut() -> None:
    """What is missing is counted; of an answer that is too long the beginning is kept, as JSON."""
    rules = evolve(RULES, limit=10)
    kept = fit_to_keep(invocation(prompt="x" * 25, output={"a": ["y" * 9] * 9}), rules)

    assert kept.prompt == "x" * 10 + "… [15 more characters]"
    assert kept.output is not None
    assert kept.output["cut"].startswith('{"a": ["yy… [')


def test_a_secret_at_the_cut_is_hidden_whole() -> None:
    """Cutting comes after hiding, so that no half of a secret is kept."""
    rules = evolve(RULES, limit=30)
    kept = fit_to_keep(invocation(prompt="my key: sk-" + "a1" * 20), rules)

    assert kept.prompt is not None
    assert "a1" not in kept.prompt


def test_texts_are_not_kept_where_that_is_not_wanted() -> None:
    """Everything else of the row stays."""
    row = invocation(prompt="x", output={"a": 1}, error="why", tokens_in=5)

    assert fit_to_keep(row, evolve(RULES, keep=False)) == invocation(error="why", tokens_in=5)


@given(prompt=st.text(), output=st.dictionaries(st.text(), JSON, max_size=4))
def test_what_is_kept_is_bounded(prompt: str, output: dict[str, Any]) -> None:
    """Whatever comes in, what is stored has about the limit as its length."""
    rules = TextRules(keep=True, limit=40, keep_for=timedelta(days=1), secrets=RULES.secrets)
    kept = fit_to_keep(invocation(prompt=prompt, output=output), rules)

    assert kept.prompt is not None
    assert len(kept.prompt) <= 80
    assert len(json.dumps(kept.output, ensure_ascii=False)) <= 2 * 40 + 60
