"""RANCID from Debian, set up to read the same routers with the same show commands as dcops."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from bench.lab_site import LabSite

TYPES = Path("/etc/rancid/rancid.types.conf")
RUN = Path("/usr/lib/rancid/bin/rancid-run")
USER = "nobody"
GROUP = "lab"

# Three show commands and nothing else: RANCID's own `cisco` asks 76.
TYPE = """\
labcisco;script;rancid -t labcisco
labcisco;login;clogin
labcisco;module;ios
labcisco;inloop;ios::inloop
labcisco;command;ios::ShowVersion;show version
labcisco;command;ios::WriteTerm;show startup-config
labcisco;command;ios::WriteTerm;show running-config
"""

ENVIRONMENT = """\
TERM=network;export TERM
LC_COLLATE="POSIX"; export LC_COLLATE
umask 027
PERL5LIB="/usr/share/perl5/rancid"; export PERL5LIB
TMPDIR={folder}/tmp; export TMPDIR
BASEDIR={folder}/base; export BASEDIR
PATH=/usr/lib/rancid/bin:/usr/bin:/usr/sbin:/bin; export PATH
SENDMAIL="/bin/true"
CVSROOT=$BASEDIR/git; export CVSROOT
LOGDIR=$BASEDIR/logs; export LOGDIR
RCSSYS=git; export RCSSYS
NOPIPE=YES; export NOPIPE
FILTER_PWDS=NO; export FILTER_PWDS
NOCOMMSTR=NO; export NOCOMMSTR
MAX_ROUNDS=1; export MAX_ROUNDS
OLDTIME=24; export OLDTIME
PAR_COUNT={workers}; export PAR_COUNT
LIST_OF_GROUPS="{group}"
MAILDOMAIN=""
"""

LOGIN = """\
add method * {{ssh:{port}}}
add user * {{{user}}}
add password * {{{password}}} {{{enable}}}
add autoenable * 1
add sshcmd * {{{ssh}}}
"""


def why_not() -> str:
    """Why RANCID cannot run here; empty when it can."""
    if not RUN.exists():
        return "RANCID is not installed: apt-get install rancid"
    if os.geteuid() != 0:
        return "RANCID's type is mounted over its own file for the length of the run: only root can do that"
    if not shutil.which("unshare") or not shutil.which("runuser"):
        return "unshare and runuser are needed (util-linux)"
    return ""


def version() -> str:
    """The version of the Debian package."""
    command = ["dpkg-query", "-W", "-f", "${Version}", "rancid"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class Rancid:
    """A RANCID group of all routers of a lab, in a folder of its own."""

    folder: Path
    workers: int
    routers: int

    @classmethod
    def of(cls, lab: LabSite, folder: Path, workers: int) -> Rancid:
        """Write the environment, the login file and the list of routers."""
        endpoints = json.loads((lab.site.parent / "endpoints.json").read_text(encoding="utf-8"))
        devices = endpoints["devices"]
        login = tomllib.loads((lab.site / "credentials.toml").read_text(encoding="utf-8"))["ios-backup"]
        for name in ("tmp", "base", "home"):
            (folder / name).mkdir(parents=True)
        (folder / "rancid.conf").write_text(
            ENVIRONMENT.format(folder=folder, workers=workers, group=GROUP), encoding="utf-8"
        )
        (folder / "types.conf").write_text(TYPE, encoding="utf-8")
        known = folder / "known_hosts"
        shutil.copy(lab.site / "trust" / "known_hosts", known)
        ssh = f"ssh -o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes"
        cloginrc = folder / "home" / ".cloginrc"
        cloginrc.write_text(
            LOGIN.format(
                port=devices[0]["port"],
                user=login["username"],
                password=login["password"],
                enable=login["enable"],
                ssh=ssh.replace(" ", "\\ "),
            ),
            encoding="utf-8",
        )
        cloginrc.chmod(0o600)
        made = cls(folder, workers, len(devices))
        made._own()
        made._as_user("/usr/lib/rancid/bin/rancid-cvs", "-f", str(folder / "rancid.conf"))
        lines = "".join(f"{device['address']};labcisco;up\n" for device in devices)
        (folder / "base" / GROUP / "router.db").write_text(lines, encoding="utf-8")
        made._own()
        return made

    @property
    def command(self) -> list[str]:
        """One run over all routers, in a mount namespace in which RANCID knows our type."""
        run = f"{RUN} -f {self.folder}/rancid.conf {GROUP}"
        mount = f"mount --bind {self.folder}/types.conf {TYPES}"
        return [
            "unshare",
            "--mount",
            "sh",
            "-c",
            f"{mount} && exec runuser -u {USER} -- env HOME={self.folder}/home {run}",
        ]

    def forget(self) -> None:
        """Make the next run the first one again: every configuration is new."""
        configs = self.folder / "base" / GROUP / "configs"
        for file in configs.glob("127.*"):
            file.write_text("", encoding="utf-8")
        self._own()

    def archived(self) -> int:
        """How many routers it has a whole configuration of."""
        files = (self.folder / "base" / GROUP / "configs").glob("127.*")
        return sum(bool(re.search(r"^end\s*$", file.read_text(errors="replace"), re.MULTILINE)) for file in files)

    def _own(self) -> None:
        account = pwd.getpwnam(USER)
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)

    def _as_user(self, *command: str) -> None:
        subprocess.run(
            ["runuser", "-u", USER, "--", *command],
            check=True,
            capture_output=True,
            env={"HOME": f"{self.folder}/home", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            cwd=self.folder,
        )
