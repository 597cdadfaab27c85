"""Column types that hold what plain SQL types do not."""

from datetime import datetime

from sqlalchemy import Dialect, String, TypeDecorator

from donna_core.domain.codec import instant_from_text, instant_to_text


class Instant(TypeDecorator[datetime]):
    """An aware instant as text of one form, in UTC, so that texts sort as instants do."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        return None if value is None else instant_to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        return None if value is None else instant_from_text(value)
