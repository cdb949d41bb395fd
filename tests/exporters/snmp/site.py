"""A site root whose devices are SNMP agents on loopback."""

from tests.exporters.snmp.asking import CATALOGUE, HEAD

COMMUNITY = "correct-horse-battery"
OID = "1.3.6.1.4.1.32473.1.0"
WALK = "1.3.6.1.2.1.1.3.0|67|360000\n1.3.6.1.4.1.32473.1.0|2|230\n"
FLAMINGOS = HEAD + f"values: [{{metric: dcops_a_volts, oid: {OID}}}]\n"
TEMPERATURE = HEAD + (
    "tables:\n  - entry: 1.3.6.1.4.1.32473.10.1\n    placed: true\n"
    "    metrics: [{metric: dcops_env_temperature_celsius, column: 2}]\n"
)


class SnmpSite:
    """Files of a site; each may be written anew."""

    def __init__(self, root, **ports):
        self.root = root
        self.ports = ports
        (root / "dcops.toml").write_text('[site]\nname = "test"\n')
        (root / "inventory").mkdir()
        (root / "exporters/snmp").mkdir(parents=True)
        # Of the metrics for tests, one ships with dcops.
        own = "".join(line for line in CATALOGUE.splitlines(True) if "dcops_env_" not in line)
        (root / "exporters/catalogue.yaml").write_text(own)
        (root / "exporters/snmp/flamingos.yaml").write_text(FLAMINGOS)
        self.credentials()
        self.devices(*ports)

    def devices(self, *names, more=""):
        """Write the inventory with these devices."""
        lines = [
            "sites: [{name: main, title: Main, role: main}]",
            "credentials: [{name: cards}, {name: absent}]",
            "devices:",
        ]
        for name in names:
            lines.append(
                f"  - {{name: {name}, site: main, role: ups, vendor: v, model: m, management: {{ipv4: 127.0.0.1}},"
                f' snmp: {{credential: cards, version: "2c", reason: for tests, port: {self.ports[name]},'
                " timeout_seconds: 0.3, profiles: [flamingos]}}"
            )
        (self.root / "inventory/all.yaml").write_text("\n".join(lines) + f"\n{more}")

    def credentials(self, community=COMMUNITY):
        """Write the logins."""
        file = self.root / "credentials.toml"
        file.write_text(f'["cards"]\npassword = "{community}"\n')
        file.chmod(0o600)
