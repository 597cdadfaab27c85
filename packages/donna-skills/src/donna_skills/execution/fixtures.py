"""Fixtures: what a skill is given, what tools and models answer, and what shape comes out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from attrs import frozen
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from donna_core.domain.errors import ConfigError, InvalidInput, Refused
from donna_core.domain.skill.requests import Fault, ModelAnswer, RunStatus
from donna_core.domain.skill.runs import SkillRun, StepRecord
from donna_core.domain.tools import ToolResult
from donna_core.local.yaml_source import Document, parse_document

ERROR, MESSAGE = "__error__", "__message__"
"""The keys of a mock that stands for a failure: its class, and what it says."""

RETRYABLE = frozenset({"TimeoutError", "ConnectionError", "OSError"})
ERRORS = RETRYABLE | {"ValueError", "RuntimeError"}
"""The classes of failures a mock may name; any other counts as ``RuntimeError``."""


class UnusableFixture(InvalidInput):
    """The fixture cannot be read."""

    def __init__(self, where: str, *, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}. Correct the fixture there.")


class NothingToCapture(Refused):
    """Only a run that succeeded shows what is expected."""

    def __init__(self, run: SkillRun) -> None:
        self.run_id = run.run_id
        super().__init__(
            f"The run {run.run_id} is no fixture: it is {run.status}. "
            "`donna skills runs` lists those that succeeded."
        )


class FixtureSource(BaseModel):
    """A fixture, as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    case_name: Annotated[str, Field(pattern=r"^[\w-]{1,100}$")]
    input: dict[str, Any]
    expected_output_shape: dict[str, Any] = {}
    expected_status: RunStatus = Field(default=RunStatus.SUCCEEDED, strict=False)
    tool_mocks: dict[str, dict[str, Any]] = {}
    model_mocks: dict[str, dict[str, Any] | list[dict[str, Any]]] = {}


@frozen(kw_only=True)
class Fixture:
    """One case; JSON-ready.

    ``tool_mocks`` are by the fingerprint of the call, ``model_mocks`` by the name of the step:
    what the model answers there, time after time. ``shape`` is a JSON Schema of the output.
    """

    name: str
    inputs: Mapping[str, Any]
    shape: Mapping[str, Any]
    status: RunStatus
    tool_mocks: Mapping[str, Mapping[str, Any]]
    model_mocks: Mapping[str, Sequence[Mapping[str, Any]]]


def read_fixture(text: str, *, where: str) -> Fixture:
    """Return the fixture that the JSON text holds; raise ``UnusableFixture`` with file and line."""
    document = Document({})
    try:
        # JSON is YAML: so a repeated key is found, and every finding has its line.
        document = parse_document(text, name=where)
        source = FixtureSource.model_validate(document.data)
        Draft202012Validator.check_schema(source.expected_output_shape)
    except ConfigError as error:
        raise UnusableFixture(error.where, problem=error.problem) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = document.place(tuple(first["loc"]))
        raise UnusableFixture(place, problem=first["msg"]) from error
    except SchemaError as error:
        place = document.place(("expected_output_shape",))
        raise UnusableFixture(place, problem=f"it is no JSON Schema: {error.message}") from error
    return Fixture(
        name=source.case_name,
        inputs=source.input,
        shape=source.expected_output_shape,
        status=source.expected_status,
        tool_mocks=source.tool_mocks,
        model_mocks={
            step: each if isinstance(each, list) else [each]
            for step, each in source.model_mocks.items()
        },
    )


def captured(run: SkillRun, steps: Iterable[StepRecord], *, name: str) -> str:
    """Return a run as a fixture that plays it again, as JSON text.

    Raise ``NothingToCapture`` for a run that did not succeed.
    """
    if run.outcome is None or run.outcome.status is not RunStatus.SUCCEEDED:
        raise NothingToCapture(run)
    tools: dict[str, Any] = {}
    models: dict[str, list[Any]] = {}
    for step in steps:
        for each in step.answers:
            match each.reply:
                case ToolResult(value=value):
                    tools[each.fingerprint] = dict(value)
                case ModelAnswer(output=output):
                    models.setdefault(step.ended.step, []).append(output)
                case Fault(error_class=kind, message=message) if each.fingerprint:
                    # A later attempt that succeeded is what is played.
                    tools.setdefault(each.fingerprint, {ERROR: kind, MESSAGE: message})
                case Fault() if not each.tool:
                    models.setdefault(step.ended.step, []).append(
                        {ERROR: each.reply.error_class, MESSAGE: each.reply.message}
                    )
    case = {
        "case_name": name,
        "input": dict(run.inputs),
        "expected_output_shape": shape_of(run.outcome.output),
        "tool_mocks": tools,
        "model_mocks": models,
    }
    return json.dumps(case, ensure_ascii=False, indent=2) + "\n"


def shape_of(value: Any) -> dict[str, Any]:
    """Return a JSON Schema that the value meets: its types, and every key of its objects."""
    if isinstance(value, Mapping):
        return {
            "type": "object",
            "properties": {str(key): shape_of(each) for key, each in value.items()},
            "required": sorted(str(key) for key in value),
        }
    if isinstance(value, list | tuple):
        shapes = [shape_of(each) for each in value]
        return {"type": "array", "items": _joined(shapes)} if shapes else {"type": "array"}
    return {"type": _type_of(value)}


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def _joined(shapes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the shape of every item of a list."""
    distinct = [shape for at, shape in enumerate(shapes) if shape not in shapes[:at]]
    if len(distinct) == 1:
        return distinct[0]
    if not all(shape["type"] == "object" for shape in distinct):
        return {"anyOf": distinct}
    keys = sorted({key for shape in distinct for key in shape["properties"]})
    return {
        "type": "object",
        "properties": {
            key: _joined(
                [shape["properties"][key] for shape in distinct if key in shape["properties"]]
            )
            for key in keys
        },
        "required": [key for key in keys if all(key in shape["required"] for shape in distinct)],
    }
