"""The user-based security model of SNMPv3 (RFC 3414, RFC 3826, RFC 7860)."""
