"""SSH sessions with verified host keys and named algorithms, on netmiko and paramiko."""
