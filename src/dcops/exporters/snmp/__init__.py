"""Metrics of everything that speaks SNMP: profiles that are data, one probe per device, text for Prometheus."""
