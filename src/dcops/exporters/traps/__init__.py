"""What devices tell unasked: received, counted, kept and told."""
