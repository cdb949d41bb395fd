"""A balancer through the doors: its state, its own backup file, and other people who work on it meanwhile."""

import json
import threading
import time

import pytest

DOWNLOAD = """
[peplink]
download_path = "/cgi-bin/MANGA/configuration.cgi"
download_method = "POST"
download_fields = {action = "download"}
"""
SECRET = "Hunter-Secret-4711"
AWAY_SECONDS = 6


@pytest.fixture
def balancer(lab):
    """The balancer, archived as it is; what a test changes on it is changed back."""
    name = lab.of_platform("peplink")
    code, _, _ = lab.backup("--device", name)
    assert code == 0
    yield name
    lab.heal()
    lab.call("POST", f"/devices/{name}/change", {"discard": True})
    for path, value in (("wan.4.name", "WAN 4"), ("wan.3.connection.method.password", "as it was")):
        lab.call("POST", f"/devices/{name}/change", {"path": path, "value": value})


@pytest.fixture
def with_file(lab):
    """A site that knows where its firmware keeps the download."""
    file = lab.site / "dcops.toml"
    before = file.read_text()
    file.write_text(before + DOWNLOAD)
    yield lab
    file.write_text(before)


def change(lab, name, **body):
    return lab.call("POST", f"/devices/{name}/change", body)


def one(lab, name):
    code, items, _ = lab.backup("--device", name)
    return code, items[name]


def test_a_state_is_archived_and_said_to_be_no_restorable_backup(lab, balancer):
    code, item = one(lab, balancer)

    assert (code, item["outcome"]) == (0, "unchanged")
    assert "no restorable backup" in item["detail"]
    told = json.loads(lab.dcops("archive", "show", balancer, "--source", "state").stdout)
    assert list(told["status.wan.connection"])[:6] == ["1", "2", "3", "4", "5", "6"]
    assert told["config.ssid.profile"]["1"]["security"]["key"].startswith("<secret:")


def test_what_somebody_left_unapplied_is_not_archived_before_it_is_applied(lab, balancer):
    change(lab, balancer, path="wan.4.name", value="Reserve of Thu", applied=False, user="thu")
    assert one(lab, balancer)[1]["outcome"] == "unchanged"

    change(lab, balancer, path="wan.4.name", value="Reserve of Thu")
    assert one(lab, balancer)[1]["outcome"] == "changed"
    assert '+      "name": "Reserve of Thu",' in lab.dcops("archive", "diff", balancer).stdout


def test_a_secret_that_the_api_hides_changes_the_file_and_is_nowhere(with_file, balancer):
    lab = with_file
    code, item = one(lab, balancer)
    assert (code, item["outcome"]) == (0, "unchanged")
    assert "restorable" not in item["detail"]

    change(lab, balancer, path="wan.3.connection.method.password", value=SECRET)
    assert one(lab, balancer)[1]["outcome"] == "changed"
    diff = lab.dcops("archive", "diff", balancer).stdout
    assert "+sha256: " in diff
    kept = b"".join(file.read_bytes() for file in (lab.site / "state").rglob("*") if file.is_file())
    assert SECRET.encode() not in kept


def test_an_apply_in_the_middle_of_a_backup_is_waited_for_and_all_is_read_again(with_file, balancer):
    lab = with_file
    one(lab, balancer)
    lab.limit(40)
    change(lab, balancer, path="wan.4.name", value="Reserve of An", applied=False)
    change(lab, balancer, path="wan.3.connection.method.password", value=SECRET, applied=False)
    before = lab.counters(balancer)["requests"]
    lab.fault(balancer, "slow", delay_seconds=0.6)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(one(lab, balancer)))
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while lab.counters(balancer)["requests"]["GET status.wan.connection"] == before["GET status.wan.connection"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        lab.heal()
        change(lab, balancer, apply=True, user="an")
    finally:
        thread.join(60)

    (code, item), after = answers[0], lab.counters(balancer)["requests"]
    assert (code, item["outcome"]) == (0, "changed"), item
    assert after["POST login"] - before["POST login"] >= 2
    assert after["GET info.firmware"] - before["GET info.firmware"] == 2
    state = lab.dcops("archive", "diff", balancer, "--source", "state").stdout
    assert '+      "name": "Reserve of An",' in state
    assert "+sha256: " in lab.dcops("archive", "diff", balancer, "--source", "file").stdout


def test_a_client_of_the_api_may_read_instead_of_a_user(lab, balancer):
    client = change(lab, balancer, client={"name": "dcops", "scope": "api.read-only"})
    before = lab.counters(balancer)["requests"]
    login = {
        "DCOPS_CREDENTIAL_PEPLINK_BACKUP_USERNAME": client["clientId"],
        "DCOPS_CREDENTIAL_PEPLINK_BACKUP_API_KEY": client["clientSecret"],
    }

    done = lab.dcops("backup", "--device", balancer, "--format", "json", **login)

    after = lab.counters(balancer)["requests"]
    assert done.returncode == 0, done.stdout + done.stderr
    assert after["POST auth.token.grant"] - before.get("POST auth.token.grant", 0) == 1
    assert after["POST auth.token.revoke"] - before.get("POST auth.token.revoke", 0) == 1
    assert after["POST login"] == before["POST login"]


def test_every_login_is_given_back_and_nothing_is_written(lab, balancer):
    before = lab.counters(balancer)
    for _ in range(9):
        assert one(lab, balancer)[0] == 0, "a place of the web admin was kept"

    assert lab.counters(balancer)["writes"] == before["writes"]
