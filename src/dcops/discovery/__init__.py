"""Compares what was seen on the network with what the inventory states (R-INV-8). It only thinks."""
