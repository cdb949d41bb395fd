"""Many entities in few requests: one that is refused does not spoil the others, and none is lost in silence."""

import pytest
from lxml import etree

from dcops.devices.sfos.client import SfosClient
from dcops.devices.sfos.entities import ENTITIES, INTERFACES, RULES, Entity
from dcops.devices.sfos.reading import BATCH, read
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.transcript import NoTape
from tests.devices.sfos.firewall import FakePoster, response, status

ZONE, HOST = Entity("Zone", "x"), Entity("IPHost", "x")
RULE = "<FirewallRule><Name>web</Name><Status>Enable</Status></FirewallRule>"


def reading(poster, *entities):
    return read(SfosClient(poster, "svc", Secret("pw"), NoTape()), entities)


def refusals(done):
    return [(each.entity, each.code) for each in done.refused]


def test_all_entities_are_asked_for_in_few_requests():
    poster = FakePoster()
    done = reading(poster, *ENTITIES)

    assert len(poster.requests) == -(-len(ENTITIES) // BATCH)
    assert [tag for asked in poster.asked for tag in asked] == [entity.tag for entity in ENTITIES]
    assert not done.refused


def test_every_entity_is_asked_for_once_and_says_why():
    assert len({entity.tag for entity in ENTITIES}) == len(ENTITIES)
    assert all(entity.why for entity in ENTITIES)


def test_one_entity_with_a_code_is_named_and_the_others_are_read():
    poster = FakePoster({"Zone": f"<Zone>{status('500')}</Zone>", "IPHost": "<IPHost><Name>a</Name></IPHost>"})
    done = reading(poster, ZONE, HOST)

    assert refusals(done) == [("Zone", "500")]
    assert [each.findtext("Name") for each in done.of("IPHost")] == ["a"]
    assert done.of("Zone") == []


def test_an_entity_that_spoils_the_whole_request_is_found_by_asking_one_by_one():
    poster = FakePoster({"IPHost": "<IPHost><Name>a</Name></IPHost>"}, spoiled_by={"Zone"})
    done = reading(poster, ZONE, HOST)

    assert poster.asked == [["Zone", "IPHost"], ["Zone"], ["IPHost"]]
    assert refusals(done) == [("Zone", "529")]
    assert done.of("IPHost")


def test_an_entity_that_is_not_answered_is_asked_for_again_and_then_named():
    poster = FakePoster({"Zone": ""})
    done = reading(poster, ZONE, HOST)

    assert poster.asked == [["Zone", "IPHost"], ["Zone"]]
    assert [str(each) for each in done.refused] == ["Zone (no answer)"]


def test_an_entity_without_records_is_an_answer():
    done = reading(FakePoster(), ZONE)

    assert done.of("Zone") == []
    assert done.refused == []


@pytest.mark.parametrize("needed", [RULES, INTERFACES])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("<{0}><Status code='500'>no right</Status></{0}>", ErrorKind.DENIED),
        ("<{0}><Status code='529'>unknown</Status></{0}>", ErrorKind.UNSUPPORTED),
        ("", ErrorKind.DENIED),
    ],
)
def test_without_what_is_needed_there_is_no_reading(needed, answer, kind):
    tags = [tag for tag in (needed.tag, needed.before) if tag]
    with pytest.raises(DeviceError) as caught:
        reading(FakePoster({tag: answer.format(tag) for tag in tags}), needed)

    assert caught.value.kind is kind
    assert tags[-1 if kind is ErrorKind.UNSUPPORTED else 0] in caught.value.message
    assert "Device access" in caught.value.next_step


@pytest.mark.parametrize("spoiled_by", [(), {"FirewallRule"}])
def test_firmware_before_18_is_asked_for_its_rules_by_their_older_name(spoiled_by):
    older = "<SecurityPolicy><Name>web</Name></SecurityPolicy>"
    unknown = f"<FirewallRule>{status('529')}</FirewallRule>"
    done = reading(FakePoster({"FirewallRule": unknown, "SecurityPolicy": older}, spoiled_by=spoiled_by), ZONE, RULES)

    assert refusals(done) == []
    assert done.of("SecurityPolicy")
    assert b"FirewallRule" not in done.document()


@pytest.mark.parametrize("code", ["532", "534"])
def test_a_firewall_that_refuses_everything_is_asked_once(code):
    poster = FakePoster(whole=response(status(code), login=""))
    with pytest.raises(DeviceError) as caught:
        reading(poster, ZONE, HOST)

    assert caught.value.kind is ErrorKind.DENIED
    assert len(poster.requests) == 1


def test_a_refused_login_is_not_tried_again():
    poster = FakePoster(whole=response("", login="<Login><status>Authentication Failure</status></Login>"))
    with pytest.raises(DeviceError) as caught:
        reading(poster, ZONE, HOST)

    assert caught.value.kind is ErrorKind.AUTH
    assert len(poster.requests) == 1


def test_a_pair_that_was_never_set_up_is_no_refusal():
    pair = Entity("HAConfigure", "x", unset="Transaction fail")
    unset = "<HAConfigure><Status>Transaction fail</Status></HAConfigure>"
    denied = f"<HAConfigure>{status('500', 'Transaction fail')}</HAConfigure>"

    assert reading(FakePoster({"HAConfigure": unset}), pair).refused == []
    assert refusals(reading(FakePoster({"HAConfigure": denied}), pair)) == [("HAConfigure", "500")]


def test_the_document_holds_every_answer_and_the_refusals_but_no_login():
    poster = FakePoster({"FirewallRule": RULE * 2, "IPHost": f"<IPHost>{status('500')}</IPHost>"})
    root = etree.fromstring(reading(poster, RULES, HOST, ZONE).document())

    assert (root.tag, root.get("APIVersion")) == ("Response", "1905.1")
    assert [element.tag for element in root] == ["FirewallRule", "FirewallRule", "IPHost", "Zone"]
    assert root.find("IPHost/Status").get("code") == "500"
