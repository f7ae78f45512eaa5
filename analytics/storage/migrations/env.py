"""Alembic's way in: runs the migrations on the connection that ``analytics.storage.database.upgrade`` hands over."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
