"""Working days are counted by an office calendar."""
