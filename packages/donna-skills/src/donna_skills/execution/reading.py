"""A skill in a folder: ``skill.yaml``, and the prompts and schemas it names."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from attrs import frozen
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from donna_core.domain.errors import ConfigError, InvalidInput
from donna_core.domain.skill.checks import Where, problems
from donna_core.domain.skill.document import (
    Invocation,
    OnFailure,
    Repeat,
    Retry,
    Skill,
    Step,
    StepKind,
)
from donna_core.domain.skill.evaluation import ExpressionError
from donna_core.domain.skill.expressions import Template, expression, template
from donna_core.domain.tools import ToolSpec
from donna_core.local.yaml_source import Document, parse_document
from donna_skills.tools.schemas import problem_of

SKILL_FILE = "skill.yaml"
LARGEST = 65_536
_SCHEMA_OF_SCHEMAS = Draft202012Validator(Draft202012Validator.META_SCHEMA)

NAME = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"

Name = Annotated[str, Field(pattern=NAME)]
File = Annotated[str, Field(min_length=1, max_length=200)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RetrySource(_Model):
    """How often a call is tried, and the seconds in between; the last one is used again."""

    max_attempts: Annotated[int, Field(ge=1, le=10)] = 1
    backoff_s: list[Annotated[float, Field(ge=0, le=300, strict=False)]] = [0]


class InvocationSource(_Model):
    """One call of a tool; every text in ``args`` is a template."""

    tool: Name
    args: dict[str, Any] = {}
    store_as: File = "result"
    for_each: str | None = None
    as_: Annotated[Name | None, Field(alias="as")] = None
    retry: RetrySource = RetrySource()
    on_failure: Literal["escalate", "continue", "fail_step", "fail_skill"] = "escalate"


class StepSource(_Model):
    """One step: a question to a model, calls of tools, or both."""

    name: Name
    kind: Literal["llm", "tool", "mixed"] = "llm"
    prompt: File | None = None
    output_schema: File | dict[str, Any] | None = None
    tools: list[Name] = []
    tool_invocations: list[InvocationSource] = []
    condition: str | None = None
    model: Name | None = None
    gpu_model: Name | None = None
    on_failure: Literal["continue"] | None = None


class InputsSource(_Model):
    """The JSON Schema of the inputs, or the file that holds it."""

    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    schema_ref: File | None = None


class SkillSource(_Model):
    """A skill, as it is written in ``skill.yaml``."""

    capability_name: Name
    version: int | str = 1
    description: str = ""
    inputs: InputsSource = InputsSource()
    steps: Annotated[list[StepSource], Field(min_length=1)]
    final_output: str | None = None
    state_write: list[Name] = []


@frozen(kw_only=True)
class Finding:
    """What is wrong with a skill's files, and where: ``file:line``."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class UnusableSkill(InvalidInput):
    """The skill cannot be run as it is written."""

    def __init__(self, name: str, *, findings: tuple[Finding, ...]) -> None:
        self.name, self.findings = name, findings
        listed = "\n".join(f"  {each}" for each in findings)
        super().__init__(f"The skill '{name}' cannot be used:\n{listed}\nCorrect it there.")


@frozen(kw_only=True)
class Written:
    """A skill, and the files it was read from as texts by their paths."""

    skill: Skill
    files: Mapping[str, str]


def read_skill(
    folder: Path, *, specs: Mapping[str, ToolSpec], granted: frozenset[str] | None = None
) -> Written:
    """Read and check the skill in a folder; raise ``UnusableSkill`` with all that is wrong.

    ``granted`` are the tools its capability grants, where that is known. Nothing outside the
    folder is read, through links neither.
    """
    root = folder.resolve()
    reader = SkillReader(root.name, lambda name: _text_in(root, name))
    return reader.read(specs=specs, granted=granted)


def read_stored(
    name: str,
    files: Mapping[str, str],
    *,
    specs: Mapping[str, ToolSpec],
    granted: frozenset[str] | None = None,
) -> Written:
    """Return the skill of files that were kept; raise ``UnusableSkill`` as ``read_skill`` does."""

    def text(path: str) -> str:
        if path not in files:
            raise _NoText("cannot be read (it is not among the files that were kept)")
        return files[path]

    return SkillReader(name, text).read(specs=specs, granted=granted)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``skill.yaml``, for editors."""
    return SkillSource.model_json_schema(by_alias=True)


class _NoText(Exception):
    """A file of the skill has no text; the argument goes on where its name ends."""


class SkillReader:
    """Reads one skill once; keeps what it finds wrong. ``text`` returns that of a file."""

    def __init__(self, name: str, text: Callable[[str], str]) -> None:
        self._name, self._text = name, text
        self._findings: list[Finding] = []
        self._files: dict[str, str] = {}
        self._document = Document({})

    def read(self, *, specs: Mapping[str, ToolSpec], granted: frozenset[str] | None) -> Written:
        """Return the skill and its files; raise ``UnusableSkill``."""
        source = self._source()
        if source is None:
            raise self._unusable()
        skill = self._skill(source)
        for problem in problems(skill, tools=specs.keys(), granted=granted):
            self._found(problem.where, problem.message)
        if self._findings:
            raise self._unusable()
        return Written(skill=skill, files=dict(self._files))

    def _unusable(self) -> UnusableSkill:
        return UnusableSkill(self._name, findings=tuple(self._findings))

    def _source(self) -> SkillSource | None:
        text = self._file(SKILL_FILE, ())
        if text is None:
            return None
        try:
            self._document = parse_document(text, name=SKILL_FILE)
            return SkillSource.model_validate(self._document.data)
        except ConfigError as error:
            self._findings.append(Finding(where=error.where, message=error.problem))
        except ValidationError as error:
            for each in error.errors():
                self._found(tuple(each["loc"]), each["msg"])
        return None

    def _skill(self, source: SkillSource) -> Skill:
        inputs = source.inputs
        schema = inputs.schema_ or {"type": "object"}
        if inputs.schema_ref is not None:
            schema = self._schema(inputs.schema_ref, ("inputs", "schema_ref")) or schema
        self._check_schema(schema, ("inputs", "schema"))
        steps = tuple(self._step(each, ("steps", at)) for at, each in enumerate(source.steps))
        final = self._template(source.final_output, ("final_output",))
        written = json.dumps(self._files, sort_keys=True)
        return Skill(
            capability=source.capability_name,
            version=hashlib.sha256(written.encode()).hexdigest(),
            description=source.description,
            input_schema=schema,
            steps=steps,
            final_output=final,
            state_write=tuple(source.state_write),
        )

    def _step(self, source: StepSource, where: Where) -> Step:
        kind = StepKind(source.kind)
        prompt = None
        if source.prompt is not None:
            text = self._file(source.prompt, (*where, "prompt"))
            prompt = self._template(text, (*where, "prompt"), file=source.prompt)
        schema = source.output_schema
        if isinstance(schema, str):
            schema = self._schema(schema, (*where, "output_schema"))
        if schema is not None:
            self._check_schema(schema, (*where, "output_schema"))
        calls = enumerate(source.tool_invocations)
        return Step(
            name=source.name,
            kind=kind,
            prompt=prompt,
            schema=schema,
            tools=frozenset(source.tools),
            invocations=tuple(
                self._invocation(each, (*where, "tool_invocations", at)) for at, each in calls
            ),
            condition=self._template(source.condition, (*where, "condition"), read=expression),
            model=source.model or source.gpu_model,
            goes_on=source.on_failure == "continue",
        )

    def _invocation(self, source: InvocationSource, where: Where) -> Invocation:
        repeat = None
        if source.for_each is not None:
            items = self._template(source.for_each, (*where, "for_each"), read=expression)
            if items is not None:
                repeat = Repeat(items=items, name=source.as_ or "item")
        elif source.as_ is not None:
            self._found((*where, "as"), "'as' goes with for_each")
        store_as = self._template(source.store_as, (*where, "store_as")) or template("result")
        args = {
            key: self._argument(value, (*where, "args", key)) for key, value in source.args.items()
        }
        return Invocation(
            tool=source.tool,
            args=args,
            store_as=store_as,
            repeat=repeat,
            retry=Retry(
                max_attempts=source.retry.max_attempts,
                backoff=tuple(timedelta(seconds=each) for each in source.retry.backoff_s),
            ),
            on_failure=OnFailure(source.on_failure),
        )

    def _argument(self, value: Any, where: Where) -> Any:
        if isinstance(value, str):
            return self._template(value, where)
        if isinstance(value, dict):
            return {key: self._argument(each, (*where, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [self._argument(each, (*where, at)) for at, each in enumerate(value)]
        return value

    def _template(
        self,
        source: str | None,
        where: Where,
        *,
        file: str = "",
        read: Callable[[str], Template] = template,
    ) -> Template | None:
        if source is None:
            return None
        try:
            return read(source)
        except ExpressionError as error:
            if file:
                found = Finding(where=f"{file}:{error.line}", message=error.problem)
                self._findings.append(found)
            else:
                self._found(where, error.problem)
            return None

    def _schema(self, file: str, where: Where) -> dict[str, Any] | None:
        text = self._file(file, where)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            self._findings.append(Finding(where=f"{file}:{line}", message="it is not JSON"))
            return None
        if not isinstance(found, dict):
            self._findings.append(Finding(where=f"{file}:1", message="a schema is an object"))
            return None
        return found

    def _check_schema(self, schema: Mapping[str, Any], where: Where) -> None:
        try:
            problem = problem_of(_SCHEMA_OF_SCHEMAS, schema)
        except RecursionError:
            problem = "it is nested too deeply"
        if problem:
            self._found(where, f"it is no JSON Schema: {problem}")

    def _file(self, name: str, where: Where) -> str | None:
        """Return the text of a file of the skill; note what is wrong with it."""
        try:
            text = self._text(name)
        except _NoText as error:
            self._found(where, f"'{name}' {error}")
            return None
        self._files[name] = text
        return text

    def _found(self, where: Where, message: str) -> None:
        place = self._document.place(where) if self._document.places else f"{SKILL_FILE}:1"
        self._findings.append(Finding(where=place, message=message))


def _text_in(folder: Path, name: str) -> str:
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder):
            raise _NoText("lies outside the skill's folder")
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise _NoText(f"is larger than {LARGEST} bytes")
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _NoText("is not UTF-8") from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it is no path"
        raise _NoText(f"cannot be read ({said})") from error
