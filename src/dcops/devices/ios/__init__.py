"""What Cisco IOS and IOS-XE answer."""
