"""What vCenters cost: a site root for a simulator, the peer in its own environment, and one exporter driven by hand."""
