"""An audit as machines read it."""

import json

from dcops.jobs.compliance.document import document
from tests.jobs.compliance.audits import GOOD, TELNET, device


def test_it_has_the_shape_of_every_command_and_a_finding_for_every_pair(site):
    site.texts = {"rtr-1": GOOD.format(name="rtr-1"), "rtr-2": TELNET.format(name="rtr-2")}
    site.audit()

    told = json.loads(json.dumps(document(site.audit())))

    assert {"command", "run", "started", "finished", "summary", "items", "findings"} <= set(told)
    assert told["summary"]["findings"] == 1
    assert len(told["findings"]) == 8
    first = told["findings"][0]
    assert (first["id"], first["status"], first["severity"], first["device"]) == ("T-002", "fail", "critical", "rtr-2")
    assert first["reference"] == "N-MGT-1"
    assert first["new"] is False
    assert first["first_seen"] is not None
    assert first["vi"]["title"] == "No telnet (vi)"
    assert told["audit"]["packs"][0]["mapped_to"] == "TCVN 1:2026"
    assert [point["devices"] for point in told["audit"]["trend"]] == [2]
    assert told["devices"][0]["sources"][0]["source"] == "config/running"


def test_what_ends_soon_and_what_was_not_judged_stand_in_it(site):
    site.texts = {"rtr-1": TELNET.format(name="rtr-1")}
    site.allow("- {rule: T-002, device: rtr-1, owner: noc, reason: old, ticket: C-1, until: 2026-02-01}\n")

    told = document(site.audit(device("rtr-1"), device("ups-1", None)))

    assert [(one["rule"], one["days_left"], one["ends_soon"], one["covers"]) for one in told["exceptions"]] == [
        ("T-002", 17, True, 1)
    ]
    assert told["not_judged"] == [{"reason": "it has no platform", "devices": ["ups-1"]}]
    assert [one["status"] for one in told["findings"] if one["id"] == "T-002"] == ["exception"]
