"""Alembic runs migrations inside the transaction that the program gives."""

from alembic import context
from sqlmodel import SQLModel

from workflow.storage.tables import accounts, cases, history, register, reminders  # noqa: F401 - registers the tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
