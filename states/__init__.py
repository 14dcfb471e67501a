"""Rules are pure values and functions.

No clock, database, network or written file is touched here.
"""
