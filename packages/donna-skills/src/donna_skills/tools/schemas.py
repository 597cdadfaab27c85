"""Short ways to write the JSON Schemas of arguments and results."""

from collections.abc import Mapping
from typing import Any

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
