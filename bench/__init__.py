"""Benchmarks: figures of dcops beside a peer in the same run. Nothing here is a test; machines differ."""
