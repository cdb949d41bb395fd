"""Configurations as people may see them: checked, without noise, without secrets, and compared."""
