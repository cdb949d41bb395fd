"""Linux servers: selected files of /etc, with owner and mode, onto a system that is installed already."""

from __future__ import annotations

import re

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import Case, Loss, Need, Step, Way, WayBack, Where
from dcops.restore.common import BACKUP_FIRST, EXPORT
from dcops.restore.signs import sign

_FSTAB = sign(r"^=== etc/(?:fstab|crypttab) ")
_ACCOUNTS = sign(r"^=== etc/passwd ")
_NGINX = sign(r"^=== etc/nginx/")
_SUDO = sign(r"^=== etc/sudoers(?:\.d/\S+)? ")
_SSHD = sign(r"^=== etc/ssh/sshd_config")
_HAPROXY = sign(r"^=== etc/haproxy/haproxy\.cfg ")

_LIST = Step(
    Where.HOST,
    "See what is in it. Names are without the leading /",
    ("tar --list --verbose --file {file} | less",),
)
_SEND = Step(
    Where.HOST,
    "Copy it to the server, as root or to a place only root reads",
    ("scp{ssh_port} {file} root@{host}:/root/",),
)
_KEEP = Step(
    Where.DEVICE,
    "As root: keep what is there now",
    ("(umask 077; tar --create --gzip --file /root/etc-before.tar.gz --directory / etc)",),
)
_WORKS = (
    Step(
        Where.DEVICE, "As root, and keep this session open: what is wrong here locks you out", ("sshd -t",), only=_SSHD
    ),
    Step(Where.DEVICE, "As root", ("visudo -c",), only=_SUDO),
    Step(Where.DEVICE, "As root", ("nginx -t",), only=_NGINX),
    Step(Where.DEVICE, "As root", ("haproxy -c -f /etc/haproxy/haproxy.cfg",), only=_HAPROXY),
    Step(
        Where.DEVICE,
        "As root: services read their files only when they start",
        ("systemctl daemon-reload", "systemctl restart SERVICE", "systemctl --failed"),
    ),
)

WAY_BACK = WayBack(
    title="Linux",
    proven="Export and extraction were tried with GNU tar 1.34 on Debian 12; not on Red Hat or SUSE, and no whole"
    " server was"
    " rebuilt from it.",
    needs=(
        Need(
            "A system of the same distribution and release, installed: the archive holds files of /etc and no programs"
        ),
        Need("The packages first, then their files: an installation overwrites what it finds, or asks"),
        Need("The data (databases, /srv, /home) from their own backup: dcops holds settings only"),
        Need("New disks have other UUIDs: etc/fstab and etc/crypttab of the old one would stop the boot", _FSTAB),
    ),
    losses=(
        Loss(
            "password hashes (shadow, gshadow): never archived, so restored accounts have no password",
            "as root: passwd NAME for each who needs one, or let the directory server decide",
            _ACCOUNTS,
        ),
        Loss(
            "SSH host keys: never archived", "keep the new server's own, and: dcops trust add", sign(r"^=== etc/ssh/")
        ),
        Loss(
            "private keys of certificates: never archived",
            "from their own backup, or have new certificates issued",
            sign(r"ssl_certificate_key|SSLCertificateKeyFile|\bssl crt |/\S+\.key\b"),
        ),
        Loss(
            "keytabs and key stores: never archived",
            "fetch them again from the domain",
            sign(r"^=== etc/(?:krb5|sssd)"),
        ),
        Loss(
            "files that root alone may read, where dcops reads without sudo",
            "the details of the backup name them: dcops jobs history",
        ),
        Loss("ACLs, extended attributes, SELinux labels", "restorecon -R /etc where SELinux is on; setfacl by hand"),
        Loss("programs, packages, kernel, boot loader, data, cron jobs of users", "installation and their own backup"),
    ),
    ways=(
        Way(
            case=Case.REPLACEMENT,
            sends=(ConfigSource.RUNNING,),
            form="as a tar of files below /etc, with owners and modes",
            before=(
                EXPORT,
                _LIST,
                Step(
                    Where.ROOM,
                    "Install the same distribution and release, the same packages, and an account you can log in with",
                ),
                _SEND,
                _KEEP,
            ),
            restore=(
                Step(
                    Where.DEVICE,
                    "As root: everything but what names the old disks and what numbers the accounts (the packages have"
                    " given out numbers of their own)",
                    (
                        "tar --extract --same-owner --file /root/{file} --directory /"
                        " --exclude=etc/fstab --exclude=etc/crypttab --exclude=etc/passwd --exclude=etc/group",
                    ),
                ),
                Step(
                    Where.DEVICE,
                    "As root: which accounts are missing? Create those of people and of your own services (useradd),"
                    " then"
                    " passwd NAME",
                    ("tar --extract --to-stdout --file /root/{file} etc/passwd | diff - /etc/passwd",),
                    only=_ACCOUNTS,
                ),
            ),
            check=(*_WORKS, Step(Where.DEVICE, "As root: does it come up by itself?", ("reboot",))),
            undo=(
                Step(
                    Where.DEVICE,
                    "As root: what was there before",
                    ("tar --extract --same-owner --file /root/etc-before.tar.gz --directory /",),
                ),
            ),
        ),
        Way(
            case=Case.REPAIR,
            sends=(ConfigSource.RUNNING,),
            form="as single files out of a tar, with owners and modes",
            before=(BACKUP_FIRST, EXPORT, _LIST, _SEND, _KEEP),
            restore=(
                Step(
                    Where.DEVICE,
                    "As root: only what is wrong (etc/PART: a file or folder of the list)",
                    ("tar --extract --same-owner --file /root/{file} --directory / etc/PART",),
                ),
            ),
            check=_WORKS,
            undo=(
                Step(
                    Where.DEVICE,
                    "As root: what was there before",
                    ("tar --extract --same-owner --file /root/etc-before.tar.gz --directory / etc/PART",),
                ),
            ),
        ),
    ),
    identity={"hostname": re.compile(r"^=== etc/hostname [^\n]*\n(\S+)", re.MULTILINE)},
    suffix="tar",
    no_way="The state of a server (facts as JSON) proves how it was, and restores nothing. Its files are the running"
    " document",
)
