"""Expressions of skills: what they compute, and that they reach nothing and end soon."""

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from donna_core.domain.skill.evaluation import FILTERS, TESTS, ExpressionError
from donna_core.domain.skill.expressions import expression, holds, template

SCOPE = {
    "inputs": {"a": 3, "hosts": ["x", "y"], "rows": [{"n": "p", "v": 1}, {"n": "q", "v": 2}]},
    "state": {"plan": {"items": [1, 2], "success": True}},
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ inputs.a }}", 3),
        ("{{ inputs.a + 1 }} of {{ inputs.hosts | length }}", "4 of 2"),
        ("{{ inputs.rows | map(attribute='n') | join(', ') }}", "p, q"),
        ("{{ inputs.rows | selectattr('v', 'equalto', 2) | list }}", [{"n": "q", "v": 2}]),
        ("{{ state.plan.items[-1] }}", 2),
        ("{{ inputs.hosts[:1] }}", ["x"]),
        ("{{ inputs.none | default('—') }}", "—"),
        ("{% for h in inputs.hosts %}{{ loop.index }}{{ h }}{% endfor %}", "1x2y"),
        ("{% if state.plan.success %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 'b' if inputs.a > 5 else 'c' }}", "c"),
        ("{{ {'k': inputs.a} }}", {"k": 3}),
        ("{{ 'a b' | urlencode }}", "a%20b"),
    ],
)
def test_a_value_keeps_its_type_where_it_stands_alone(source: str, expected: object) -> None:
    """One expression keeps its native type, anything beside it makes a text."""
    assert template(source).value(SCOPE) == expected


@pytest.mark.parametrize(
    "source",
    [
        "{{ inputs.none }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ inputs.a.real.__class__ }}",
        "{{ range(9) }}",
        "{{ 9 ** 99999 }}",
        "{{ 'a' * 9999999 }}",
        "{{ '%s' % inputs.a }}",
        "{{ inputs | attr('a') }}",
        "{% import 'os' as os %}",
        "{% include 'x' %}",
        "{% set a = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "+".join("1" * 1 for _ in range(9000)) + " }}",
        "{{ 99999999999999999999999999 * 9 }}",
        "{{ inputs.a / 0 }}",
    ],
)
def test_what_is_not_listed_cannot_be_written(source: str) -> None:
    """Nothing of Python can be reached, and nothing large be made."""
    with pytest.raises(ExpressionError):
        template(source).value(SCOPE)


def test_work_is_counted() -> None:
    """Loops within loops end at the limit instead of going on for hours."""
    source = "{% for a in l %}" * 4 + "x" + "{% endfor %}" * 4
    with pytest.raises(ExpressionError, match=r"units of work|characters"):
        template(source).value({"l": list(range(100))})


def test_a_replacement_is_measured_before_it_is_made() -> None:
    """A short text that would become a huge one is refused."""
    scope = {"inputs": {"long": "a" * 200_000}}
    source = "{{ inputs.long | replace('a', inputs.long) }}"
    with pytest.raises(ExpressionError, match=r"units of work|characters"):
        template(source).value(scope)


def test_it_tells_what_it_reads() -> None:
    """Names that a loop binds are none of the scope's."""
    source = "{% for row in inputs.rows %}{{ row.n }}{{ state.plan.x }}{% endfor %}"
    assert template(source).reads == {("inputs", "rows"), ("state", "plan")}


def test_conditions_are_written_with_braces_or_without() -> None:
    """Both spellings are in use."""
    assert holds(
        expression("state.plan.success and not state.plan.skipped | default(false)"), SCOPE
    )
    assert not holds(expression("{{ inputs.a is none }}"), SCOPE)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    """No text raises anything but the one error, when read or when evaluated."""
    try:
        template("{{ " + source + " }}").value(SCOPE)
    except ExpressionError:
        return


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)
ARGUMENTS = st.sampled_from(
    ["", "1", "-1", "'a'", "'a', 'odd'", "'a', 'gt', 1", "none", "[1]", "x"]
)


@given(
    filters=st.lists(st.tuples(st.sampled_from(sorted(FILTERS)), ARGUMENTS), max_size=3),
    test=st.none() | st.tuples(st.sampled_from(sorted(TESTS)), ARGUMENTS),
    value=VALUES,
)
def test_any_filter_of_any_value_has_a_value_or_a_reason(
    filters: list[tuple[str, str]], test: tuple[str, str] | None, value: object
) -> None:
    """Whatever stands in a run, an expression that was read ends in one of the two."""
    source = "x" + "".join(f" | {name}({given})" for name, given in filters)
    if test is not None:
        source += f" is {test[0]}({test[1]})"
    try:
        expression(source).value({"x": value})
    except ExpressionError:
        event("a reason")
