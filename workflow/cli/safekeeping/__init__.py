"""Commands that keep an office safe: backup, recovery key, restore."""
