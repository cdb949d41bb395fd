"""Linux servers over SSH: commands whose answers machines can read, and a tree of files without its secrets."""
