"""What was declared about backups: whether it is kept, and which versions it lets go. It only thinks."""
