"""Cisco IOS and IOS-XE over SSH."""
