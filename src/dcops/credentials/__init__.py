"""Logins, found by name in places outside git."""

from dcops.credentials.credentials import Credentials

__all__ = ["Credentials"]
