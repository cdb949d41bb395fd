import pytest

from dcops.model.claiming import Claims, Word
from dcops.model.facility import InformationSystem


def claims(**words):
    return Claims(InformationSystem(name, name, virtual_machines=tuple(said)) for name, said in words.items())


@pytest.mark.parametrize(
    ("text", "vcenter", "name", "literal"),
    [
        ("portal-db-1", None, "portal-db-1", True),
        ("vc-main/portal-*", "vc-main", "portal-*", False),
        ("portal-db-[12]", None, "portal-db-[12]", False),
        ("gis%2farchive", None, "gis%2farchive", True),
    ],
)
def test_a_slash_ends_the_vcenter_and_signs_make_a_pattern(text, vcenter, name, literal):
    word = Word.of(text)

    assert (word.vcenter, word.name, word.literal) == (vcenter, name, literal)


def test_a_machine_belongs_to_the_system_whose_pattern_fits_in_every_vcenter():
    found = claims(portal=["portal-*"], mail=["mail-*"])

    assert found.systems_of("vc-main", "portal-db-1") == ("portal",)
    assert found.systems_of("vc-dr", "portal-db-1") == ("portal",)
    assert found.systems_of("vc-main", "old-portal-db-1") == ()


def test_a_word_of_one_vcenter_says_nothing_of_another():
    found = claims(portal=["vc-main/portal-*"])

    assert found.systems_of("vc-main", "portal-1") == ("portal",)
    assert found.systems_of("vc-dr", "portal-1") == ()


def test_a_name_counts_before_a_pattern_and_its_vcenter_before_none():
    found = claims(wide=["*-db-*"], exact=["portal-db-1"], near=["vc-main/mail-db-*"])

    assert found.systems_of("vc-main", "portal-db-1") == ("exact",)
    assert found.systems_of("vc-main", "mail-db-1") == ("near",)
    assert found.systems_of("vc-dr", "mail-db-1") == ("wide",)


def test_equal_claims_share_a_machine():
    assert claims(one=["a-*"], two=["*-b"]).systems_of("vc-main", "a-b") == ("one", "two")


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("Portal-DB", "portal-db"),
        ("portal-*", "PORTAL-7"),
        ("dữ-liệu-*", "du\u031b\u0303-lie\u0323\u0302u-1"),
        ("open-data-*", "open-data-two\nlines"),
        ("tourism-*", "tourism-\"copy\" of 'db' {1}"),
    ],
)
def test_case_spelling_and_odd_signs_do_not_matter(said, called):
    assert claims(it=[said]).systems_of("vc-main", called) == ("it",)
