"""The rules: pure values and functions; no clock, database, network or written file is touched here."""
