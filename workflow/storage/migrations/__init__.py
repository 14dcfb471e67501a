"""These migrations change the tables from version to version (Alembic)."""
