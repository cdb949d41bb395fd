"""An answer that cannot be read."""


class Malformed(Exception):
    """An answer is no XML, or XML that nobody should read."""
