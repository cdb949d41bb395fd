"""SNMP agents that serve recorded walks over UDP, and can fail on request."""

from lab.snmp.serving import Served, Serving, agent, agents, serve
from lab.snmp.user import User

__all__ = ["Served", "Serving", "User", "agent", "agents", "serve"]
