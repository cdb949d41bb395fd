"""Secrets that everybody tries first are known by their marks."""

import pytest

from dcops.archive.site_key import SiteKey
from dcops.diff import redact
from dcops.diff.written import type_7
from dcops.jobs.compliance.wellknown import WORDS, WellKnown

KEY = SiteKey(bytes(range(32)))
CONCEAL = redact.keyed(KEY.key)
KNOWN = WellKnown({KEY.id: KEY})


def among(text, *, site_key=KEY.id, device="rtr-1"):
    return KNOWN.among(text, site_key=site_key, device=device)


@pytest.mark.parametrize(
    "secret", ["public", "private", "Cisco", "ADMIN", "P@ssw0rd", type_7("cisco", 5), '"public"', "rtr-1"]
)
def test_a_well_known_word_is_recognised_however_it_is_written(secret):
    mark = CONCEAL(secret)

    assert among(f"snmp-server community {mark} RO\nenable secret 9 {CONCEAL('xK7!vq29')}\n") == {mark}


def test_a_word_of_ones_own_is_not_recognised():
    assert among(f"snmp-server community {CONCEAL('xK7!vq29')} RO\n") == frozenset()


def test_marks_in_escaped_xml_and_in_mappings_are_recognised_too():
    mark = CONCEAL("admin")

    assert among(f"<key>{mark.replace('<', '&lt;').replace('>', '&gt;')}</key>") == {mark}
    assert among({"snmp": {"community": mark}}) == {mark}


def test_without_the_key_nobody_knows():
    assert among("no secret at all", site_key="ffffffff") is None


def test_the_words_are_words_each_once():
    assert len(set(WORDS)) == len(WORDS)
    assert all(word == word.strip() and word for word in WORDS)
