"""Every step of a restore test goes wrong once, and each says so by its name."""

import gzip
import json
from dataclasses import replace
from datetime import date

import pytest

from dcops.archive import sealing
from dcops.archive.fates import Fate
from dcops.archive.history import blob_name
from dcops.archive.site_key import SiteKey
from dcops.jobs.drilling.trial import STEPS
from dcops.model.finding import Status
from tests.jobs.drills import FILE, STATE, Site, ios

PASS, FAIL, UNCHECKED = Status.PASS, Status.FAIL, Status.COULD_NOT_CHECK


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.ledger.close()


def states(trial):
    assert tuple(check.name for check in trial.checks) == STEPS
    return [check.status for check in trial.checks]


def said(trial, name):
    return next(check.said for check in trial.checks if check.name == name)


def reseal(site, content, holders=None):
    """Put other bytes into the place of what was sealed, with a record that vouches for the file's hash."""
    name = site.sealed_name()
    into = site.sealed.write(sealing.sealed_for(content, holders or site.holders))
    recipients = {holder.name: holder.recipient for holder in site.holders}
    site.archive.record_fates({name: Fate(date(2026, 1, 20), into, recipients)}, title="reseal")


def test_a_good_backup_passes_every_step(site):
    site.back_up()

    trial = site.trial()

    assert states(trial) == [PASS] * 6
    assert (trial.opened, trial.holder, trial.restores) == (True, "main", True)
    assert said(trial, "readable text") == "says exactly what is inside, secrets included"


def test_bit_rot_is_bad_and_nothing_behind_it_was_checked(site):
    site.back_up()
    site.spoil()

    trial = site.trial()

    assert states(trial) == [FAIL, UNCHECKED, UNCHECKED, UNCHECKED, UNCHECKED, PASS]
    assert "damaged" in said(trial, "sealed file")
    assert "not compared" in said(trial, "readable text")
    assert not trial.opened


def test_a_missing_file_is_bad(site):
    site.back_up()
    site.sealed.discard(site.sealed_name())

    trial = site.trial()

    assert states(trial)[0] is FAIL
    assert "missing" in said(trial, "sealed file")


def test_pruned_bytes_could_not_be_checked_and_are_no_damage(site):
    first = site.back_up(secret="old")
    name = site.sealed_name()
    site.back_up(night=1)
    site.archive.record_fates({name: Fate(date(2026, 1, 20))}, title="prune")

    trial = site.trial(at=first)

    assert states(trial) == [UNCHECKED, UNCHECKED, UNCHECKED, UNCHECKED, UNCHECKED, PASS]
    assert said(trial, "sealed file") == "retention let it go on 2026-01-20"


def test_without_a_key_nothing_is_said_to_be_well_that_a_key_is_needed_for(site):
    site.back_up()

    trial = site.trial(identity=None)

    assert states(trial) == [PASS, UNCHECKED, UNCHECKED, UNCHECKED, UNCHECKED, PASS]
    assert said(trial, "key") == "no key was given"


def test_the_key_of_somebody_else_checks_nothing_and_the_holders_are_named(site):
    site.back_up()

    trial = site.trial(identity=site.stranger)

    assert states(trial) == [PASS, UNCHECKED, UNCHECKED, UNCHECKED, UNCHECKED, PASS]
    assert "sealed for dr, main" in said(trial, "key")


def test_a_file_that_its_own_holder_cannot_open_is_bad(site):
    site.back_up()
    reseal(site, b"anything", [site.holders[1]])

    trial = site.trial()

    assert states(trial)[:2] == [PASS, FAIL]
    assert "does not open" in said(trial, "key")
    assert states(site.trial(identity=site.dr))[1] is PASS


@pytest.mark.parametrize("content", [gzip.compress(ios()[:-10]), gzip.compress(ios())[:-10], b"no gzip at all"])
def test_exact_bytes_that_are_cut_off_are_bad(site, content):
    site.back_up()
    reseal(site, content)

    trial = site.trial()

    assert states(trial)[:4] == [PASS, PASS, FAIL, UNCHECKED]
    assert not trial.opened


def test_other_bytes_of_the_same_size_are_bad_by_their_mark_and_by_the_text(site):
    site.back_up()
    reseal(site, gzip.compress(ios(secret="exampleHashOther")))

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, FAIL, PASS, FAIL]
    assert "only secrets differ" in said(trial, "readable text")


def test_without_the_site_key_the_mark_is_not_checked_and_secrets_are_not_compared(site):
    site.back_up()

    trial = site.trial(site_keys={})

    assert states(trial) == [PASS, PASS, PASS, UNCHECKED, PASS, PASS]
    assert site.key.id in said(trial, "mark")
    assert "secrets were not compared" in said(trial, "readable text")
    assert trial.opened


def test_a_lie_in_the_text_is_found_without_the_site_key_too(site):
    site.store("rtr-1", site.item(ios(), readable="hostname another\n"))
    other = SiteKey(bytes(32))

    assert states(site.trial(site_keys={other.id: other}))[5] is FAIL


def test_a_configuration_that_is_not_whole_is_bad_though_its_mark_is_right(site):
    site.store("rtr-1", site.item(ios().removesuffix(b"end\n")))

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, PASS, FAIL, UNCHECKED]
    assert not trial.opened


def test_a_text_that_does_not_say_what_is_inside_is_bad(site):
    lying = site.item(ios()).readable.replace("description line 1", "description nothing")
    site.store("rtr-1", site.item(ios(), readable=lying))

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, PASS, PASS, FAIL]
    assert "1 lines differ" in said(trial, "readable text")
    assert "somebody changed it" in said(trial, "readable text")


@pytest.mark.parametrize("form", ["0123456789ab", ""])
def test_another_form_of_dcops_is_no_lie_and_not_well_either(site, form):
    site.store("rtr-1", site.item(ios(), readable="! an older form\nhostname rtr-1\n", form=form))

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, PASS, PASS, UNCHECKED]
    assert f"another form of dcops wrote it ({form or 'not named'}" in said(trial, "readable text")


def test_a_text_of_another_form_that_still_says_the_same_is_well(site):
    site.store("rtr-1", site.item(ios(), form="0123456789ab"))

    assert states(site.trial()) == [PASS] * 6


def test_a_platform_that_nothing_here_understands_could_not_be_checked(site):
    site.store("rtr-1", site.item(ios()), platform="a-platform-of-the-site")

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, PASS, UNCHECKED, UNCHECKED]
    assert "a-platform-of-the-site" in said(trial, "complete")
    assert not trial.opened


def test_a_text_that_git_lost_is_bad_and_the_rest_is_tested(site):
    site.back_up()
    blob = blob_name(site.pieces().readable())
    (site.folder / "archive/readable.git/objects" / blob[:2] / blob[2:]).unlink()

    trial = site.trial()

    assert states(trial) == [PASS, PASS, PASS, PASS, PASS, FAIL]


def test_a_pushed_file_is_judged_from_outside(site):
    site.push("fw-1", gzip.compress(b"whatever the device wrote" * 100))

    trial = site.trial("fw-1", FILE)

    assert states(trial) == [PASS] * 6
    assert "only the device can tell" in said(trial, "complete")


def test_a_pushed_file_without_its_end_is_bad(site):
    site.push("fw-1", gzip.compress(b"whatever the device wrote" * 100)[:-9])

    trial = site.trial("fw-1", FILE)

    assert states(trial) == [PASS, PASS, PASS, PASS, FAIL, UNCHECKED]
    assert "cut off or damaged" in said(trial, "complete")


def test_what_a_person_brought_with_the_line_ends_of_a_pc_is_whole(site):
    exact = ios().replace(b"\n", b"\r\n")
    item = site.item(ios())
    site.store("rtr-1", replace(item, exact=exact, facts={**item.facts, "sha256": "ab" * 32}))

    assert states(site.trial()) == [PASS] * 6


def test_a_state_is_parsed_and_said_to_restore_nothing(site):
    state = json.dumps({"kernel": "6.1.0", "os": "a system"}).encode()
    site.store("srv-1", site.item(state, STATE, platform="linux"), platform="linux")

    trial = site.trial("srv-1", STATE)

    assert states(trial) == [PASS] * 6
    assert not trial.restores
    assert said(trial, "complete") == "a whole answer of linux; no device is restored with it"
