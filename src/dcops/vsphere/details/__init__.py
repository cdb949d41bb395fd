"""What hardly ever changes, or costs a vCenter much: each read once in minutes or hours."""
