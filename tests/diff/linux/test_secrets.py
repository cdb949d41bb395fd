"""No secret of a server's files reaches the readable form, and nothing harmless is lost."""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dcops.diff.linux import rules
from dcops.diff.linux.names import is_secret
from dcops.diff.linux.secrets import hidden
from tests.soak import SOAK

EXAMPLES = settings(max_examples=2000 if SOAK else 40, deadline=None, database=None)
TABLE = (*rules.SHAPES, *rules.COMMANDS, *rules.DIRECTIVES, *rules.FILES)
WORDS = st.text(string.ascii_letters + string.digits + "+/=._-", min_size=8, max_size=40).filter(
    lambda text: text[0].isalnum() and text[-1].isalnum()
)
ANY = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\"'\\"),
    min_size=8,
    max_size=40,
)


def shown(text, path="etc/example.conf"):
    return hidden(text, path, lambda _: "<secret>")[0]


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.name)
def test_every_rule_hides_its_example_and_leaves_the_rest(rule):
    seen = []
    text, count = hidden(rule.example, rule.path, lambda secret: seen.append(secret) or "<secret>")

    assert count == len(seen) >= 1
    assert "SECRET" not in text
    assert rule.needle in rule.example.lower()
    assert len(text) > len("<secret>") or rule.example in seen


def test_rules_have_names_of_their_own():
    names = [rule.name for rule in TABLE]
    assert len(set(names)) == len(names)


ASSIGNED = [
    "password = {}",
    "password={}",
    "DBPassword={}",
    "smtp_pass: {}",
    "  psk={}",
    "bindpw {}",
    "requirepass {}",
    "auth_pass {}",
    "export API_TOKEN={}",
    "#password = {}",
    "PrivateKey = {}",
    "secret: {}",
    "node.session.auth.password = {}",
    "olcRootPW: {}",
    "client-key-data: {}",
    "wpa_passphrase={}",
]
QUOTED = [
    'password = "{}"',
    "password: '{}'",
    '{{"user": "an", "password": "{}"}}',
    'Environment="DB_PASSWORD={}" "X=1"',
    '<resource username="an" password="{}"/>',
    "$cfg['blowfish_secret'] = '{}';",
    'an Cleartext-Password := "{}"',
    '  secret "{}";',
    "conninfo = 'host=192.0.2.1 password={}'",
]
IN_THE_MIDDLE = [
    "//192.0.2.1/x /mnt cifs username=an,password={},uid=0 0 0",
    "Environment=DB_PASSWORD={} X=1",
    "auth required pam_tacplus.so secret={} timeout=3",
    "machine 192.0.2.1 login an password {}",
    "0 1 * * * root PGPASSWORD={} psql",
    "Server=x;Password={};Database=y",
    "key x {{ algorithm hmac-sha256; secret {} }}",
]


@pytest.mark.parametrize("line", ASSIGNED + QUOTED)
@EXAMPLES
@given(secret=ANY)
def test_any_value_of_a_secret_setting_is_hidden(line, secret):
    assume(secret not in line)

    assert secret not in shown(line.format(secret))


@pytest.mark.parametrize("line", IN_THE_MIDDLE)
@EXAMPLES
@given(secret=WORDS)
def test_a_word_in_the_middle_of_a_line_is_hidden_and_its_neighbours_are_not(line, secret):
    # `password required` is a sentence: a word of small letters alone is none that a password policy lets pass
    assume(secret not in line and not (secret.isalpha() and secret.islower()))

    text = shown(line.format(secret))

    assert secret not in text
    assert text.startswith(line.partition("{}")[0].replace("{{", "{"))


@pytest.mark.parametrize("line", ASSIGNED)
def test_a_phrase_of_several_words_is_hidden_whole(line):
    assert "horse" not in shown(line.format("correct horse battery"))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (
            "password   [success=1 default=ignore]  pam_unix.so obscure use_authtok yescrypt",
            "etc/pam.d/common-password",
        ),
        ("account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so", "etc/pam.d/common-account"),
        ("yppasswdd 100009 yppasswd", "etc/rpc"),
        ("passwd:         files systemd", "etc/nsswitch.conf"),
        ("an ALL=(root) NOPASSWD: /bin/tar", "etc/sudoers"),
        ("Defaults passwd_tries=3", "etc/sudoers"),
        ("PasswordAuthentication yes", "etc/ssh/sshd_config"),
        ("PermitEmptyPasswords no", "etc/ssh/sshd_config"),
        ("#PasswordAuthentication yes", "etc/ssh/sshd_config"),
        ("HostKey /etc/ssh/ssh_host_rsa_key", "etc/ssh/sshd_config"),
        ("PASS_MAX_DAYS\t99999", "etc/login.defs"),
        ("    ssl_certificate_key /etc/nginx/ssl/server.key;", "etc/nginx/nginx.conf"),
        ("    server_tokens off;", "etc/nginx/nginx.conf"),
        ("    proxy_pass http://127.0.0.1:8080;", "etc/nginx/nginx.conf"),
        ("    fastcgi_pass unix:/run/php.sock;", "etc/nginx/nginx.conf"),
        ("smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd", "etc/postfix/main.cf"),
        ("   unix password sync = yes", "etc/samba/smb.conf"),
        ("   passwd program = /usr/bin/passwd %u", "etc/samba/smb.conf"),
        ("ldap_default_authtok_type = password", "etc/sssd/sssd.conf"),
        ("psk-flags=1", "etc/NetworkManager/system-connections/x"),
        ("password_encryption = scram-sha-256", "etc/postgresql/postgresql.conf"),
        ("TLSPSKIdentity=srv1", "etc/zabbix/zabbix_agentd.conf"),
        ("# Passwords must be changed every month", "etc/motd"),
        ("# The password for the database is in the safe", "etc/motd"),
        ("root:x:0:0:root:/root:/bin/bash", "etc/passwd"),
        ("games:*:12:100::/usr/games:/sbin/nologin", "etc/passwd"),
        ("keyfile /etc/chrony/chrony.keys", "etc/chrony/chrony.conf"),
        ("server 192.0.2.123 iburst key 1", "etc/chrony/chrony.conf"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPasswordTokenSecret an@host", "etc/ssh/authorized_keys"),
        ("data UUID=1 none luks", "etc/crypttab"),
        ("PublicKey = AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKK=", "etc/wireguard/wg0.conf"),
        ("lock_passwd: true", "etc/cloud/cloud.cfg"),
        ("deb https://deb.example.test/debian bookworm main", "etc/apt/sources.list"),
        ("rouser nms priv", "etc/snmp/snmpd.conf"),
        ("30 1 * * * root mysqldump -u dump --all-databases", "etc/cron.d/dump"),
    ],
)
def test_what_only_speaks_of_secrets_stays(line, path):
    assert shown(line, path) == line


def test_private_keys_inside_settings_are_hidden_even_without_an_end():
    key = "-----BEGIN PRIVATE KEY-----\nAAAAmadeUp\nBBBBmadeUp\n"

    whole = shown(f"dev tun\n<key>\n{key}-----END PRIVATE KEY-----\n</key>\nverb 3\n")
    cut = shown(f"dev tun\n{key}")
    in_json = shown(
        '{"private_key": "-----BEGIN PRIVATE KEY-----\\nAAAAmadeUp\\n-----END PRIVATE KEY-----\\n", "x": 1}'
    )

    assert "madeUp" not in whole + cut + in_json
    assert whole.endswith("</key>\nverb 3\n")
    assert in_json.endswith('", "x": 1}')


def test_values_on_the_lines_below_a_yaml_key_are_hidden():
    text = (
        "db:\n  password: |\n    madeUp one\n    madeUp two\n  host: x\nchpasswd:\n  list: |\n    root:madeUp\nz: 1\n"
    )

    assert "madeUp" not in shown(text)
    assert "  host: x\n" in shown(text)
    assert shown(text).endswith("z: 1\n")
    assert shown("tokens:\n  - first-made-up\nsecrets:\n  - madeUp\nz: 1\n") == (
        "tokens:\n  - first-made-up\nsecrets:\n  <secret>\nz: 1\n"
    )


def test_every_value_of_a_section_of_secrets_is_hidden():
    text = shown("[vpn]\nuser=an\n[vpn-secrets]\ngroup=madeUp\nxauth: madeUp\n[ipv4]\nmethod=auto\n")

    assert "madeUp" not in text
    assert "user=an" in text
    assert text.endswith("method=auto\n")


def test_a_file_that_is_one_secret_is_hidden_line_by_line():
    assert shown("# note\nmadeUp\nmadeUp two\n", "etc/ldap.secret") == "# note\n<secret>\n<secret>\n"


def test_a_line_without_end_is_hidden_whole_and_does_not_take_long():
    assert shown("password " * 20_000) == "<secret>"
    assert shown("://" * 5000 + "x") == "://" * 5000 + "x"
    assert len(shown("user a " * 2000 + "\n" + "\t -p" * 3000 + "\n" + "=" * 16000)) > 1000


@EXAMPLES
@given(
    text=st.text(max_size=200), path=st.sampled_from(["", "etc/passwd", "etc/chrony/chrony.keys", "etc/ipsec.secrets"])
)
def test_any_text_can_be_looked_through_twice(text, path):
    once = shown(text, path)
    assert once.count("\n") <= text.count("\n")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *[(name, True) for name in ("password", "PGPASSWORD", "smtpPass", "db_pw", "wpa-psk", "auth.password_in")],
        *[
            (name, True)
            for name in ("secret_id", "community_name", "AccountKey", "keystorePass", "x-api-key", "wep-key0")
        ],
        *[
            (name, False)
            for name in ("passwordFile", "compass", "bypass", "token_ttl", "secretName", "TLSPSKFile", "key")
        ],
        *[(name, False) for name in ("proxy_pass", "", "passive", "PublicKey", "monkey", "ssl_key")],
    ],
)
def test_names_of_secrets(name, secret):
    assert is_secret(name) is secret
