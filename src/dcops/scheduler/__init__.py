"""The door for the clock: starts every run when it is due, and tells the world that it is alive."""
