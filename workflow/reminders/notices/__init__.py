"""This package turns what falls due into notices, each once."""
