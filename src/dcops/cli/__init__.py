"""The door for people: one module per command group."""
