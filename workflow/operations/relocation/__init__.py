"""An office moves into another database."""
