"""Letters, and putting a notice off."""
