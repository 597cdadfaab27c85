"""How one user wants to be reached just now, in one row."""

from sqlalchemy import Connection, bindparam, select

from donna_adapters.sql.statements import upsert
from donna_adapters.sql.tables import ATTENTION
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.followup.attention import Attention
from donna_core.domain.ids import UserId
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import AttentionStore

_SAVE = upsert(ATTENTION)
_GET = select(ATTENTION).where(ATTENTION.c.user_id == bindparam("user_id"))


class SqlAttentionStore(AttentionStore):
    """Keeps one setting per user."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self) -> Attention:
        row = self._connection.execute(_GET, {"user_id": self._user_id}).one_or_none()
        if row is None:
            return Attention()
        return Attention(
            quiet_until=row.quiet_until,
            paused_at=row.paused_at,
            off=from_json(tuple[Interval, ...], row.off_json) if row.off_json else (),
            version=row.version,
        )

    def save(self, attention: Attention) -> None:
        self._connection.execute(
            _SAVE,
            {
                "user_id": self._user_id,
                "quiet_until": attention.quiet_until,
                "paused_at": attention.paused_at,
                "off_json": to_json(attention.off) if attention.off else None,
                "version": attention.version,
            },
        )
