"""A tone says how a line is meant.

The command line prints it in colour.
"""

from typing import Literal

Tone = Literal["plain", "late", "warn", "good", "dim", "strong"]
