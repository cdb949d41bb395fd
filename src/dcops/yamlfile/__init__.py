"""YAML that people write by hand, read strictly: for descriptions of platforms and for SNMP profiles."""
