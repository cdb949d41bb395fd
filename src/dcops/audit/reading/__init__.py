"""Reads what people wrote under `compliance/`, strictly: every mistake of every file at once, with its line."""
