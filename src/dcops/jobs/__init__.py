"""What dcops does by day and night: the one place where the rooms meet."""
