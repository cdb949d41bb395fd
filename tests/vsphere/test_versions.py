import pytest

from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.versions import spoken


def said(*versions, name="urn:vim25"):
    newest, *older = versions
    prior = "".join(f"<version>{version}</version>" for version in older)
    namespace = (
        f"<namespace><name>{name}</name><version>{newest}</version><priorVersions>{prior}</priorVersions></namespace>"
    )
    return f'<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0">{namespace}</namespaces>'.encode()


def test_the_newest_that_both_know_is_spoken():
    from pyVmomi.VmomiSupport import versionIdMap

    assert versionIdMap[spoken(said("8.0.2.0", "8.0.1.0", "7.0.3.0", "6.7", "6.5"))] == "8.0.2.0"
    assert versionIdMap[spoken(said("6.5", "6.0", "5.5"))] == "6.5"


def test_a_vcenter_that_is_newer_than_we_are_is_spoken_to_in_an_older_version():
    from pyVmomi.VmomiSupport import versionIdMap

    assert versionIdMap[spoken(said("99.0.0.0", "8.0.2.0", "6.5"))] == "8.0.2.0"


@pytest.mark.parametrize(
    "body", [said("1.0"), said("6.5", name="urn:vsan"), b"<html/>", b"<namespaces", b"", b"<!DOCTYPE html><html/>"]
)
def test_what_names_no_version_that_we_speak_is_no_vcenter(body):
    with pytest.raises(Malformed):
        spoken(body)
