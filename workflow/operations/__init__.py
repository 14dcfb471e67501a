"""An office is made, opened, backed up and verified."""
