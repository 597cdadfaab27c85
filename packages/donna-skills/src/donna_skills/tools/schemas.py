"""Short ways to write the JSON Schemas of arguments and results, and to hold values to them."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

LONGEST_PROBLEM = 200

TEXT: Mapping[str, Any] = {"type": "string"}
FLAG: Mapping[str, Any] = {"type": "boolean"}
COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
URL: Mapping[str, Any] = {"type": "string", "minLength": 8, "maxLength": 2048}
SECONDS: Mapping[str, Any] = {"type": "number", "exclusiveMinimum": 0, "maximum": 30}


def an_object(
    required: Mapping[str, Any], optional: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


def some(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of such items."""
    return {"type": "array", "items": dict(item)}


def problem_of(validator: Draft202012Validator, value: object) -> str:
    """Return what is most wrong with the value, and where in it; nothing is an empty text."""
    error = best_match(validator.iter_errors(value))
    if error is None:
        return ""
    where = ".".join(str(part) for part in error.absolute_path)
    said = f"{where}: {error.message}" if where else error.message
    return said if len(said) <= LONGEST_PROBLEM else f"{said[:LONGEST_PROBLEM]}…"
