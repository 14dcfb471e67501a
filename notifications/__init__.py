"""Notifications decide who is told what, and when.

They know the rules in states, never the cases in workflow.
"""
