"""The report of one night: what it says, how it is gathered, and the forms it is written in."""
