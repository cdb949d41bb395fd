"""The PAN-OS XML API over TLS: what a client meets at the wire."""

from __future__ import annotations

import re
import ssl
import time

import pytest
import urllib3
from lxml import etree

VSYS = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']"


def root(answer):
    return etree.fromstring(answer.data if hasattr(answer, "data") else answer.encode())


def test_the_certificate_is_the_authoritys_and_nobody_elses(lab, wall, tmp_path):
    with lab.api(wall) as api:
        assert api.keygen()
    address, port = lab.place(wall)
    with (
        pytest.raises(urllib3.exceptions.SSLError) as refused,
        urllib3.HTTPSConnectionPool(address, port, cert_reqs="CERT_REQUIRED", retries=False) as pool,
    ):
        pool.request("GET", "/api/")
    assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value)


def test_keygen_wants_the_right_password(lab, wall):
    with lab.api(wall) as api:
        answer = api.post(type="keygen", user=api.account["user"], password="wrong")
        assert answer.status == 403
        assert root(answer).findtext("result/msg") == "Invalid Credential"


@pytest.mark.parametrize("how", ["post", "get", "header"])
def test_a_key_is_taken_as_parameter_and_as_header(lab, wall, how):
    with lab.api(wall) as api:
        key = api.keygen()
        fields = {"type": "op", "cmd": "<show><system><info></info></system></show>"}
        if how == "post":
            answer = api.post(key=key, **fields)
        elif how == "get":
            answer = api.pool.request("GET", "/api/", fields={**fields, "key": key})
        else:
            answer = api.pool.request("GET", "/api", fields=fields, headers={"X-PAN-KEY": key})
        system = root(answer).find("result/system")
    assert system.findtext("hostname") == wall
    assert system.findtext("model") == "PA-3220"
    assert re.fullmatch(r"\d+ days, \d+:\d\d:\d\d", system.findtext("uptime"))


def test_a_request_without_a_good_key_is_forbidden(lab, wall):
    with lab.api(wall) as api:
        for key in ("", "LUFRPT1nonsense=="):
            answer = api.post(type="export", category="configuration", key=key)
            assert answer.status == 403
            assert root(answer).get("code") == "403"


def test_an_export_is_the_bare_file(lab, wall):
    with lab.api(wall) as api:
        answer, again = api.export(), api.export()
    assert answer.status == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    config = root(answer)
    assert config.tag == "config"
    assert config.get("urldb") == "paloaltonetworks"
    assert len(answer.data.splitlines()) > 400
    assert answer.data == again.data
    for secret in (
        "phash",
        "private-key",
        "bind-password",
        "secret",
        "pre-shared-key",
        "authpwd",
        "privpwd",
    ):
        assert config.find(f".//{secret}") is not None, secret


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("<show><high-availability><state></state></high-availability></show>", "result/enabled"),
        ("<show><interface>all</interface></show>", "result/ifnet/entry/ip"),
        ("<show><interface>ethernet1/1</interface></show>", "result/hw/entry/state"),
        ("<show><routing><route></route></routing></show>", "result/entry/nexthop"),
        ("<show><routing><route><type>static</type></route></routing></show>", "result/entry/nexthop"),
        ("<show><system><environmentals></environmentals></system></show>", "result/thermal/Slot1/entry/DegreesC"),
        ("<request><license><info></info></license></request>", "result/licenses/entry/feature"),
        ("<show><jobs><all></all></jobs></show>", "result/job/status"),
        ("<show><jobs><id>1</id></jobs></show>", "result/job/status"),
        ("<show><config-locks></config-locks></show>", "result/config-locks"),
        ("<show><commit-locks></commit-locks></show>", "result/commit-locks"),
        ("<show><config><running></running></config></show>", "result/config/devices"),
        ("<show><config><candidate></candidate></config></show>", "result/config/devices"),
        ("<show><config><list><changes></changes></list></config></show>", "result/journal"),
        ("<show><arp><entry name='all'/></arp></show>", "result/entries/entry/ttl"),
        ("<show><session><info></info></session></show>", "result/num-active"),
    ],
)
def test_operational_commands_answer_in_their_shape(lab, wall, command, path):
    with lab.api(wall) as api:
        answer = root(api.op(command))
    assert answer.get("status") == "success"
    assert answer.find(path) is not None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "op", "cmd": "<show><nonsense/></show>"}, "17"),
        ({"type": "op", "cmd": "<nonsense/>"}, "1"),
        ({"type": "op", "cmd": "<show><system>"}, "18"),
        ({"type": "config", "action": "show", "xpath": "/config[["}, "6"),
        ({"type": "config", "action": "show", "xpath": "/etc/passwd"}, "6"),
        ({"type": "config", "action": "show", "xpath": "count(/config)"}, "6"),
        ({"type": "config", "action": "get"}, "6"),
        ({"type": "config", "action": "show", "xpath": "/config/nonsense"}, "7"),
        ({"type": "config", "action": "set", "xpath": "/config/shared", "element": "<a/>"}, "16"),
        ({"type": "config", "action": "delete", "xpath": "/config/shared"}, "16"),
        ({"type": "commit", "cmd": "<commit/>"}, "16"),
        ({"type": "op", "cmd": "<load><config><from>x.xml</from></config></load>"}, "16"),
        ({"type": "op", "cmd": "<request><restart><system/></restart></request>"}, "16"),
        ({"type": "nonsense"}, "400"),
    ],
)
def test_errors_come_with_their_code_and_http_200(lab, wall, fields, code):
    with lab.api(wall) as api:
        answer = api.ask(**fields)
    assert answer.status == 200
    assert root(answer).get("status") == "error"
    assert root(answer).get("code") == code
    assert root(answer).findtext("msg/line")


def test_xpath_reads_the_tree(lab, wall):
    with lab.api(wall) as api:
        shown = root(api.ask(type="config", action="show", xpath=f"{VSYS}/rulebase/security/rules"))
        assert len(shown.findall("result/rules/entry")) >= 15
        got = root(api.ask(type="config", action="get", xpath=f"{VSYS}/zone/entry[@name='dmz']"))
        assert got.find("result").get("count") == "1"
        absent = root(api.ask(type="config", action="get", xpath=f"{VSYS}/zone/entry[@name='nowhere']"))
        assert (absent.get("status"), absent.get("code"), len(absent.find("result"))) == ("success", "7", 0)
        assert root(api.ask(type="config", action="show")).find("result/config/mgt-config") is not None


def test_a_pending_change_is_seen_in_the_candidate_only(lab, wall):
    with lab.api(wall) as api:
        before = api.export().data
        status, answer = lab.control(
            "POST",
            f"/devices/{wall}/change",
            {
                "xpath": f"{VSYS}/address",
                "element": "<entry name='pending-one'><ip-netmask>192.0.2.77/32</ip-netmask></entry>",
                "committed": False,
                "user": "night",
            },
        )
        assert status == 200, answer
        assert api.export().data == before
        assert root(api.op("<check><pending-changes></pending-changes></check>")).findtext("result") == "yes"
        changes = root(api.op("<show><config><list><changes></changes></list></config></show>"))
        assert changes.findtext("result/journal/entry/owner") == "night"
        wanted = f"{VSYS}/address/entry[@name='pending-one']"
        candidate = root(api.ask(type="config", action="get", xpath=wanted)).find("result/entry")
        assert candidate.get("admin") == "night"
        assert candidate.get("dirtyId")
        assert root(api.ask(type="config", action="show", xpath=wanted)).get("code") == "7"


def test_a_committed_change_is_exported_and_leaves_a_job(lab, wall):
    with lab.api(wall) as api:
        jobs = len(root(api.op("<show><jobs><all></all></jobs></show>")).findall("result/job"))
        lab.control(
            "POST",
            f"/devices/{wall}/change",
            {"xpath": f"{VSYS}/tag", "element": "<entry name='tag-of-tonight'/>", "committed": True},
        )
        assert b"tag-of-tonight" in api.export().data
        job = root(api.op("<show><jobs><all></all></jobs></show>")).findall("result/job")
        assert len(job) == jobs + 1
        assert (job[0].findtext("type"), job[0].findtext("result")) == ("Commit", "OK")


def test_a_key_expires_after_its_lifetime(lab, wall):
    lifetime = "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/setting/management/api/key"
    change = {"xpath": lifetime, "committed": True}
    with lab.api(wall) as api:
        api.keygen()
        lab.control("POST", f"/devices/{wall}/change", {**change, "element": "<lifetime>1</lifetime>"})
        lab.control("POST", "/clock", {"rate": 1000})
        time.sleep(0.2)
        expired = root(api.export())
        assert (expired.get("code"), expired.findtext("msg/line")) == ("22", "Session timed out")
        assert api.export().status == 403, "the key is gone"
    lab.control("POST", f"/devices/{wall}/change", {**change, "element": "<lifetime>0</lifetime>"})


def test_only_current_tls_is_spoken(lab, wall):
    context = ssl.create_default_context(cafile=str(lab.site / "trust" / "ca.pem"))
    address, port = lab.place(wall)
    with urllib3.HTTPSConnectionPool(address, port, ssl_context=context, retries=False) as pool:
        page = pool.request("GET", "/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "aiohttp" not in page.headers["Server"]
