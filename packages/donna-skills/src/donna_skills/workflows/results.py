"""Structured results of agents, held against the JSON Schema of their operation."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError


def complaints(schema: Mapping[str, Any], result: Any) -> list[str]:
    """Return what is wrong with a result, each with its place in it."""
    if (fault := schema_fault(schema)) is not None:
        return [f"the schema itself cannot be used, {fault}"]
    errors = sorted(
        Draft202012Validator(schema).iter_errors(result), key=lambda each: each.json_path
    )
    return [f"{each.json_path}: {each.message}" for each in errors]


def schema_fault(schema: Mapping[str, Any]) -> str | None:
    """Return why a schema is none, or ``None``."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message}"
    return None
