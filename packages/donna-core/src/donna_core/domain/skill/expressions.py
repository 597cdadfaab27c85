"""The expressions and templates of skills: Jinja's grammar, evaluated here and nowhere else.

Jinja's parser reads them; nothing of Jinja ever runs. What is not listed here cannot be written:
there are no calls, no attributes of objects and no powers, and an evaluation counts its work. A
value is JSON, and a part that is not there can only be asked about (``is defined``, ``default``).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from jinja2 import Environment, TemplateError, nodes

from donna_core.domain.skill.evaluation import (
    BINARY,
    COMPARISONS,
    FILTERS,
    TESTS,
    Absent,
    ExpressionError,
    Work,
    is_true,
    loop_of,
    number,
    part,
    sliced,
    there,
    written,
)

Read = tuple[str, ...]
"""A part of the scope that an expression looks at: ``("inputs", "url")``, or ``("state",)``."""

Evaluate = Callable[[dict[str, Any], Work], Any]

LONGEST = 65_536
DEEPEST = 40
KNOWN = 1024
"""How many texts are remembered with what they mean: a skill is read anew before each run."""

_GRAMMAR = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701  # only parses


@frozen(kw_only=True)
class Template:
    """A text with expressions in it, read once and evaluated often.

    ``reads`` are the parts of the scope it can look at; ``is_constant`` tells that it looks at
    none.
    """

    source: str
    reads: frozenset[Read]
    _parts: tuple[str | Evaluate, ...] = field(repr=False, eq=False)

    @property
    def is_single(self) -> bool:
        """Whether it is one expression and nothing beside it, whose value keeps its type."""
        return len(self._parts) == 1 and not isinstance(self._parts[0], str)

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every scope."""
        return not self.reads

    def value(self, scope: Mapping[str, Any]) -> Any:
        """Return the value of a single expression in its own type, else the text.

        Raise ``ExpressionError``.
        """
        if len(self._parts) == 1 and not isinstance(self._parts[0], str):
            return there(self._parts[0](dict(scope), Work()))
        return self.text(scope)

    def text(self, scope: Mapping[str, Any]) -> str:
        """Return the text; a value that is no text is written as JSON.

        Raise ``ExpressionError``.
        """
        return _text(self._parts, dict(scope), Work())


@lru_cache(maxsize=KNOWN)
def template(source: str) -> Template:
    """Read a template; raise ``ExpressionError`` with its line, counted from 1."""
    body = _parsed(source).body
    reader = _Reader()
    parts = reader.body(body)
    shown = [each for each in parts if not isinstance(each, str) or each.strip()]
    single = len(shown) == 1 and not isinstance(shown[0], str) and _is_one_output(body)
    kept = tuple(shown) if single else tuple(parts)
    return Template(source=source, reads=frozenset(reader.reads), parts=kept)


@lru_cache(maxsize=KNOWN)
def expression(source: str) -> Template:
    """Read a bare expression, or one in braces; raise ``ExpressionError``."""
    bare = source.strip()
    if bare.startswith("{{") and bare.endswith("}}"):
        bare = bare[2:-2].strip()
    found = template("{{ " + bare + " }}")
    if not found.is_single:
        raise ExpressionError("one expression is expected", line=1)
    return found


def holds(condition: Template, scope: Mapping[str, Any]) -> bool:
    """Return whether the condition is true; raise ``ExpressionError``."""
    return is_true(condition.value(scope))


def _parsed(source: str) -> nodes.Template:
    if len(source) > LONGEST:
        raise ExpressionError(f"it is longer than {LONGEST} characters", line=1)
    try:
        return _GRAMMAR.parse(source)
    except TemplateError as error:
        problem = error.message or "it cannot be read"
        raise ExpressionError(problem, line=getattr(error, "lineno", 1)) from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise ExpressionError("it is nested too deeply or too large", line=1) from error


def _is_one_output(body: list[nodes.Node]) -> bool:
    return all(isinstance(node, nodes.Output) for node in body)


def _text(parts: tuple[str | Evaluate, ...], scope: dict[str, Any], work: Work) -> str:
    pieces: list[str] = []
    for each in parts:
        piece = each if isinstance(each, str) else written(there(each(scope, work)))
        work.spend(text=len(piece))
        pieces.append(piece)
    return "".join(pieces)


class _Reader:
    """Turns parsed nodes into functions, once for each template."""

    def __init__(self) -> None:
        self.reads: set[Read] = set()
        self._bound: list[str] = []
        self._depth = 0
        self._kinds: tuple[tuple[type[nodes.Node] | Any, Callable[[Any], Evaluate]], ...] = (
            (nodes.Const, _constant),
            (nodes.Name, self._name),
            (nodes.Getattr | nodes.Getitem, self._part),
            (nodes.List | nodes.Tuple, self._listed),
            (nodes.Dict, self._mapped),
            (nodes.Filter | nodes.Test, self._applied),
            (nodes.Compare, self._compared),
            (nodes.CondExpr, self._chosen),
            (nodes.Concat, self._joined),
            (nodes.UnaryExpr, self._unary),
            (nodes.BinExpr, self._binary),
        )

    def body(self, body: list[nodes.Node]) -> list[str | Evaluate]:
        parts: list[str | Evaluate] = []
        for node in body:
            match node:
                case nodes.Output():
                    parts.extend(
                        each.data if isinstance(each, nodes.TemplateData) else self.read(each)
                        for each in node.nodes
                    )
                case nodes.If():
                    parts.append(self._if(node))
                case nodes.For():
                    parts.append(self._for(node))
                case _:
                    raise _unknown(node)
        return parts

    def read(self, node: nodes.Node) -> Evaluate:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError("it is nested too deeply", line=node.lineno)
        try:
            found = self._expression(node)
        finally:
            self._depth -= 1

        def evaluate(scope: dict[str, Any], work: Work) -> Any:
            work.spend()
            return found(scope, work)

        return evaluate

    def _expression(self, node: nodes.Node) -> Evaluate:
        for kind, read in self._kinds:
            if isinstance(node, kind):
                return read(node)
        raise _unknown(node)

    def _listed(self, node: nodes.List | nodes.Tuple) -> Evaluate:
        items = [self.read(item) for item in node.items]
        return lambda scope, work: [there(item(scope, work)) for item in items]

    def _mapped(self, node: nodes.Dict) -> Evaluate:
        pairs = [(self.read(each.key), self.read(each.value)) for each in node.items]
        return lambda scope, work: {
            written(there(key(scope, work))): there(value(scope, work)) for key, value in pairs
        }

    def _joined(self, node: nodes.Concat) -> Evaluate:
        pieces = tuple(self.read(each) for each in node.nodes)
        return lambda scope, work: _text(pieces, scope, work)

    def _name(self, node: nodes.Name) -> Evaluate:
        name = node.name
        if name not in self._bound:
            self.reads.add((name,))
        return lambda scope, _: scope.get(name, Absent(name))

    def _part(self, node: nodes.Getattr | nodes.Getitem) -> Evaluate:
        key = node.attr if isinstance(node, nodes.Getattr) else _constant_key(node.arg)
        owner = node.node
        if isinstance(owner, nodes.Name) and isinstance(key, str) and owner.name not in self._bound:
            self.reads.add((owner.name, key))
            name = owner.name
            return lambda scope, _: part(scope.get(name, Absent(name)), key, name)
        whole, spelled = self.read(owner), _spelled(owner)
        if key is not None:
            return lambda scope, work: part(whole(scope, work), key, spelled)
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice):
            return self._slice(node.arg, whole)
        wanted = self.read(node.arg)  # type: ignore[union-attr]  # only an item has no key yet
        return lambda scope, work: part(whole(scope, work), there(wanted(scope, work)), spelled)

    def _slice(self, node: nodes.Slice, whole: Evaluate) -> Evaluate:
        ends = [self.read(end) if end else None for end in (node.start, node.stop)]
        if node.step is not None:
            raise ExpressionError("a slice has no step here", line=node.lineno)
        return lambda scope, work: sliced(
            whole(scope, work), *(end and there(end(scope, work)) for end in ends)
        )

    def _applied(self, node: nodes.Filter | nodes.Test) -> Evaluate:
        is_filter = isinstance(node, nodes.Filter)
        table: Mapping[str, Callable[..., Any]] = FILTERS if is_filter else TESTS
        kind = "filter" if is_filter else "test"
        if node.name not in table:
            known = ", ".join(sorted(table))
            problem = f"there is no {kind} '{node.name}' here; there are {known}"
            raise ExpressionError(problem, line=node.lineno)
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise _unknown(node)
        act, value = table[node.name], self.read(node.node)
        args = [self.read(each) for each in node.args]
        named: dict[str, Evaluate] = {str(each.key): self.read(each.value) for each in node.kwargs}

        def evaluate(scope: dict[str, Any], work: Work) -> Any:
            given = [there(each(scope, work)) for each in args]
            more = {key: there(each(scope, work)) for key, each in named.items()}
            try:
                return act(work, value(scope, work), *given, **more)
            except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
                problem = f"the {kind} '{node.name}' cannot be used so ({error})"
                raise ExpressionError(problem, line=node.lineno) from error

        return evaluate

    def _compared(self, node: nodes.Compare) -> Evaluate:
        first = self.read(node.expr)
        rest = [(COMPARISONS[each.op], self.read(each.expr)) for each in node.ops]

        def evaluate(scope: dict[str, Any], work: Work) -> bool:
            left = there(first(scope, work))
            for compare, other in rest:
                right = there(other(scope, work))
                if not compare(work, left, right):
                    return False
                left = right
            return True

        return evaluate

    def _chosen(self, node: nodes.CondExpr) -> Evaluate:
        test, one = self.read(node.test), self.read(node.expr1)
        other = self.read(node.expr2) if node.expr2 is not None else None

        def evaluate(scope: dict[str, Any], work: Work) -> Any:
            if is_true(test(scope, work)):
                return one(scope, work)
            return "" if other is None else other(scope, work)

        return evaluate

    def _unary(self, node: nodes.UnaryExpr) -> Evaluate:
        value = self.read(node.node)
        if isinstance(node, nodes.Not):
            return lambda scope, work: not is_true(value(scope, work))
        sign = -1 if isinstance(node, nodes.Neg) else 1
        return lambda scope, work: sign * number(there(value(scope, work)))

    def _binary(self, node: nodes.BinExpr) -> Evaluate:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node, nodes.And):
            return lambda scope, work: (
                right(scope, work) if is_true(one := left(scope, work)) else one
            )
        if isinstance(node, nodes.Or):
            return lambda scope, work: (
                one if is_true(one := left(scope, work)) else right(scope, work)
            )
        act = BINARY.get(node.operator)
        if act is None:
            raise _unknown(node)
        return lambda scope, work: act(work, there(left(scope, work)), there(right(scope, work)))

    def _if(self, node: nodes.If) -> Evaluate:
        ways = [(self.read(each.test), tuple(self.body(each.body))) for each in (node, *node.elif_)]
        other = tuple(self.body(node.else_))

        def evaluate(scope: dict[str, Any], work: Work) -> str:
            for test, parts in ways:
                if is_true(test(scope, work)):
                    return _text(parts, scope, work)
            return _text(other, scope, work)

        return evaluate

    def _for(self, node: nodes.For) -> Evaluate:
        if not isinstance(node.target, nodes.Name) or node.test is not None or node.recursive:
            raise ExpressionError("a loop is written `for name in list`", line=node.lineno)
        items, name = self.read(node.iter), node.target.name
        self._bound.extend((name, "loop"))
        parts = tuple(self.body(node.body))
        del self._bound[-2:]
        other = tuple(self.body(node.else_))

        def evaluate(scope: dict[str, Any], work: Work) -> str:
            found = there(items(scope, work))
            if not isinstance(found, list):
                raise ExpressionError("a loop goes over a list", line=node.lineno)
            pieces = []
            for index, item in enumerate(found):
                work.spend()
                inner = {**scope, name: item, "loop": loop_of(index, len(found))}
                pieces.append(_text(parts, inner, work))
            return "".join(pieces) if pieces else _text(other, scope, work)

        return evaluate


def _constant(node: nodes.Const) -> Evaluate:
    value = node.value
    if isinstance(value, int | float):
        value = number(value) if not isinstance(value, bool) else value
    elif value is not None and not isinstance(value, str):
        raise _unknown(node)
    return lambda _, __: value


def _constant_key(node: nodes.Node) -> str | int | None:
    if isinstance(node, nodes.Const) and isinstance(node.value, str | int):
        return node.value
    return None


def _spelled(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{_spelled(node.node)}.{node.attr}"
        case _:
            return "it"


def _unknown(node: nodes.Node) -> ExpressionError:
    kind = type(node).__name__
    return ExpressionError(f"'{kind}' cannot be written in a skill", line=node.lineno)
