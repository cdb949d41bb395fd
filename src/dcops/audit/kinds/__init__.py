"""The kinds of things that rules ask for: one file each, read and judged there."""
