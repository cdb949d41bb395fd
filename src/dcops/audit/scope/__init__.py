"""Where a rule looks."""
