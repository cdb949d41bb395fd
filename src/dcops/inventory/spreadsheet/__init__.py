"""Brings devices from a spreadsheet into the inventory: read, understand, show, and only then write."""
