"""What a server sends is looked through: what must not be kept is gone, whatever its name, and is told."""

import base64
import os

import pytest

from dcops.devices.linux.excluded import Excluded
from dcops.devices.linux.harvest import harvest, names
from dcops.devices.linux.paths import NEVER
from dcops.errors import DeviceError, ErrorKind
from dcops.model import tree
from dcops.model.tree import Kind, Member

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n"
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydA==\n-----END CERTIFICATE-----\n"
HASHES = b"root:$6$saltsalt$madeUpHashMadeUpHash:19800:0:99999:7:::\n"
HOSTS = Member("etc/hosts", Kind.FILE, content=b"127.0.0.1 localhost\n")


def sent(*members):
    return tree.write([HOSTS, *members])


def file(path, content=b"text\n", **more):
    return Member(path, Kind.FILE, content=content, **more)


@pytest.mark.parametrize(
    "path",
    [
        "etc/shadow",
        "etc/shadow-",
        "etc/gshadow",
        "etc/.shadow.swp",
        "etc/SHADOW.bak",
        "etc/security/opasswd.old",
        "etc/ssh/ssh_host_rsa_key",
        "etc/ssh/ssh_host_ed25519_key.bak",
        "etc/ssh/ssh_host_rsa_key~",
        "etc/ssl/private/anything.txt",
        "etc/pki/tls/private/x.crt",
        "etc/nginx/server.key",
        "etc/nginx/server.key.rpmsave",
        "etc/letsencrypt/live/x/privkey1.pem",
        "etc/app/tls-key.pem",
        "etc/krb5.keytab",
        "etc/java/trust.jks",
        "etc/app/store.P12",
        "etc/app/store.pfx",
        "etc/bind/Kexample.+008+12345.private",
        "etc/wpa_supplicant/wpa_supplicant-wlan0.conf",
        "etc/corosync/authkey",
        "etc/skel/.ssh/id_ed25519",
    ],
)
def test_names_of_keys_and_hashes_are_never_kept(path):
    kept = harvest(sent(file(path, b"SECRET")), Excluded())

    assert kept.left_out == {path: "its name"}
    assert b"SECRET" not in kept.tar
    assert [member.path for member in kept.members] == ["etc/hosts"]


@pytest.mark.parametrize(
    "path",
    [
        "etc/ssh/ssh_host_rsa_key.pub",
        "etc/passwd",
        "etc/login.defs",
        "etc/apt/keyrings/vendor.gpg",
        "etc/default/keyboard",
        "etc/ssl/certs/site.crt",
        "etc/chrony/chrony.keys",
        "etc/wireguard/wg0.conf",
        "etc/ipsec.secrets",
    ],
)
def test_names_that_only_sound_alike_are_kept(path):
    assert harvest(sent(file(path)), Excluded()).left_out == {}


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("etc/notes.txt", KEY, "a private key"),
        ("etc/haproxy/site.pem", CERTIFICATE + KEY, "a private key"),
        ("etc/haproxy/site.crt.bak", CERTIFICATE + KEY, "a private key"),
        ("etc/x", b"PuTTY-User-Key-File-3: ssh-ed25519\n", "a private key"),
        ("etc/x", b"\xfe\xed\xfe\xed\x00\x00\x00\x02", "a Java key store"),
        ("etc/x", b"\x05\x02\x00\x00\x00\x4a", "a Kerberos keytab"),
        ("etc/x", HASHES, "hashes of passwords"),
        ("etc/x", b"# copy\nan:!$y$j9T$salt$madeUpHash:19800:0:90:7:::\n", "hashes of passwords"),
        ("etc/x", b"\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01", "a private key"),
        ("etc/x", b"\x30\x77\x02\x01\x01\x04\x20", "a private key"),
        ("etc/x", b"\x30\x82\x0a\x21\x02\x01\x03\x30\x82", "a key store"),
    ],
)
def test_what_a_file_holds_gives_it_away(path, content, reason):
    assert harvest(sent(file(path, content)), Excluded()).left_out == {path: reason}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("etc/ssl/certs/site.pem", CERTIFICATE),
        ("etc/openvpn/site.conf", b"dev tun\n<key>\n" + KEY + b"</key>\n"),
        ("etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n"),
        ("etc/inittab", b"id:3:initdefault:\nsi::sysinit:/etc/rc\n"),
        ("etc/ssl/certs/site.der", b"\x30\x82\x03\x21\x30\x82\x02\x09\xa0\x03\x02\x01\x02"),
    ],
)
def test_files_that_hold_settings_or_public_things_are_kept(path, content):
    assert harvest(sent(file(path, content)), Excluded()).left_out == {}


def test_a_second_name_of_an_excluded_file_goes_with_it():
    kept = harvest(
        sent(
            file("etc/shadow", HASHES),
            Member("etc/default/left-behind", Kind.HARD_LINK, target="etc/shadow"),
            Member("etc/lost", Kind.HARD_LINK, target="etc/not-sent"),
        ),
        Excluded(),
    )

    assert set(kept.left_out) == {"etc/shadow", "etc/default/left-behind", "etc/lost"}
    assert b"madeUpHash" not in kept.tar


def test_which_name_of_a_file_comes_first_makes_no_difference():
    one = harvest(sent(file("etc/a"), Member("etc/b", Kind.HARD_LINK, target="etc/a")), Excluded())
    # tree.write sorts, and so does the harvest: what is sent is written by hand here
    other = harvest(sent(file("etc/b"), Member("etc/a", Kind.HARD_LINK, target="etc/b")), Excluded())

    assert one.tar == other.tar


def test_devices_pipes_and_sparse_files_are_left_out():
    kept = harvest(sent(file("etc/x")).replace(b"etc/x\0", b"etc/x\0"), Excluded())

    assert kept.left_out == {}
    assert {member.kind for member in kept.members} == {Kind.FILE}


def test_what_the_settings_exclude_is_left_out_by_name_by_path_and_below_a_folder():
    excluded = Excluded(("*.log", "/etc/big", "etc/app/*.db"))
    paths = ["etc/x.log", "etc/big/one", "etc/app/data.db"]

    assert set(harvest(sent(*map(file, paths)), excluded).left_out) == set(paths)


def test_owner_mode_and_time_are_kept():
    kept = harvest(sent(file("etc/x", mode=0o4755, uid=7, gid=8, user="an", group="noc", modified=99)), Excluded())

    (member,) = [each for each in tree.read(kept.tar) if each.path == "etc/x"]
    assert (member.mode, member.uid, member.gid, member.user, member.group, member.modified) == (
        *(0o4755, 7, 8, "an", "noc", 99),
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", ErrorKind.INVALID),
        (b"WARNING: Your password has expired.\n", ErrorKind.INVALID),
        (tree.write([HOSTS])[:700], ErrorKind.TRUNCATED),
        (tree.write([HOSTS])[:1024], ErrorKind.TRUNCATED),
        (tree.write([Member("etc", Kind.FOLDER)]), ErrorKind.INVALID),
        (tree.write([file("etc/shadow", HASHES)]), ErrorKind.INVALID),
        (tree.write([HOSTS]) + b"\x01", ErrorKind.INVALID),
    ],
)
def test_what_is_no_whole_tar_with_a_file_is_refused_without_quoting_it(content, kind):
    with pytest.raises(DeviceError) as caught:
        harvest(content, Excluded())

    assert caught.value.kind is kind
    assert caught.value.next_step
    assert "expired" not in caught.value.message


def test_many_paths_become_a_short_sentence_that_no_screen_acts_on():
    assert names([f"etc/{n}" for n in range(7)]) == "etc/0, etc/1, etc/2, etc/3, etc/4 and 2 more"
    assert names(["etc/\x1b[2J\udcff"]) == "etc/?[2J?"


def test_every_pattern_is_in_small_letters():
    assert [pattern for pattern in NEVER if pattern != pattern.lower()] == []


def test_random_content_is_rarely_taken_for_a_key():
    wrong = [content for _ in range(2000) if Excluded().reason("etc/x", content := os.urandom(64))]
    assert len(wrong) <= 4
    assert not Excluded().reason("etc/x", base64.b64encode(os.urandom(4000)))
