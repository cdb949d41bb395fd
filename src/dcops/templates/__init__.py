"""Templates and other data that ship with dcops."""
