"""Palo Alto PAN-OS: the XML API over TLS."""
