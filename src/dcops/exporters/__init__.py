"""The door for Prometheus: what dcops knows, as metrics."""
