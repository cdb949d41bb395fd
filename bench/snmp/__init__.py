"""What the benchmarks of SNMP share: a quick agent, its walks, and clients that are timed in processes of their own."""
