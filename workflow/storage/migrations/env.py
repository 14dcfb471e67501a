"""Alembic runs migrations inside the transaction that the program gives."""

from alembic import context
from sqlmodel import SQLModel

# registers the tables
from workflow.storage.tables import accounts, cases, history, register, reminders  # noqa: F401 - as above

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
