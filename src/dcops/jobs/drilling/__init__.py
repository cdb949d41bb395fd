"""What a restore test looks at, which devices are next, and the file in which its records travel."""
