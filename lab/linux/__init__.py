"""Linux servers: a real OpenSSH server for every connection, in front of a pretend /etc."""
