"""Peplink Balance: the web API over TLS."""
