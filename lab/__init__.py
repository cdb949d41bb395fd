"""A pretend data centre: real protocols on loopback, answered by simulated devices that can fail on request."""
