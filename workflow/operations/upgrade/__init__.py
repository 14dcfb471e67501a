"""An office is brought to this version and its rules."""
