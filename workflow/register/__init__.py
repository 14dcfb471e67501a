"""The register says who and what there is, and since when.

It holds units, posts and their heads, plans, extended meetings, users, people and the working calendar. Days
are office-zone dates, ends are inclusive, and nothing lies in the future.
"""
