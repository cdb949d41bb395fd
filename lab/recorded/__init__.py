"""Devices that answer what `dcops device record` recorded of real ones."""
