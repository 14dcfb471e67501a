"""Trials are cases of the law in a table: facts, a day, and what the rules have to say."""
