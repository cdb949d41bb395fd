"""How a job is run: when it is due, who may begin, what it may take, and what is written down of it."""
