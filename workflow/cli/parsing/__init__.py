"""Command lines are parsed into arguments."""
