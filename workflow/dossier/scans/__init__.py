"""Scans of signed papers become plain pictures in a PDF."""
