"""Bounds that several rooms keep."""

from __future__ import annotations

LONGEST_LINE = 4096
"""Patterns see no longer line: a longer one is concealed as a whole, and no pattern gets slow on it."""
