"""Configuration, monitoring and nightly proof for a small data centre."""

__version__ = "0.1.0"
