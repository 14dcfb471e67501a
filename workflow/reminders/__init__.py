"""Reminders become notices, letters, and answers to what arrived."""
