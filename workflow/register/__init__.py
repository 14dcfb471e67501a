"""The register: units, posts and their heads, plans, extended meetings, users, people, the working calendar.

Every verb is one transaction: all of it is written, or nothing. Days are office-zone dates, ends are inclusive, and
nothing lies in the future.
"""
