"""Answers are printed as tables, text or JSON."""
