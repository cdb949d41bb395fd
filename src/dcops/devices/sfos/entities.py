"""Which entities of a Sophos firewall are read, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """One tag of the API."""

    tag: str
    why: str
    """What a person looks for in it."""
    needed: bool = False
    """Without it the answer is no picture of the firewall."""
    before: str = ""
    """What older firmware calls it: asked for when this tag is not known."""
    unset: str = ""
    """What it says, without a code, when it was never set up."""


RULES = Entity("FirewallRule", "what may pass", needed=True, before="SecurityPolicy")
"""SFOS 18 renamed it."""
INTERFACES = Entity("Interface", "addresses and zones", needed=True)
SETTINGS = Entity("AdminSettings", "host name, ports and login rules of the web console")
SCHEDULE = Entity("BackupRestore", "whether it sends its own backup, and where to")

ENTITIES = (
    SETTINGS,
    SCHEDULE,
    INTERFACES,
    RULES,
    Entity("FirewallRuleGroup", "which rules belong together"),
    Entity("NATRule", "address translation; inside the rules before 18"),
    Entity("SSLTLSInspectionRule", "what is decrypted"),
    Entity("LocalServiceACL", "who reaches the firewall itself"),
    Entity("ApplianceAccess", "which services each zone reaches"),
    Entity("Zone", "zones and what they may reach"),
    Entity("VLAN", "tagged interfaces"),
    Entity("LAG", "bundles of interfaces"),
    Entity("BridgePair", "bridged interfaces"),
    Entity("Alias", "further addresses"),
    Entity("GatewayConfiguration", "gateways and their health checks"),
    Entity("UnicastRoute", "static routes"),
    Entity("SDWANPolicyRoute", "policy routes"),
    Entity("BGP", "routing protocol"),
    Entity("OSPF", "routing protocol"),
    Entity("RIP", "routing protocol"),
    Entity("DNS", "resolvers"),
    Entity("DHCPServer", "leases and reservations"),
    Entity("DHCPRelay", "relayed leases"),
    Entity("CellularWAN", "mobile line"),
    Entity("HAConfigure", "the pair it is a member of", unset="Transaction fail"),
    Entity("DynamicDNS", "names that follow an address"),
    Entity("IPHost", "addresses by name"),
    Entity("IPHostGroup", "groups of them"),
    Entity("MACHost", "hardware addresses by name"),
    Entity("FQDNHost", "names by name"),
    Entity("FQDNHostGroup", "groups of them"),
    Entity("Services", "ports by name"),
    Entity("ServiceGroup", "groups of them"),
    Entity("Schedule", "times in which rules hold"),
    Entity("IPSPolicy", "intrusion prevention"),
    Entity("DoSSettings", "flood limits"),
    Entity("WebFilterPolicy", "what may be browsed"),
    Entity("WebFilterException", "what is spared from it"),
    Entity("ApplicationFilterPolicy", "which applications may be used"),
    Entity("ParentProxy", "the proxy before it"),
    Entity("QoSPolicy", "traffic shaping"),
    Entity("User", "administrators and users"),
    Entity("UserGroup", "groups of them"),
    Entity("AdministrationProfile", "what administrators may do"),
    Entity("AuthenticationServer", "directories and RADIUS"),
    Entity("OTPTokens", "second factors"),
    Entity("AdminAuthentication", "against which of them administrators are checked"),
    Entity("VPNIPSecConnection", "site-to-site tunnels"),
    Entity("L2TPConnection", "older tunnels"),
    Entity("VPNProfile", "their algorithms"),
    Entity("SSLVPNPolicy", "remote access"),
    Entity("WirelessNetworks", "wireless networks"),
    Entity("Hotspot", "portals for guests"),
    Entity("REDDevice", "remote Ethernet devices"),
    Entity("Certificate", "which certificates it has"),
    Entity("CertificateAuthority", "whom it believes"),
    Entity("SNMPAgentConfiguration", "monitoring"),
    Entity("SNMPCommunity", "monitoring"),
    Entity("SNMPv3User", "monitoring"),
    Entity("SyslogServers", "where logs go"),
    Entity("Notification", "where mail goes"),
    Entity("SMSGateway", "where short messages go"),
    Entity("CentralManagement", "whether Sophos Central manages it"),
    Entity("Time", "time zone and time servers"),
)
"""In the order of asking. Names are those of the API help; not every firmware knows every one."""
