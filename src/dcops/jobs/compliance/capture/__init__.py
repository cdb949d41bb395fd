"""Captures what rules may read, so that judging it touches nothing: every source with its time and origin."""
