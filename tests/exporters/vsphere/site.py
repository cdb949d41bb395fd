"""A site root whose vCenters are simulators on loopback."""

SETTINGS = """\
[site]
name = "test"
[vsphere]
quick_seconds = 1
performance_seconds = 1
details_seconds = 2
"""


class VsphereSite:
    """Files of a site; each may be written anew."""

    def __init__(self, root, *simulators, settings=SETTINGS):
        self.root = root
        self.simulators = simulators
        (root / "dcops.toml").write_text(settings)
        (root / "inventory").mkdir()
        (root / "trust").mkdir()
        self.trust()
        self.credentials()
        self.inventory()

    def trust(self, text=None):
        """Write whom the site believes."""
        (self.root / "trust/ca.pem").write_text("".join(one.ca for one in self.simulators) if text is None else text)

    def credentials(self, password=None):
        """Write the logins."""
        file = self.root / "credentials.toml"
        lines = []
        for one in self.simulators:
            said = one.password if password is None else password
            lines.append(f'["{one.name}"]\nusername = "{one.user}"\npassword = "{said}"\n')
        file.write_text("".join(lines))
        file.chmod(0o600)

    def inventory(self, systems="", hosts=()):
        """Write the vCenters, hosts of theirs, and systems."""
        lines = ["sites: [{name: main, title: Main, role: main, rooms: [{name: dc, width_mm: 9000, depth_mm: 8000}]}]"]
        lines.append(f"credentials: [{', '.join(f'{{name: {one.name}}}' for one in self.simulators)}]")
        lines.append("racks: [{name: r1, site: main, room: dc, units: 42}]")
        lines.append("devices:")
        for one in self.simulators:
            lines.append(
                f"  - {{name: {one.name}, site: main, role: vcenter, vendor: VMware, model: vCenter Server,"
                f" platform: vcenter, credential: {one.name}, management: {{ipv4: 127.0.0.1, port: {one.port}}}}}"
            )
        for unit, (host, vcenter) in enumerate(hosts, 1):
            lines.append(
                f"  - {{name: {host}, site: main, role: host, vendor: v, model: m, platform: esxi, vcenter: {vcenter},"
                f" place: {{rack: r1, unit: {unit}}}}}"
            )
        (self.root / "inventory/all.yaml").write_text("\n".join(lines) + f"\n{systems}")
