"""The web serves pages and the API on one office.

A door only: verbs and views do the work.
"""
