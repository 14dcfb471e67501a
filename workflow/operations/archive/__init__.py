"""Backups are files that hold a whole office."""
