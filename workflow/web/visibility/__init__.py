"""Readers see their part of the register, and keep less."""
