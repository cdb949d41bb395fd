"""The SFOS XML API over verified TLS."""
