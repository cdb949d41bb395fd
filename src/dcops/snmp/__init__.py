"""Asks devices over SNMP: get and walk, read-only, made for many devices and large tables."""
