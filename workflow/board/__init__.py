"""The board counts cases and lists those behind each number.

The database counts today; a past day is folded from the events. A reader's ``scope`` holds the units whose
cases they may see; it is applied before anything is counted.
"""
