"""`/probe` and `/sd/snmp` over HTTP: what is asked, what is refused, and what an edit of the files changes."""

import asyncio
import gzip
import logging
import re
import time

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from dcops.exporters import files
from dcops.exporters.app import application
from dcops.exporters.snmp.kind import Snmp
from lab.snmp import Serving, agents
from lab.snmp.value import COUNTER32
from tests.exporters.snmp.site import COMMUNITY, OID, WALK, SnmpSite
from tests.snmpd import COMMUNITY as SNMPD_COMMUNITY
from tests.snmpd import PASSWORD, PRIVACY_PASSWORD, USERS

FREE_TO_LOOK = 0.0


@pytest.fixture
def served():
    with agents([Serving(WALK, community=COMMUNITY, name=name) for name in ("ups-1", "ups-2")]) as both:
        yield both


@pytest.fixture
def site(tmp_path, served):
    return SnmpSite(tmp_path, **{"ups-1": served[0].port, "ups-2": served[1].port})


@pytest.fixture
def ask(site, monkeypatch):
    """Run a conversation with the exporter of the site."""
    monkeypatch.setattr(files, "EVERY_SECONDS", FREE_TO_LOOK)

    def run(talk):
        async def whole():
            kind = Snmp(site.root)
            try:
                async with TestClient(TestServer(application({"snmp": kind}))) as client:
                    return await talk(client)
            finally:
                kind.close()

        return asyncio.run(whole())

    return run


def get(path, **headers):
    async def talk(client):
        answer = await client.get(path, headers=headers)
        return answer.status, await answer.text()

    return talk


def series(text):
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_a_module_all_profiles_of_the_device_run_together(ask):
    status, text = ask(get("/probe?target=ups-1"))

    found = series(text)
    assert status == 200
    assert found["dcops_probe_success", ()] == 1
    assert found["dcops_a_volts", ()] == 230
    assert found["dcops_probe_collector_success", ("system",)] == 1
    assert found["dcops_probe_collector_success", ("flamingos",)] == 1
    assert ("dcops_device_boot_timestamp_seconds", ()) in found


@pytest.mark.parametrize("query", ["module=flamingos", "module=flamingos&module=flamingos", "module=flamingos,"])
def test_a_module_alone_runs_alone(ask, query):
    _, text = ask(get(f"/probe?target=ups-1&{query}"))

    assert [key for key in series(text) if key[0] == "dcops_probe_collector_success"] == [
        ("dcops_probe_collector_success", ("flamingos",))
    ]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/probe", "Say one target"),
        ("/probe?target=ups-1&target=ups-2", "Say one target"),
        ("/probe?target=ups-3", "Unknown target 'ups-3', did you mean ups-"),
        ("/probe?target=127.0.0.1", "Unknown target"),
        ("/probe?target=ups-1&module=flamingo", "Unknown module 'flamingo', did you mean flamingos?"),
        ("/probe?target=ups-1&module=../../etc/passwd", "Unknown module"),
        ("/probe?target=" + "x" * 5000, "Unknown target"),
    ],
)
def test_what_is_unknown_is_refused_and_never_reaches_the_network(ask, served, path, words):
    status, text = ask(get(path))

    assert status == 400
    assert words in text
    assert len(text) < 200
    assert [one.counters for one in served] == [{}, {}]


def test_a_device_that_fails_is_an_answer_with_its_reason(ask, served):
    served[0].fault("hang")
    status, text = ask(get("/probe?target=ups-1", **{"X-Prometheus-Scrape-Timeout-Seconds": "3"}))

    assert status == 200
    assert series(text)["dcops_probe_success", ()] == 0
    assert "# flamingos: no answer" in text
    assert ("dcops_a_volts", ()) not in series(text)


def test_the_deadline_of_prometheus_is_kept(ask, served):
    served[0].fault("hang")
    _, text = ask(get("/probe?target=ups-1", **{"X-Prometheus-Scrape-Timeout-Seconds": "1"}))

    assert series(text)["dcops_probe_success", ()] == 0
    assert series(text)["dcops_probe_duration_seconds", ()] < 0.8


def test_an_answer_after_the_deadline_is_nobodys_and_the_next_probe_gets_its_own(ask, served):
    async def talk(client):
        served[0].fault("slow", delay_seconds=0.8)
        late = await client.get("/probe?target=ups-1", headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
        served[0].heal()
        served[0].set(OID, 231)
        # While it is asked anew, what was asked before is answered.
        texts = [await late.text()]
        for _ in range(8):
            await asyncio.sleep(0.1)
            texts.append(await (await client.get("/probe?target=ups-1")).text())
        return texts

    late, *then = map(series, ask(talk))

    assert late["dcops_probe_success", ()] == 0
    assert ("dcops_a_volts", ()) not in late
    assert {(one["dcops_probe_success", ()], one["dcops_a_volts", ()]) for one in then} == {(1, 231)}


def test_what_counts_and_goes_back_is_told_as_it_is(ask, served):
    """A counter that begins anew is for Prometheus to see: nothing is remembered from one scrape to the next."""

    async def talk(client):
        texts = []
        for value in (4_294_967_290, 5, 4):
            served[0].set(OID, value, COUNTER32)
            texts.append(await (await client.get("/probe?target=ups-1")).text())
        return texts

    assert [series(text)["dcops_a_volts", ()] for text in ask(talk)] == [4_294_967_290, 5, 4]


def test_two_probes_of_one_device_share_one_conversation(ask, served):
    served[0].fault("slow", delay_seconds=0.1)

    async def talk(client):
        answers = await asyncio.gather(*(client.get("/probe?target=ups-1") for _ in range(5)))
        return [await answer.text() for answer in answers]

    texts = ask(talk)

    assert len(set(texts)) == 1
    assert served[0].counters["get"] == 1


def test_probes_of_one_device_for_different_things_come_one_after_the_other(ask, served):
    served[0].fault("slow", delay_seconds=0.1)

    async def talk(client):
        loop = asyncio.get_running_loop()
        began = loop.time()
        answers = await asyncio.gather(
            client.get("/probe?target=ups-1&module=flamingos"), client.get("/probe?target=ups-1&module=system")
        )
        return loop.time() - began, [series(await answer.text())["dcops_probe_success", ()] for answer in answers]

    took, successes = ask(talk)

    assert successes == [1, 1]
    assert took >= 0.2


def test_discovery_names_each_device_once_and_no_address_stays_in_a_label(ask):
    async def talk(client):
        answer = await client.get("/sd/snmp")
        return answer.headers["Content-Type"], await answer.json()

    kind, groups = ask(talk)

    assert kind.startswith("application/json")
    assert [group["targets"] for group in groups] == [["ups-1"], ["ups-2"]]
    kept = {name: text for name, text in groups[0]["labels"].items() if not name.startswith("__")}
    assert kept == {"site": "main", "device": "ups-1", "role": "ups"}


def test_gzip_is_given_to_who_takes_it(ask, site):
    many = "".join(f"  - {{metric: dcops_a_volts, oid: {OID}, labels: {{name: {{text: x{n}}}}}}}\n" for n in range(99))
    (site.root / "exporters/snmp/flamingos.yaml").write_text(
        "title: T\nreference: R\nidentify: {ask: [1.3.6.1]}\nvalues:\n" + many
    )

    async def talk(client):
        client.session._auto_decompress = False
        squeezed = await client.get("/probe?target=ups-1", headers={"Accept-Encoding": "gzip"})
        plain = await client.get("/probe?target=ups-1", headers={"Accept-Encoding": "gzip;q=0, identity"})
        return squeezed.headers, await squeezed.read(), plain.headers, await plain.read()

    headers, squeezed, plain_headers, plain = ask(talk)

    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "Content-Encoding" not in plain_headers
    assert len(squeezed) < len(plain) / 3
    assert gzip.decompress(squeezed).decode().count("dcops_a_volts{") == 99


def test_its_own_metrics_count_probes_and_failures(ask, served):
    served[1].fault("hang")

    async def talk(client):
        await client.get("/probe?target=ups-1")
        await client.get("/probe?target=ups-2", headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
        return await (await client.get("/metrics")).text()

    text = ask(talk)

    assert 'dcops_exporter_probe_errors_total{module="flamingos",reason="timeout"} 1.0' in text
    assert 'dcops_exporter_probe_duration_seconds_count{module="all"} 2.0' in text
    assert "dcops_exporter_inventory_up 1.0" in text
    assert "dcops_exporter_targets 2.0" in text


def test_a_device_without_its_login_fails_alone_and_says_what_to_do(ask, site, served):
    site.devices(
        "ups-1",
        more="  - {name: ups-9, site: main, role: ups, vendor: v, model: m, management: {ipv4: 127.0.0.1},"
        ' snmp: {credential: absent, version: "2c", reason: for tests}}\n',
    )

    async def talk(client):
        return [await (await client.get(f"/probe?target={name}")).text() for name in ("ups-1", "ups-9")]

    first, ninth = ask(talk)

    assert series(first)["dcops_probe_success", ()] == 1
    assert series(ninth)["dcops_probe_success", ()] == 0
    assert "credential absent is not found" in ninth


# ---- files that change -------------------------------------------------------------------------


async def settled(client, path, words, *, absent=False):
    """Ask until the answer has these words, or has them no more: files are read in the background."""
    for _ in range(200):
        answer = await client.get(path)
        text = await answer.text()
        if (words in text) != absent:
            return answer.status, text
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path} never changed: {text}")


def test_a_new_device_is_known_at_once(ask, site):
    site.devices("ups-1")

    async def talk(client):
        before = (await client.get("/probe?target=ups-2")).status
        site.devices("ups-1", "ups-2")
        return before, (await client.get("/probe?target=ups-2")).status

    assert ask(talk) == (400, 200)


def test_a_broken_edit_keeps_the_last_good_inventory_and_says_so(ask, site, caplog):
    async def talk(client):
        await client.get("/probe?target=ups-1")
        site.devices("ups-1", "ups-2", more="  - {name: ups-3, sitte: main}\n")
        _, broken = await settled(client, "/metrics", "dcops_exporter_inventory_up 0.0")
        probe = await (await client.get("/probe?target=ups-1")).text()
        site.devices("ups-1", "ups-2")
        await settled(client, "/metrics", "dcops_exporter_inventory_up 1.0")
        return broken, probe

    with caplog.at_level(logging.WARNING):
        broken, probe = ask(talk)

    assert "dcops_exporter_targets 2.0" in broken
    assert series(probe)["dcops_probe_success", ()] == 1
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2, said
    assert re.search(r"stays in force: .*all\.yaml:6", said[0], re.DOTALL)
    assert "can be read again" in said[1]


def test_a_profile_that_is_edited_counts_and_a_broken_one_does_not(ask, site, caplog):
    file = site.root / "exporters/snmp/flamingos.yaml"
    good = file.read_text()

    async def talk(client):
        await client.get("/probe?target=ups-1")
        file.write_text(good.replace(f"oid: {OID}", f"oid: {OID}, scale: 1/10"))
        await settled(client, "/probe?target=ups-1", "dcops_a_volts 23\n")
        file.write_text(good.replace("metric:", "metrik:"))
        await settled(client, "/metrics", "dcops_exporter_inventory_up 0.0")
        return await (await client.get("/probe?target=ups-1")).text()

    with caplog.at_level(logging.WARNING):
        text = ask(talk)

    assert "dcops_a_volts 23\n" in text
    assert re.search(r"flamingos\.yaml:4: .*metrik", caplog.text)


def test_a_new_community_counts_without_a_restart_and_is_never_told(ask, site, served, caplog):
    site.credentials("wrong-community-entirely")

    async def talk(client):
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": "2"}
        before = await (await client.get("/probe?target=ups-1", headers=headers)).text()
        site.credentials()
        after = await settled(client, "/probe?target=ups-1", "dcops_probe_success 1")
        own = await (await client.get("/metrics")).text()
        site.credentials('" broken')
        broken = await settled(client, "/metrics", "dcops_exporter_inventory_up 0.0")
        return before, after[1], own, broken[1]

    with caplog.at_level(logging.DEBUG):
        texts = ask(talk)

    assert series(texts[0])["dcops_probe_success", ()] == 0
    assert "credentials.toml: line 2 is not valid TOML" in caplog.text
    for text in (*texts, caplog.text):
        assert COMMUNITY not in text
        assert "wrong-community" not in text


def test_an_inventory_that_never_could_be_read_is_503_and_no_empty_list(ask, site):
    (site.root / "inventory/all.yaml").write_text("devices: [\n")

    async def talk(client):
        statuses = [(await client.get(path)).status for path in ("/sd/snmp", "/probe?target=ups-1")]
        site.devices("ups-1")
        return statuses, (await client.get("/sd/snmp")).status

    assert ask(talk) == ([503, 503], 200)


def test_one_device_of_many_that_hang_holds_up_no_other(ask, served):
    served[0].fault("hang")

    async def talk(client):
        hanging = asyncio.ensure_future(
            client.get("/probe?target=ups-1", headers={"X-Prometheus-Scrape-Timeout-Seconds": "2"})
        )
        await asyncio.sleep(0.05)
        well = await (await client.get("/probe?target=ups-2")).text()
        still = not hanging.done()
        await hanging
        return well, still

    well, still = ask(talk)

    assert series(well)["dcops_probe_success", ()] == 1
    assert still


# ---- an agent that others wrote ----------------------------------------------------------------


USER = next(one for one in USERS if one.name == "sha256-aes192")


@pytest.mark.parametrize(
    ("login", "how"),
    [
        (f'password = "{SNMPD_COMMUNITY}"', 'version: "2c", reason: for tests'),
        (
            f'username = "{USER.name}"\npassword = "{PASSWORD}"\nprivacy = "{PRIVACY_PASSWORD}"',
            "authentication: sha256, privacy: aes192",
        ),
    ],
    ids=["version 2c", "version 3"],
)
def test_debians_snmpd_tells_its_interfaces(tmp_path, snmpd, login, how):
    site = SnmpSite(tmp_path)
    (site.root / "credentials.toml").write_text(f'["cards"]\n{login}\n')
    site.devices(
        more="  - {name: srv-1, site: main, role: server, vendor: v, model: m, management: {ipv4: 127.0.0.1},"
        f" snmp: {{port: {snmpd.port}, credential: cards, {how}, profiles: [interfaces]}}}}\n"
    )

    async def ask_it():
        kind = Snmp(site.root)
        try:
            async with TestClient(TestServer(application({"snmp": kind}))) as client:
                return await (await client.get("/probe?target=srv-1")).text()
        finally:
            kind.close()

    found = series(asyncio.run(ask_it()))

    assert found["dcops_probe_success", ()] == 1
    assert found["dcops_if_oper_up", ("lo",)] == 1
    # The agent began with us, and its clock counts in hundredths: a rounded second may lie ahead.
    assert found["dcops_device_boot_timestamp_seconds", ()] <= time.time() + 1
