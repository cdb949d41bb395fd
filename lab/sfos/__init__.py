"""Sophos SFOS: the XML API over TLS."""
