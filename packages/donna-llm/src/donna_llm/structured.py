"""Structured answers: JSON Schemas, and whether what came back meets them."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import field, frozen
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.protocols import Validator

from donna_core.domain.errors import ConfigError, InvalidInput
from donna_llm.prompts import read_json

_LONGEST_COMPLAINT = 300


class Unfit(InvalidInput):
    """An answer that does not meet its schema; ``where`` is the JSON path of what is wrong."""

    def __init__(self, where: str, *, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}")


@frozen(kw_only=True)
class Schema:
    """A JSON Schema (2020-12) whose root is an object; ``text`` is the same as compact JSON."""

    plain: Mapping[str, Any]
    text: str = field(repr=False)
    _validator: Validator = field(repr=False, eq=False, alias="validator")

    def check(self, answer: object) -> Mapping[str, Any]:
        """Return the answer, an object that meets the schema; raise ``Unfit``.

        Numbers that JSON does not have and texts that no encoding knows are refused as well:
        they could be neither stored nor shown.
        """
        if not isinstance(answer, dict):
            raise Unfit("$", problem=f"an object is wanted, not {type(answer).__name__}")
        try:
            json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
            error = best_match(self._validator.iter_errors(answer))
        except RecursionError:
            raise Unfit("$", problem="it is nested too deeply") from None
        except (TypeError, ValueError) as mistake:
            raise Unfit("$", problem=f"it is no JSON ({mistake})"[:_LONGEST_COMPLAINT]) from None
        if error is not None:
            raise Unfit(error.json_path, problem=error.message[:_LONGEST_COMPLAINT])
        return answer


def load_schema(path: Path) -> Schema:
    """Return the schema in a file; raise ``ConfigError``."""
    return make_schema(read_json(path), where=str(path))


def make_schema(plain: Any, *, where: str) -> Schema:
    """Return a schema from its plain form; raise ``ConfigError`` where it is none."""
    if not isinstance(plain, Mapping) or plain.get("type") != "object":
        problem = 'its root has to be an object (`"type": "object"`)'
        raise ConfigError(problem, where=where, remedy="Correct the schema")
    try:
        Draft202012Validator.check_schema(plain)
    except SchemaError as error:
        problem = f"is no JSON Schema: {error.json_path}: {error.message}"[:_LONGEST_COMPLAINT]
        raise ConfigError(problem, where=where, remedy="Correct the schema") from error
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return Schema(plain=plain, text=text, validator=Draft202012Validator(plain))


def schema_of(plain: Mapping[str, Any]) -> Schema:
    """Return the schema that a caller brought along; raise ``ConfigError`` where it is none."""
    return _schema_of_text(json.dumps(plain, ensure_ascii=False))


@lru_cache(maxsize=64)
def _schema_of_text(text: str) -> Schema:
    return make_schema(json.loads(text), where="the schema of the request")
