"""The web API of a Peplink Balance over verified TLS."""
