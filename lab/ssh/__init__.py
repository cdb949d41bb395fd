"""What every simulated device with a terminal over SSH shares: server, algorithms, the line with its pager."""
