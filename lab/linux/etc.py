"""The pretend /etc of a server, with everything in it that must never be copied."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from lab.device import BadChange
from lab.linux.draw import Draw
from lab.planted import weaknesses

TEMPLATES = Path(__file__).resolve().parent.parent / "devices" / "linux"
WRITTEN = 1_767_600_000
"""When all of it was written: the same in every lab."""
MODES = {
    "etc/shadow": 0o640,
    "etc/shadow-": 0o640,
    "etc/gshadow": 0o640,
    "etc/security/opasswd": 0o600,
    "etc/sudoers": 0o440,
    "etc/sudoers.d/operators": 0o440,
    "etc/ssh/ssh_host_rsa_key": 0o600,
    "etc/ssh/ssh_host_ed25519_key": 0o600,
    "etc/snmp/snmpd.conf": 0o600,
    "etc/chrony/chrony.keys": 0o640,
}
NEVER_KEPT = (
    "etc/shadow",
    "etc/shadow-",
    "etc/gshadow",
    "etc/backup/passwords.bak",
    "etc/security/opasswd",
    "etc/ssh/ssh_host_rsa_key",
    "etc/ssh/ssh_host_ed25519_key",
    "etc/ssh/host-key-of-last-year.txt",
    "etc/nginx/ssl/server.key",
    "etc/haproxy/site.pem",
    "etc/ssl/private/site.key",
    "etc/wpa_supplicant/wpa_supplicant.conf",
    "etc/krb5.keytab",
    "etc/app/keystore.jks",
    "etc/app/kho-khoá",
    "etc/default/left-behind",
)
"""Files of the tree whose secrets may not even lie in the sealed copy."""


@dataclass(frozen=True, slots=True)
class Etc:
    """What the tree of one server is made of."""

    name: str
    site: str
    ipv4: str
    ipv6: str

    def write(self, root: Path) -> None:
        """Write the tree anew, and beside it `secrets.json`: what must not be found, and where it was hidden."""
        secrets: dict[str, list[str]] = {}
        environment = jinja2.Environment(
            undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True
        )  # no markup
        for template in sorted(TEMPLATES.rglob("*")):
            if template.is_file():
                path = str(template.relative_to(TEMPLATES))
                draw = Draw(f"{self.name} {path}")
                text = environment.from_string(template.read_text(encoding="utf-8")).render(
                    name=self.name,
                    site=self.site,
                    ipv4=self.ipv4,
                    ipv6=self.ipv6,
                    planted=weaknesses(self.name),
                    **{each: getattr(draw, each) for each in _DRAWN},
                )
                _write(root / path, text.encode())
                secrets[path] = draw.drawn
        for path, magic in (
            ("etc/krb5.keytab", b"\x05\x02"),
            ("etc/app/keystore.jks", b"\xfe\xed\xfe\xed"),
            # A name that tells nothing: what it holds gives it away.
            ("etc/app/kho-khoá", b"\xfe\xed\xfe\xed"),
            ("etc/app/icons.cache", b"\x00"),
        ):
            draw = Draw(f"{self.name} {path}")
            _write(root / path, magic + draw.octets(600))
            if path in NEVER_KEPT:
                secrets[path] = draw.drawn
        (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Ho_Chi_Minh")
        # Somebody has given the hashes a second name.
        os.link(root / "etc/shadow", root / "etc/default/left-behind")
        for path, mode in MODES.items():
            (root / path).chmod(mode)
        for folder, _, files in os.walk(root):
            for each in [*(Path(folder) / file for file in files), Path(folder)]:
                os.utime(each, (WRITTEN, WRITTEN), follow_symlinks=False)
        manifest = {
            "never_kept": [secret for path in NEVER_KEPT for secret in secrets.get(path, ())],
            "sealed_only": [secret for path, drawn in secrets.items() if path not in NEVER_KEPT for secret in drawn],
        }
        (root.parent / "secrets.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")

    def change(self, root: Path, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write or remove one file; gives the text it had."""
        path, text, mode = request.get("file"), request.get("text"), request.get("mode")
        if unknown := sorted(set(request) - {"file", "text", "mode"}):
            raise BadChange(f"unknown key {unknown[0]!r}: a change has file, text and mode")
        if not isinstance(path, str) or not path.startswith("etc/") or {"", ".", ".."} & set(path.split("/")):
            raise BadChange('"file" must be a path below etc/')
        if not isinstance(text, str | None) or not isinstance(mode, str | None):
            raise BadChange('"text" and "mode" must be texts')
        file = root / path
        if not file.parent.resolve().is_relative_to(root.resolve()) or file.is_dir() or file.is_symlink():
            raise BadChange(f"{path} is no plain file")
        before = file.read_bytes().decode("utf-8", "surrogateescape") if file.exists() else None
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
            file.chmod(int(mode, 8) & 0o777 if mode else MODES.get(path, 0o644))
        return {"file": path, "before": before}


_DRAWN = ("word", "hex", "base64", "crypt", "apr1", "pem", "public")


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o644)
    file.parent.chmod(0o755)
