"""Reminding: sweeping what falls due into notices, writing letters of them, sending these, and telling what arrived."""
