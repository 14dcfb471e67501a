"""The rules, as tables and as a diagram."""
