"""Asks vCenters: one session each, the inventory as it changes, performance on its grid; only reads."""
