"""Many numbers or places as one parameter: a statement stays the same however many are meant.

With a parameter for each, SQLAlchemy would write the statement anew for every search.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, String, bindparam, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Numbers(FunctionElement[int]):
    """The numbers of a JSON list, as rows."""

    inherit_cache = True


class _Pairs(FunctionElement[Any]):
    """The pairs of a text and a number of a JSON list, as rows."""

    inherit_cache = True


def number_in(column: Column[int], name: str) -> ColumnElement[bool]:
    """Return the condition that a number is one of those bound under the name as ``numbers``."""
    return column.bool_op("IN")(_Numbers(bindparam(name, type_=String)))


def pair_in(text: Column[str], number: Column[int], name: str) -> ColumnElement[bool]:
    """Return the condition that the two are one of the pairs bound under the name as ``pairs``."""
    return tuple_(text, number).bool_op("IN")(_Pairs(bindparam(name, type_=String)))


def numbers(values: Iterable[int]) -> str:
    """Return the numbers as they are bound."""
    return json.dumps(sorted(values))


def pairs(values: Iterable[tuple[str, int]]) -> str:
    """Return the pairs as they are bound."""
    return json.dumps(sorted(values))


_ROWS = {
    (_Numbers, "sqlite"): "(SELECT value FROM json_each({}))",
    (_Numbers, "postgresql"): (
        "(SELECT CAST(each AS integer) FROM json_array_elements_text(CAST({} AS json)) AS each)"
    ),
    (_Pairs, "sqlite"): "(SELECT value ->> 0, value ->> 1 FROM json_each({}))",
    (_Pairs, "postgresql"): (
        "(SELECT each ->> 0, CAST(each ->> 1 AS integer)"
        " FROM json_array_elements(CAST({} AS json)) AS each)"
    ),
}


@compiles(_Numbers)
@compiles(_Pairs)
def _rows(listed: _Numbers | _Pairs, compiler: SQLCompiler, **options: Any) -> str:
    bound = compiler.process(listed.clauses, **options)
    return _ROWS[type(listed), compiler.dialect.name].format(bound)
