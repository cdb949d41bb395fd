# ruff: noqa: E501 (one rule per line reads as the table it is)
"""Where the files of a Linux server keep secrets that no name gives away, one rule per line.

WORD is a secret of one word (or in quotes), REST a secret up to the end of the line. A rule with `files` holds only in
files whose path matches. In the example SECRET stands where the secret is.

When in doubt a rule hides too much: a hidden word is a nuisance, a shown secret is an incident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = r'(?:"(?P<quoted>[^"]+)"|\'(?P<single>[^\']+)\'|(?P<secret>[^\s"\']\S*))'
_REST = r'(?:"(?P<quoted>[^"]+)"\s*;?\s*$|\'(?P<single>[^\']+)\'\s*;?\s*$|(?P<secret>\S.*?)\s*$)'
GROUPS = ("secret", "quoted", "single", "second")


@dataclass(frozen=True, slots=True)
class Rule:
    """One place where a secret stands."""

    name: str
    needle: str
    """A text in small letters without which the rule cannot match."""
    pattern: re.Pattern[str]
    example: str
    files: re.Pattern[str] | None = None
    path: str = "etc/example.conf"
    """Where the example stands."""


def _rule(name: str, needle: str, pattern: str, example: str) -> Rule:
    pattern = pattern.replace("WORD", _WORD).replace("REST", _REST)
    return Rule(name, needle, re.compile(pattern, re.IGNORECASE), example)


def _in(files: str, path: str, name: str, needle: str, pattern: str, example: str) -> Rule:
    pattern = pattern.replace("WORD", _WORD).replace("REST", _REST)
    return Rule(name, needle, re.compile(pattern, re.IGNORECASE), example, re.compile(files, re.IGNORECASE), path)


_LINE = r"^\s*(?![#;\s])"

# fmt: off
SHAPES = (
    _rule("crypt hash", "$", r"(?P<secret>\$(?:1|2[abxy]?|5|6|7|8|9|y|gy|sm3|sha1|apr1|md5|argon2\w{0,2}|scrypt|pbkdf2[\w-]*|bcrypt[\w-]*)\$[^\s:\"',;]{8,})", "rootcfg $6$SECRETsaltsalt$SECRET"),
    _rule("LDAP hash", "{", r"(?P<secret>\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2[\w-]*|ARGON2|X-\w+)\}[^\s\"',;]+)", "value {SSHA}SECRET"),
    _rule("GRUB hash", "grub.pbkdf2", r"(?P<secret>grub\.pbkdf2\.\S+)", "x grub.pbkdf2.sha512.10000.SECRET"),
    _rule("PostgreSQL hash", "scram-sha", r"(?P<secret>SCRAM-SHA-(?:1|256)\$\S+)", '"an" "SCRAM-SHA-256$4096:SECRET"'),
    _rule("AWS key id", "akia", r"(?P<secret>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)", "id AKIASECRETSECRET0000"),
    _rule("web token", "eyj", r"(?P<secret>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)", "x eyJSECRETaaaa.eyJSECRETbbbb.SECRET"),
    _rule("forge token", "gh", r"(?P<secret>\b(?:gh[pousr]_|github_pat_)\w{20,})", "x ghp_SECRETSECRETSECRETSECRETSECRETSECRET"),
    _rule("forge token of GitLab", "glpat-", r"(?P<secret>\bgl(?:pat|rt|dt)-[\w-]{16,})", "x glpat-SECRETSECRETSECRET"),
    _rule("chat token", "xox", r"(?P<secret>\bxox[abeoprs]-[\w-]{10,})", "x xoxb-SECRET-SECRET"),
    _rule("login in an address", "://", r"[a-z][\w+.-]*://[^\s/:@\"]*:(?P<secret>[^\s\"]+)@", "x scp://an:SECRET@192.0.2.1/there"),
    _rule("token in an address", "://", r"[a-z][\w+.-]*://(?P<secret>[^\s/:@\"]{20,})@", "x https://SECRETSECRETSECRETSECRET@git.example.test/x"),
    _rule("secret in a query", "=", r"[?&](?:password|passwd|pass|pwd|secret|token|api_?key|key|sig|signature|access_token)=(?P<secret>[^&\s\"]+)", "x https://192.0.2.1/update?host=a&sig=SECRET"),
    _rule("authorization header", "authorization", r"authorization[\"']?\s*[:=,]?\s*[\"']?(?:basic|bearer|token|digest|apikey)\s+(?P<secret>[^\s\"';]+)", 'proxy_set_header Authorization "Basic SECRET";'),
    _rule("SQL password", "identified", r"identified\s+(?:with\s+\S+\s+)?by\s+(?:password\s+)?WORD", "create user an identified by 'SECRET'"),
)

COMMANDS = (
    _rule("option", "--", r"(?<!\S)--[\w-]*(?:password|passwd|passphrase|pass|pwd|secret|token|psk|api-?key|secret-key)\s+(?!-)WORD", "0 1 * * * root /usr/bin/copy --password SECRET --to x"),
    _rule("sshpass", "sshpass", r"\bsshpass\s+-p\s*WORD", "0 1 * * * root sshpass -p SECRET ssh an@192.0.2.1"),
    _rule("mysql", "mysql", r"\b(?:mysql|mariadb)[\w-]*\s(?:.*?\s)?-p(?=\S)WORD", "0 1 * * * root mysqldump -u an -pSECRET all"),
    _rule("curl", "curl", r"\bcurl\s(?:.*?\s)?(?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^\s:\"']+:(?P<secret>[^\s\"']+)", "0 1 * * * root curl -s -u an:SECRET https://192.0.2.1/"),
    _rule("smbclient", "%", r"\s-U\s*[\"']?[^\s%\"']+%(?P<secret>[^\s\"']+)", "0 1 * * * root smbclient //192.0.2.1/x -U an%SECRET"),
    _rule("ipmitool", "ipmitool", r"\bipmitool\s(?:.*?\s)?-P\s*WORD", "0 1 * * * root ipmitool -H 192.0.2.1 -U an -P SECRET sdr"),
    _rule("snmp tools", "snmp", r"\bsnmp\w*\s(?:.*?\s)?-c\s*WORD", "0 1 * * * root snmpwalk -v2c -c SECRET 192.0.2.1"),
    _rule("snmp tools, authentication", "-a", r"(?:\bsnmp\w*|^\s*(?:trapsess|proxy|informsink))\s(?:.*?\s)?(?-i:-A)\s*WORD", "trapsess -v 3 -u an -l authPriv -a SHA -A SECRET -x AES -X OTHERSECRET 192.0.2.1"),
    _rule("snmp tools, privacy", "-x", r"(?:\bsnmp\w*|^\s*(?:trapsess|proxy|informsink))\s(?:.*?\s)?(?-i:-X)\s*WORD", "trapsess -v 3 -u an -l authPriv -a SHA -A OTHERSECRET -x AES -X SECRET 192.0.2.1"),
    _rule("ldap tools", "ldap", r"\bldap(?:search|modify|add|delete|passwd|whoami)\s(?:.*?\s)?-w\s*WORD", "0 1 * * * root ldapsearch -x -D cn=an -w SECRET"),
    _rule("redis-cli", "redis-cli", r"\bredis-cli\s(?:.*?\s)?-a\s*WORD", "0 1 * * * root redis-cli -a SECRET bgsave"),
    _rule("openssl", "-pass", r"\s-pass(?:in|out)?\s+(?:pass:)?WORD", "0 1 * * * root openssl rsa -in x -passin pass:SECRET"),
    _rule("chpasswd", "chpasswd", r"\becho\s+[\"']?[^:\s\"']+:(?P<secret>[^|\"']+?)[\"']?\s*\|\s*(?:sudo\s+)?chpasswd", 'echo "an:SECRET" | chpasswd'),
)

DIRECTIVES = (
    # snmpd.conf, snmptrapd.conf, snmp.conf
    _rule("SNMP community", "community", r"^\s*[#;]?\s*(?:ro|rw|trap|def)community6?\s+WORD", "rocommunity SECRET 192.0.2.0/24"),
    _rule("SNMP community of a source", "com2sec", r"^\s*com2sec(?:6|unix)?\s+(?:-Cn\s+\S+\s+)?\S+\s+\S+\s+WORD", "com2sec nms 192.0.2.0/24 SECRET"),
    _rule("SNMP sink", "sink", r"^\s*(?:trap2?|inform)sink\s+[^\s-]\S*\s+WORD", "trap2sink 192.0.2.1 SECRET 162"),
    _rule("SNMP trap community", "authcommunity", r"^\s*authCommunity\s+\S+\s+WORD", "authCommunity log,execute SECRET"),
    _rule("SNMP user, authentication", "createuser", r"^\s*createUser\s+(?:-e\s+\S+\s+)?(?:\"[^\"]*\"|\S+)\s+(?:MD5|SHA\S*)\s+WORD", 'createUser -e 0x80 nms SHA-256 "SECRET" AES OTHERSECRET'),
    _rule("SNMP user, privacy", "createuser", r"^\s*createUser\s.*\s(?:DES|AES\S*)\s+WORD", "createUser nms SHA OTHERSECRET AES SECRET"),
    _rule("SNMP user, kept", "usmuser", r"^\s*usmUser\s+(?:\S+\s+){3}REST", "usmUser 1 3 0x80001f SECRET"),
    _rule("SNMP subagent", "smuxpeer", r"^\s*smux(?:peer|socket)\s+\S+\s+WORD", "smuxpeer .1.3.6.1.4.1.674 SECRET"),
    # web servers and load balancers
    _rule("HAProxy statistics", "stats", r"^\s*stats\s+auth\s+[^:\s]+:REST", "  stats auth an:SECRET"),
    _rule("variable of a web server", "set", r"^\s*(?:SetEnv|PassEnv|set|fastcgi_param|uwsgi_param|env)\s+\$?[\w.-]*(?:pass|secret|token|api_?key|pwd)[\w.-]*\s+REST", "SetEnv DB_PASSWORD SECRET"),
    _rule("ProFTPD", "sqlconnectinfo", r"^\s*SQLConnectInfo\s+\S+\s+\S+\s+WORD", "SQLConnectInfo db@192.0.2.1 an SECRET"),
    _rule("PHP constant", "define", r"\bdefine\s*\(\s*[\"'](?P<name>[\w.-]+)[\"']\s*,\s*WORD", "define('DB_PASSWORD', 'SECRET');"),
    _rule("Redis user", ">", r"^\s*user\s+\S+\s.*?(?<=\s)>(?P<secret>\S+)", "user an on >SECRET ~* +@all"),
    _rule("Redis user, hashed", "#", r"^\s*user\s+\S+\s.*?(?<=\s)#(?P<secret>[0-9a-f]{64})", "user an on #" + b"SECRET".hex() * 5 + "abcd ~*"),
    # JSON of container tools
    _rule("registry login", "auth", r"\"(?:auth|identitytoken|registrytoken)\"\s*:\s*\"(?P<secret>[^\"]+)\"", '"registry.example.test": {"auth": "SECRET"}'),
    # XML
    _rule("XML element", "<", r"<(?:\w+:)?(?P<name>[\w.-]*(?:pass|secret|token|pwd|psk|key)[\w.-]*)(?:\s[^<>]*)?>\s*(?P<secret>[^<]*[^<\s])\s*(?:<|$)", "<bindPassword>SECRET</bindPassword>"),
)

FILES = (
    _in(r"(?:^|/)(?:passwd|group)-?$", "etc/passwd", "hash in passwd", ":", r"^[^:#]+:(?P<secret>[^:]{2,}):\d*:", "an:SECRET:1000:1000::/home/an:/bin/sh"),
    _in(r"chrony[^/]*keys|ntp[^/]*keys|/ntp/keys", "etc/chrony/chrony.keys", "time key", "", r"^\s*\d+\s+(?:[\w-]+\s+)?(?P<secret>\S+)\s*$", "1 SHA256 HEX:SECRET"),
    _in(r"pam_radius|raddb/server$|freeradius/server$", "etc/pam_radius_auth.conf", "RADIUS server", "", _LINE + r"\S+\s+WORD", "192.0.2.1:1812 SECRET 3"),
    _in(r"secrets$|secrets\.d/", "etc/ipsec.secrets", "IPsec secret", ":", r":\s*(?:PSK|EAP|XAUTH|NTLM|PPK)\s+REST", '192.0.2.1 198.51.100.1 : PSK "SECRET"'),
    _in(r"secrets$|secrets\.d/", "etc/ipsec.secrets", "passphrase of an IPsec key", ":", r":\s*(?:RSA|ECDSA|BLISS|PKCS8|P12|PIN)\s+\S+\s+REST", ': RSA server.pem "SECRET"'),
    _in(r"(?:chap|pap|srp)-secrets", "etc/ppp/chap-secrets", "PPP secret", "", _LINE + r"(?:\"[^\"]*\"|\S+)\s+(?:\"[^\"]*\"|\S+)\s+WORD", "an * SECRET *"),
    _in(r"sasl_?passwd|relay_?password", "etc/postfix/sasl_passwd", "mail relay", "", _LINE + r"\S+\s+REST", "[mail.example.test]:587 an:SECRET"),
    _in(r"rsync[^/]*secrets?|htpasswd|htdigest|passwd\.client|users?\.pwd|\.passwd$|vsftpd[^/]*users", "etc/nginx/.htpasswd", "user and password", ":", r"^\s*[^:#\s]+:(?P<secret>\S.*?)\s*$", "an:SECRET"),
    _in(r"pgpass", "etc/postgresql/.pgpass", "PostgreSQL password", ":", r"^[^:#]*:[^:]*:[^:]*:[^:]*:(?P<secret>.+?)\s*$", "192.0.2.1:5432:db:an:SECRET"),
    _in(r"userlist", "etc/pgbouncer/userlist.txt", "PgBouncer user", '"', r"^\s*\"[^\"]*\"\s+\"(?P<secret>[^\"]+)\"", '"an" "SECRET"'),
    _in(r"davfs2?/secrets", "etc/davfs2/secrets", "WebDAV login", "", _LINE + r"(?:\"[^\"]*\"|\S+)\s+(?:\"[^\"]*\"|\S+)\s+REST", "https://192.0.2.1/x an SECRET"),
    _in(r"netplan/", "etc/netplan/01.yaml", "key of a tunnel", ":", r"^\s*-?\s*(?:key|private|shared)\s*:\s*REST", "      private: SECRET"),
    _in(r"systemd/network/", "etc/systemd/network/1.netdev", "MACsec key", "key", r"^\s*Key\s*=\s*REST", "Key=SECRET"),
    _in(r"system-connections/", "etc/NetworkManager/system-connections/x", "PIN", "pin", r"^\s*pin\s*=\s*REST", "pin=SECRET"),
    _in(r"tac(?:_plus|acs)", "etc/tacacs.conf", "TACACS key", "key", r"\bkey\s*=\s*REST", "key = SECRET"),
    _in(r"ceph|keyring", "etc/ceph/ceph.client.keyring", "Ceph key", "key", r"^\s*key\s*=\s*REST", "  key = SECRET"),
    _in(r"crypttab", "etc/crypttab", "passphrase of a disk", "", _LINE + r"\S+\s+\S+\s+(?!none\b|-(?:\s|$)|/)WORD", "data UUID=1 SECRET luks"),
)

WHOLE = re.compile(r"(?:\.secret|erlang\.cookie|(?:^|/)(?:ldap|libnss-ldap|pam_ldap)\.secret|\.(?:pass|password))$", re.IGNORECASE)
"""Files of which every line is a secret."""

BLOCKS = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key))-----"
    r"(?P<secret>.*?)(?:-----END (?P=kind)-----|\Z)",
    re.DOTALL,
)
"""Private keys in PEM and alike, wherever they stand; one that never ends hides the rest of its file."""
# fmt: on

KEYS_OF_PEOPLE = re.compile(r"(?:authorized_keys\d?|known_hosts\d?|\.pub)$")
"""Public keys: their letters mean nothing."""
NO_SETTINGS = re.compile(r"(?:^|/)(?:nsswitch\.conf|services|protocols|rpc|mime\.types|moduli)$")
"""Files in which `passwd:` and the like are no settings."""
PAM = re.compile(r"(?:^|/)pam\.d/|(?:^|/)pam\.conf$")
"""Here `password` is a kind of module."""
