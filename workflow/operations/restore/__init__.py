"""An office is restored from a backup."""
