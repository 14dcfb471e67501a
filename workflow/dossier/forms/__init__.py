"""The forms that papers are printed from, and what they are filled with."""
