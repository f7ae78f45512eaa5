"""Alembic's entry point: run migrations on the connection from ``analytics.storage.database.upgrade``."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
