"""Answers of old and new systems tell the same facts, and what is no answer is said to be none."""

import json

import pytest

from dcops.devices.linux import answers, facts
from dcops.devices.linux.session import Answer

ADDR = [
    {
        "ifindex": 1,
        "ifname": "lo",
        "mtu": 65536,
        "operstate": "UNKNOWN",
        "address": "00:00:00:00:00:00",
        "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host"}],
    },
    {
        "ifindex": 2,
        "ifname": "eno1",
        "mtu": 1500,
        "operstate": "UP",
        "address": "52:54:00:12:34:56",
        "addr_info": [
            {"local": "192.0.2.36", "prefixlen": 26, "scope": "global", "valid_life_time": 86000},
            {"local": "2001:db8:0:10::36", "prefixlen": 64, "scope": "global"},
            {"local": "2001:db8:0:10:1111::1", "prefixlen": 64, "scope": "global", "temporary": True},
        ],
    },
    {"ifindex": 9, "ifname": "veth1a2b3c4", "operstate": "UP", "addr_info": []},
    {},
]
ADDR_TEXT = """\
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eno1    inet 192.0.2.36/26 brd 192.0.2.63 scope global dynamic eno1\\       valid_lft 86000sec
2: eno1    inet6 2001:db8:0:10::36/64 scope global \\       valid_lft forever preferred_lft forever
2: eno1    inet6 2001:db8:0:10:1111::1/64 scope global temporary dynamic \\       valid_lft 5sec
9: veth1a2b3c4@if8    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
"""
ADDRESSES = {
    "lo": [{"address": "127.0.0.1/8", "scope": "host"}],
    "eno1": [{"address": "192.0.2.36/26", "scope": "global"}, {"address": "2001:db8:0:10::36/64", "scope": "global"}],
}
ROUTES_TEXT = """\
2001:db8:0:10::/64 dev eno1 proto kernel metric 256 pref medium
unreachable ::/96 dev lo metric 1024 error -113 pref medium
default via 2001:db8:0:10::1 dev eno1 proto static metric 1024 expires 1790sec pref medium
fe80::/64 dev veth1a2b3c4 proto kernel metric 256 pref medium
"""
SS = """\
tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*
tcp   LISTEN 0      128             [::]:22           [::]:*
tcp   LISTEN 0      4096       127.0.0.1:5432      0.0.0.0:*
tcp   LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*
tcp   LISTEN 0      4096           [::1]:5432         [::]:*
tcp   LISTEN 0      4096  [::ffff:127.0.0.1]:8005     *:*
tcp   LISTEN 0      4096               *:9100            *:*
udp   UNCONN 0      0            0.0.0.0:123       0.0.0.0:*
udp   UNCONN 0      0            0.0.0.0:49152     0.0.0.0:*
"""
DF = """\
Filesystem                1-blocks        Used   Available Capacity Mounted on
udev                    2049409024           0  2049409024       0% /dev
tmpfs                    415539200      647168   414892032       1% /run
/dev/sda1              20957446144  5478391808 14392258560      28% /
/dev/loop0                67108864    67108864           0     100% /snap/x
192.0.2.71:/export   1099511627776 10995116277 1088516511499      1% /mnt/images here
overlay                20957446144  5478391808 14392258560      28% /var/lib/docker/overlay2/x/merged
"""
LSBLK = {
    "blockdevices": [
        {"name": "loop0", "maj:min": "7:0", "size": 67108864, "type": "loop", "mountpoints": ["/snap/x"]},
        {
            "name": "sda",
            "maj:min": "8:0",
            "size": 21474836480,
            "type": "disk",
            "mountpoints": [None],
            "children": [{"name": "sda1", "size": 21473787904, "type": "part", "mountpoints": ["/"]}],
        },
    ]
}
TRACKING = "C000027B,192.0.2.123,3,1790000000.1,-0.000021,0.00001,0.00002,1.2,0.0,0.1,0.002,0.001,64.2,Normal\n"


def test_interfaces_without_what_changes_by_itself():
    found = answers.interfaces(json.dumps(ADDR))

    assert {each["name"]: each["addresses"] for each in found} == ADDRESSES
    assert found[0] == {
        "name": "eno1",
        "state": "UP",
        "mtu": 1500,
        "mac": "52:54:00:12:34:56",
        "addresses": ADDRESSES["eno1"],
    }


def test_the_text_of_an_old_ip_tells_the_same_addresses():
    assert {each["name"]: each["addresses"] for each in answers.interfaces_of_text(ADDR_TEXT)} == ADDRESSES


def test_routes_as_json_and_as_text():
    data = [
        {
            "dst": "2001:db8:0:10::/64",
            "dev": "eno1",
            "protocol": "kernel",
            "metric": 256,
            "flags": [],
            "pref": "medium",
        },
        {
            "dst": "default",
            "gateway": "2001:db8:0:10::1",
            "dev": "eno1",
            "protocol": "static",
            "metric": 1024,
            "expires": 9,
        },
        {"dst": "fe80::/64", "dev": "veth1a2b3c4", "protocol": "kernel"},
    ]
    of_json = answers.routes(json.dumps(data))

    assert [each["dst"] for each in of_json] == ["2001:db8:0:10::/64", "default"]
    assert all("expires" not in each for each in of_json)
    assert [each for each in answers.routes_of_text(ROUTES_TEXT) if each["dst"] != "unreachable"] == of_json


def test_only_what_others_can_reach_listens():
    assert answers.listening(SS) == [
        {"protocol": "tcp", "address": "*", "port": 9100},
        {"protocol": "tcp", "address": "0.0.0.0", "port": 22},
        {"protocol": "tcp", "address": "::", "port": 22},
        {"protocol": "udp", "address": "0.0.0.0", "port": 123},
    ]


def test_a_heading_of_an_old_ss_is_passed_over():
    heading = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
    assert answers.listening(heading + SS) == answers.listening(SS)


def test_file_systems_of_disks_and_shares():
    assert answers.file_systems(DF) == [
        {"device": "/dev/sda1", "mount": "/", "size_bytes": 20957446144, "free_bytes": 14392258560},
        {"device": "192.0.2.71:/export", "mount": "/mnt/images here", "free_bytes": 1088516511499},
    ]


def test_disks_and_their_parts():
    assert answers.block_devices(json.dumps(LSBLK)) == [
        {
            "name": "sda",
            "type": "disk",
            "size": 21474836480,
            "parts": [{"name": "sda1", "type": "part", "size": 21473787904, "mounted": ["/"]}],
        }
    ]
    assert answers.block_devices_of_text('NAME="sda" SIZE="21474836480" TYPE="disk"\n') == [
        {"name": "sda", "type": "disk", "size": 21474836480}
    ]


def test_os_release_clock_tracking_and_units():
    assert answers.assignments('NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n') == {
        "NAME": "Debian GNU/Linux",
        "VERSION_ID": "12",
        "ID": "debian",
    }
    assert answers.clock("Timezone=Asia/Ho_Chi_Minh\nNTP=yes\nNTPSynchronized=yes\nTimeUSec=now\n") == {
        "Timezone": "Asia/Ho_Chi_Minh",
        "NTP": "yes",
        "synchronised": True,
    }
    assert answers.tracking(TRACKING)["leap_status"] == "Normal"
    assert answers.units("● nginx.service loaded failed failed Web server\nb.mount loaded failed failed x\n") == [
        "b.mount",
        "nginx.service",
    ]
    assert answers.units("") == []


@pytest.mark.parametrize(
    "read",
    [
        *(answers.interfaces, answers.interfaces_of_text, answers.routes, answers.routes_of_text, answers.listening),
        *(answers.units, answers.clock, answers.tracking, answers.block_devices, answers.file_systems, answers.uptime),
        *(answers.block_devices_of_text, answers.neighbours),
    ],
)
@pytest.mark.parametrize("words", ["You have no mail.\nLast login: yesterday\n", "{}", "[1,2", "null", "a b c\n"])
def test_other_words_are_no_answer(read, words):
    with pytest.raises((ValueError, KeyError, IndexError, TypeError, AttributeError)):
        read(words)


class Server:
    """Answers commands by the first word that it knows."""

    def __init__(self, **told):
        self.told = told
        self.asked = []

    def __call__(self, command):
        self.asked.append(command)
        status, stdout, stderr = self.told.get(
            command.split()[0], (127, "", f"env: '{command.split()[0]}': No such file or directory\n")
        )
        if callable(stdout):
            status, stdout, stderr = stdout(command)
        return Answer(stdout.encode(), stderr.encode(), status)


def test_a_command_that_is_not_there_is_named_and_no_failure():
    told = facts.facts(Server(uname=(0, "6.1.0-18-amd64\n", "")))

    assert told.told == {"kernel": "6.1.0-18-amd64", "machine": "6.1.0-18-amd64", "name": "6.1.0-18-amd64"}
    assert told.missing["chronyc -c tracking"] == "not there"
    assert {*told.missing} == {each.name for each in facts.QUESTIONS} - {"uname -r", "uname -m", "hostname -f"}


def test_an_old_ip_is_asked_in_its_own_way():
    def old(command):
        if "-j" in command.split():
            return 255, "", 'Option "-j" is unknown, try "ip -help".\n'
        return 0, ROUTES_TEXT if "route" in command else ADDR_TEXT, ""

    told = facts.facts(Server(ip=(0, old, ""))).told

    assert [each["name"] for each in told["interfaces"]] == ["eno1", "lo"]
    assert told["routes_ipv6"]


def test_a_failing_command_that_says_nothing_is_not_taken_for_good_news():
    words = "System has not been booted with systemd as init system (PID 1).\n"
    told = facts.facts(Server(systemctl=(1, "", words)))

    assert "failed_units" not in told.told
    assert told.missing["systemctl --failed --no-legend --plain"].startswith("System has not been booted")


def test_df_tells_what_it_can_when_one_file_system_does_not_answer():
    told = facts.facts(Server(df=(1, DF, "df: /mnt/x: Stale file handle\n")))

    assert len(told.told["file_systems"]) == 2
