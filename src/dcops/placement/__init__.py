"""What runs where and what falls with what, from what vCenters told; only thinks."""
