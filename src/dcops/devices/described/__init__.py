"""Descriptions of command-line platforms: YAML in, checked data out."""
