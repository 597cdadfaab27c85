"""Who answers: aliases of models, and the order in which they are asked about a task type."""

from collections.abc import Mapping

from attrs import frozen

from donna_core.domain.errors import ModelUnavailable
from donna_llm.pricing import Price

RULES = "rules"
"""The provider of what can be answered without a model."""

SEPARATOR = "::"


@frozen(kw_only=True)
class Model:
    """A model under its alias; token counts bound the output and, where set, the context."""

    alias: str
    provider: str
    name: str
    max_output_tokens: int
    price: Price
    context_tokens: int | None = None

    @property
    def actual(self) -> str:
        """The provider and the model, as the log of calls names them."""
        return f"{self.provider}/{self.name}"


@frozen(kw_only=True)
class Route:
    """The models that are asked, one after the other, until one is sure.

    An answer whose confidence is below the threshold is not; without one every answer is. The
    ``shadow`` is asked what the first one answered, for comparison only.
    """

    cascade: tuple[Model, ...]
    confidence_threshold: float | None = None
    shadow: Model | None = None

    @property
    def is_rules_only(self) -> bool:
        """Whether no model is asked at all."""
        return all(model.provider == RULES for model in self.cascade)


class UnknownRoute(ModelUnavailable):
    """Neither the task type nor a beginning of it is routed."""

    def __init__(self, task_type: str) -> None:
        first = task_type.partition(SEPARATOR)[0]
        problem = f"it is not routed; add `routing.{first}` to donna_models.yaml"
        super().__init__(task_type, problem=problem)


class UnknownAlias(ModelUnavailable):
    """A request names a model that is not configured."""

    def __init__(self, task_type: str, alias: str) -> None:
        self.alias = alias
        super().__init__(task_type, problem=f"donna_models.yaml has no model '{alias}'")


class ContextOverflow(ModelUnavailable):
    """The prompt and room for an answer do not fit in the model's context; counts are tokens."""

    def __init__(self, task_type: str, model: Model, *, prompt: int, reserve: int) -> None:
        self.model, self.prompt, self.reserve = model.alias, prompt, reserve
        window = model.context_tokens
        super().__init__(
            task_type,
            problem=f"about {prompt} tokens of prompt and {reserve} for the answer do not fit in "
            f"the {window} of '{model.alias}'; shorten the input or raise its num_ctx",
        )


def route_of(task_type: str, routes: Mapping[str, Route]) -> Route:
    """Return the route of the task type, or that of its longest routed beginning.

    ``skill_step::shopping::read`` goes by ``skill_step::shopping`` or ``skill_step`` where it
    has no route of its own. Raise ``UnknownRoute``.
    """
    name: str | None = longest_known(task_type, routes)
    if name is None:
        raise UnknownRoute(task_type)
    return routes[name]


def longest_known(task_type: str, known: Mapping[str, object]) -> str | None:
    """Return the task type, or its longest beginning up to ``::``, that is a key."""
    name = task_type
    while name not in known:
        name, separator, _ = name.rpartition(SEPARATOR)
        if not separator:
            return None
    return name
