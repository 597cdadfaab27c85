"""Column types that hold what plain SQL types do not."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Dialect, String, TypeDecorator

from donna_core.domain.codec import instant_from_text, instant_to_text


class Instant(TypeDecorator[datetime]):
    """An aware instant as text of one form, in UTC, so that texts sort as instants do."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        return None if value is None else instant_to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        return None if value is None else instant_from_text(value)


class Dollars(TypeDecorator[Decimal]):
    """Money as whole billionths of a dollar, so that any database adds it up exactly."""

    impl = BigInteger
    cache_ok = True
    _PLACES = 9

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        return None if value is None else int(value.scaleb(self._PLACES))

    def process_result_value(
        self,
        value: int | Decimal | None,
        dialect: Dialect,  # noqa: ARG002  # the signature is SQLAlchemy's
    ) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self._PLACES)
