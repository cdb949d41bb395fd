"""Which files of a server are read, and which never are."""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT_PATHS = (
    # who and where it is
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/network",
    "/etc/netplan",
    "/etc/NetworkManager",
    "/etc/sysconfig",
    "/etc/systemd",
    "/etc/fstab",
    "/etc/crypttab",
    "/etc/exports",
    "/etc/multipath.conf",
    "/etc/iscsi",
    "/etc/lvm/lvm.conf",
    "/etc/mdadm",
    # who may do what
    "/etc/passwd",
    "/etc/group",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/pam.d",
    "/etc/security",
    "/etc/login.defs",
    "/etc/ssh",
    "/etc/sssd",
    "/etc/krb5.conf",
    "/etc/ldap",
    "/etc/openldap",
    "/etc/nslcd.conf",
    # what it lets in
    "/etc/nftables.conf",
    "/etc/iptables",
    "/etc/ufw",
    "/etc/firewalld",
    "/etc/fail2ban",
    "/etc/hosts.allow",
    "/etc/hosts.deny",
    # how it is run
    "/etc/default",
    "/etc/sysctl.conf",
    "/etc/sysctl.d",
    "/etc/modprobe.d",
    "/etc/modules",
    "/etc/modules-load.d",
    "/etc/crontab",
    "/etc/cron.d",
    "/etc/logrotate.conf",
    "/etc/logrotate.d",
    "/etc/rsyslog.conf",
    "/etc/rsyslog.d",
    "/etc/audit",
    "/etc/chrony.conf",
    "/etc/chrony",
    "/etc/ntp.conf",
    "/etc/snmp",
    "/etc/zabbix",
    "/etc/apt",
    "/etc/yum.conf",
    "/etc/yum.repos.d",
    "/etc/dnf",
    # what it serves
    "/etc/nginx",
    "/etc/apache2",
    "/etc/httpd",
    "/etc/haproxy",
    "/etc/keepalived",
    "/etc/bind",
    "/etc/named.conf",
    "/etc/unbound",
    "/etc/postfix",
    "/etc/my.cnf",
    "/etc/my.cnf.d",
    "/etc/mysql",
    "/etc/postgresql",
    "/etc/redis",
    "/etc/docker",
    "/etc/samba",
    "/etc/wireguard",
    "/etc/ipsec.conf",
    "/etc/ipsec.secrets",
    "/etc/strongswan",
    "/etc/swanctl",
    "/etc/freeradius",
    "/etc/raddb",
    "/etc/ppp",
)
"""What a server is set up by. One that is not there is not missed: no server has them all."""

NEVER = (
    # hashes of passwords
    "shadow*",
    "gshadow*",
    "opasswd*",
    # private keys
    "ssh_host_*_key",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "private",
    "*.key",
    "*.private",
    "privkey*.pem",
    "*key.pem",
    "private_key*",
    "private-keys*",
    "secring*",
    "*.ppk",
    "authkey",
    # stores of keys
    "*.keytab",
    "*.jks",
    "*.jceks",
    "*.keystore",
    "*.p12",
    "*.pfx",
    "*.kdbx",
    # passwords of wireless networks
    "wpa_supplicant*.conf",
)
"""Names of files and folders that stay on the server whatever is asked for; upper and lower case are alike."""


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Each path once, relative to the root, and none that lies inside another: tar would give its files twice."""
    chosen: list[str] = []
    for path in sorted({path.strip("/") for path in paths}):
        if not any(path == above or path.startswith(f"{above}/") for above in chosen):
            chosen.append(path)
    return tuple(chosen)
