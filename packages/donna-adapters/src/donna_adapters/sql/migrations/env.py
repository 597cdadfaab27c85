"""Alembic's environment: the caller brings the connection and its transaction."""

from alembic import context

from donna_adapters.sql.skill_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
