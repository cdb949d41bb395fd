"""The PAN-OS XML API over verified TLS."""
