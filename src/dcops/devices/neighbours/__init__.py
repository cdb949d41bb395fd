"""What a device tells of the network around it: its neighbours, its ARP and ND tables, its own addresses."""
