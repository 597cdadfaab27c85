"""What the database before a restored copy knows of money."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from donna_adapters.compose.settings import OWNER
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import DonnaError
from donna_core.domain.spending.ledger import SpendEntry


async def ledger_of(path: Path | None) -> tuple[SpendEntry, ...] | None:
    """Return the ledger in the database file, which is left as it is; ``None`` if unreadable."""
    if path is None:
        return None
    with TemporaryDirectory(dir=path.parent, prefix=".ledger-") as folder:
        try:
            copy = shutil.copy(path, folder)
            with SqliteDatabase.open(Path(copy)) as database:
                return await database.unit_of_work(OWNER).run(lambda stores: stores.spend.select())
        except (DonnaError, OSError):
            return None
