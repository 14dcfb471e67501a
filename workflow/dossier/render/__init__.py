"""This package writes a paper as PDF, Word, HTML or text."""
