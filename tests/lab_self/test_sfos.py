"""The SFOS XML API over TLS: what a client meets at the wire."""

from __future__ import annotations

import pytest
import urllib3
from lxml import etree

from lab.clock import Clock
from lab.device import BadChange
from lab.sfos.firewall import Identity, Login, SophosFirewall
from tests.lab_self.sophos import PATH, connected, name_of


@pytest.fixture
def wall(lab):
    return name_of(lab)


@pytest.fixture
def firewall():
    """Makes a firewall without a door."""

    def make(software="19.5.3"):
        return SophosFirewall(
            "fw-test",
            "127.0.0.1",
            1,
            Clock(),
            identity=Identity("fw-test", software, "192.0.2.17"),
            login=Login("svc", "pw"),
            certificate=lambda: None,
            wrong_certificate=lambda: None,
        )

    return make


@pytest.fixture
def api(lab, wall):
    with connected(lab, wall) as api:
        yield api


def test_the_certificate_is_the_authoritys_and_nobody_elses(lab, wall, api):
    assert api.ask("").findtext("Login/status") == "Authentication Successful"
    address, port = lab.place(wall)
    with (
        pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
        urllib3.HTTPSConnectionPool(address, port, cert_reqs="CERT_REQUIRED", retries=False) as pool,
    ):
        pool.request("GET", PATH)


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "root"}])
def test_every_request_carries_its_login_and_a_wrong_one_is_http_200(lab, wall, api, wrong):
    before = lab.counters(wall)
    answer = api.post("<Get><Zone/></Get>", **wrong)
    root = etree.fromstring(answer.data)

    assert answer.status == 200
    assert root.findtext("Login/status") == "Authentication Failure"
    assert root.find("Zone") is None
    assert lab.counters(wall)["failed_logins"] == before["failed_logins"] + 1
    assert lab.counters(wall)["logins"] == before["logins"]


def test_an_answer_tells_the_version_of_the_api_and_holds_every_record(api):
    root = api.ask("<Get><IPHost></IPHost><Zone></Zone></Get>")

    assert root.get("APIVersion") == "1905.1"
    assert len(root.findall("IPHost")) == 43
    assert {zone.findtext("Name") for zone in root.iterfind("Zone")} >= {"LAN", "WAN"}
    assert root.find("IPHost").get("transactionid") == ""


@pytest.mark.parametrize(
    ("criteria", "value", "names"),
    [
        ("=", "host-07", ["host-07"]),
        ("like", "OST-1", [f"host-1{digit}" for digit in range(10)]),
        ("=", "nobody", [None]),
    ],
)
def test_a_filter_chooses_records(api, criteria, value, names):
    assert api.names("IPHost", f'<Filter><key name="Name" criteria="{criteria}">{value}</key></Filter>') == names


def test_a_filter_can_leave_records_out(api):
    found = api.names("Zone", '<Filter><key name="Name" criteria="!=">LAN</key></Filter>')

    assert "LAN" not in found
    assert "WAN" in found


@pytest.mark.parametrize(
    ("tag", "filter_", "words"),
    [
        ("BGP", "", "No. of records Zero."),
        ("Zone", '<Filter><key name="Name" criteria="=">x</key></Filter>', "Number of records Zero."),
        ("HAConfigure", "", "Transaction fail"),
    ],
)
def test_no_records_is_said_in_words_without_a_code(api, tag, filter_, words):
    status = api.ask(f"<Get><{tag}>{filter_}</{tag}></Get>").find(f"{tag}/Status")

    assert (status.text, status.get("code")) == (words, None)


def test_an_entity_that_it_does_not_know_has_a_code_of_its_own_among_others(api):
    root = api.ask("<Get><Zone/><Nonsense/><DNS/></Get>")

    assert root.find("Nonsense/Status").get("code") == "529"
    assert root.find("Zone/Name") is not None
    assert root.find("DNS/IPv4Settings") is not None


@pytest.mark.parametrize(
    "write",
    [
        '<Set operation="add"><IPHost><Name>x</Name></IPHost></Set>',
        '<Set operation="update"><IPHost><Name>web-1</Name></IPHost></Set>',
        "<Set><IPHost><Name>web-1</Name></IPHost></Set>",
        "<Remove><IPHost><Name>web-1</Name></IPHost></Remove>",
    ],
)
def test_the_account_only_reads_and_every_write_is_refused_and_counted(lab, wall, api, write):
    before, hosts = lab.counters(wall)["writes"], api.names("IPHost")
    root = api.ask(write)

    assert root.find("IPHost/Status").get("code") == "500"
    assert lab.counters(wall)["writes"] == before + 1
    assert api.names("IPHost") == hosts


def test_the_clock_of_the_firewall_ticks(api):
    clock = api.ask("<Get><Time/></Get>").find("Time/SetDateTime")

    assert int(clock.findtext("Date/Year")) >= 2025
    assert clock.findtext("Time/SS")


def test_a_change_takes_effect_at_once(lab, wall, api):
    for operation, name in (("add", "corpus-host"), ("update", "corpus-host")):
        xml = f'<Set operation="{operation}"><IPHost><Name>{name}</Name><IPAddress>192.0.2.9</IPAddress></IPHost></Set>'
        status, answer = lab.control("POST", f"/devices/{wall}/change", {"xml": xml})
        assert status == 200, answer
        assert answer["statuses"][0]["code"] == "200"
    assert "corpus-host" in api.names("IPHost")

    lab.control(
        "POST", f"/devices/{wall}/change", {"xml": "<Remove><IPHost><Name>corpus-host</Name></IPHost></Remove>"}
    )
    assert "corpus-host" not in api.names("IPHost")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"xml": "<Get><Zone/></Get>"},
        {"xml": "<Set><Zone>"},
        {"xml": ""},
        {"entity": "Zone"},
        {"xml": "<Set/>", "entity": "Zone", "element": ""},
        {"xml": '<Set operation="add"><Zone><Name>LAN</Name></Zone></Set>'},
        {"xml": '<Set operation="update"><Zone><Name>nowhere</Name></Zone></Set>'},
        {"xml": "<Remove><DNS><Name>x</Name></DNS></Remove>"},
        {"xml": "<Set><Nonsense><Name>x</Name></Nonsense></Set>"},
        {"lines": ["hostname x"]},
    ],
)
def test_a_change_that_it_cannot_take_is_refused_with_the_reason(lab, wall, body):
    status, answer = lab.control("POST", f"/devices/{wall}/change", body)

    assert status == 400
    assert answer["error"]


def test_what_is_no_request_is_refused_as_a_whole(api):
    answer = api.pool.request("POST", PATH, fields={"reqxml": "<Request><Get>"}, encode_multipart=False)

    assert etree.fromstring(answer.data).find("Status").get("code") == "529"


def test_any_other_path_is_the_login_page_of_a_browser(api):
    answer = api.pool.request("GET", "/")

    assert answer.data.startswith(b"<!DOCTYPE html>")
    assert "aiohttp" not in answer.headers["Server"]


# ---- without a door --------------------------------------------------------------------------------


def rules(firewall, tag="FirewallRule"):
    return [element.findtext("Name") for element in firewall.store.get(etree.Element(tag))]


def test_rules_go_where_their_position_says(firewall):
    wall = firewall()
    first, second = rules(wall)[:2]
    place = "<Set><FirewallRule><Name>{}</Name><Position>{}</Position>{}</FirewallRule></Set>"
    wall.change({"xml": place.format("top", "Top", "")})
    wall.change({"xml": place.format("after", "After", f"<After><Name>{first}</Name></After>")})
    wall.change({"xml": place.format("bottom", "Bottom", "")})

    assert rules(wall)[:4] == ["top", first, "after", second]
    assert rules(wall)[-1] == "bottom"


def test_an_update_replaces_what_it_names_and_keeps_the_rest(firewall):
    wall = firewall()
    wall.change(
        {"xml": '<Set operation="update"><IPHost><Name>web-1</Name><IPAddress>192.0.2.1</IPAddress></IPHost></Set>'}
    )
    (host,) = [each for each in wall.store.get(etree.Element("IPHost")) if each.findtext("Name") == "web-1"]

    assert host.findtext("IPAddress") == "192.0.2.1"
    assert host.findtext("HostType") == "IP"


def test_a_second_record_of_one_name_is_refused(firewall):
    with pytest.raises(BadChange, match="502"):
        firewall().change({"xml": '<Set operation="add"><Zone><Name>LAN</Name></Zone></Set>'})


def test_older_firmware_calls_its_rules_otherwise(firewall):
    old, new = firewall("17.5.12"), firewall()

    assert rules(old, "SecurityPolicy") == rules(new)
    for tag in ("FirewallRule", "NATRule"):
        (answer,) = old.store.get(etree.Element(tag))
        assert answer.find("Status").get("code") == "529"
    assert (old.identity.api_version, new.identity.api_version) == ("1705.1", "1905.1")


def test_a_rogue_change_is_a_rule_at_the_top(firewall):
    wall = firewall()
    wall.rogue_change()

    assert rules(wall)[0] == "temp-allow"


def test_a_firewall_comes_up_with_the_same_settings_every_time(firewall):
    def text(wall):
        tags = ("User", "BackupRestore", "FirewallRule", "SNMPCommunity")
        return [etree.tostring(each) for tag in tags for each in wall.store.get(etree.Element(tag))]

    assert text(firewall()) == text(firewall())
