"""This package reads, checks and compares editions."""
