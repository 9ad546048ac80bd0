"""Alembic's entry point: runs one branch's steps on the connection that `hub.store.migrate` hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="schema_version")
with context.begin_transaction():
    context.run_migrations()
