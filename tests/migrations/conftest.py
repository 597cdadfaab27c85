"""A schema after the present one, for tests of the way there."""

import shutil
from pathlib import Path

import pytest

from donna_adapters.sql.schema import LINEAGE, Lineage

# Before each of its acts the step dies where the environment says so.
STEP = '''
"""One column more, one table less."""

import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """Rebuild a table others refer to, change rows, drop a table."""
    die_at(0)
    with op.batch_alter_table("command") as batch:
        batch.add_column(sa.Column("mood", sa.String(8), server_default="calm"))
        batch.alter_column("verb", type_=sa.String(80))
    die_at(1)
    op.execute("UPDATE tasks SET title = 'was: ' || title")
    die_at(2)
    op.drop_table("attention")
    die_at(3)


def downgrade() -> None:
    """Refuse."""
    raise NotImplementedError


def die_at(act: int) -> None:
    """Die as by kill -9."""
    if os.environ.get("DONNA_TEST_DIE_AT") == str(act):
        os.kill(os.getpid(), signal.SIGKILL)
'''


@pytest.fixture
def later(tmp_path: Path) -> Lineage:
    """Give the shipped migrations with one more after them."""
    target = tmp_path / "migrations"
    shutil.copytree(LINEAGE.folder, target)
    lineage = Lineage(revisions=(*LINEAGE.revisions, "9001"), folder=target)
    step = STEP.format(revision=lineage.head, before=LINEAGE.head)
    (target / "versions" / "next.py").write_text(step)
    return lineage
