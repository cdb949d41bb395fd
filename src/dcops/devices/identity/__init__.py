"""What a device shows of itself before anybody logs in: SSH host keys, TLS certificates, greetings."""
