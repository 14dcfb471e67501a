"""What the office remembers: tables, migrations, and all SQL by intent, on SQLite and PostgreSQL alike."""
