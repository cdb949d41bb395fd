"""The room that talks to devices: a fleet of threads, each with a NAPALM driver and a hard limit."""
