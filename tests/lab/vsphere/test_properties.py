"""Reading properties is as strict as at a real vCenter."""

import pytest
from pyVmomi import vim, vmodl

from tests.lab.vsphere.conftest import COLLECTOR


def test_a_property_without_privilege_is_missing_and_says_which(small, client):
    small.control.do("deny", type="VirtualMachine", path="config", privilege="VirtualMachine.Config.Settings")
    values, missing = client.read("VirtualMachine", "name", "config.template")
    assert all(set(properties) == {"name"} for properties in values.values())
    fault = missing[small.control.moid("load-0000-app-1")]["config.template"]
    assert isinstance(fault, vim.fault.NoPermission)
    assert fault.privilegeId == "VirtualMachine.Config.Settings"
    small.control.do("allow")
    values, missing = client.read("VirtualMachine", "name", "config.template")
    assert all(set(properties) == {"name", "config.template"} for properties in values.values())


def test_a_property_that_is_not_set_is_simply_not_there(small, client):
    small.control.do("unset", object="load-0000-app-1", path="guest")
    values, missing = client.read("VirtualMachine", "name", "guest.net")
    moid = small.control.moid("load-0000-app-1")
    assert set(values.pop(moid)) == {"name"}
    assert missing[moid] == {}
    assert all("guest.net" in properties for properties in values.values())


def test_a_path_that_does_not_exist_spoils_the_request(client):
    with pytest.raises(vmodl.query.InvalidProperty) as refused:
        client.read("VirtualMachine", "name", "runtime.mood")
    assert refused.value.name == "runtime.mood"
    with pytest.raises(vmodl.query.InvalidProperty):
        client.watch({"VirtualMachine": ("mood",)})


def test_pages_hold_what_was_asked_for_and_a_token_works_once(client):
    options = COLLECTOR.RetrieveOptions(maxObjects=5)
    page = client.collector.RetrievePropertiesEx([client.spec({"VirtualMachine": ("name",)})], options)
    first, sizes, seen = page.token, [], set()
    while page:
        sizes.append(len(page.objects))
        seen |= {each.obj._moId for each in page.objects}
        page = client.collector.ContinueRetrievePropertiesEx(page.token) if page.token else None
    assert (sizes, len(seen)) == ([5, 5, 5, 1], 16)
    with pytest.raises(vmodl.fault.InvalidArgument):
        client.collector.ContinueRetrievePropertiesEx(first)


def test_the_vcenter_may_page_though_nobody_asked(small, client):
    small.control.do("page", objects=7)
    spec = client.spec({"VirtualMachine": ("name",)})
    page = client.collector.RetrievePropertiesEx([spec], COLLECTOR.RetrieveOptions())
    assert len(page.objects) == 7
    assert page.token


def test_any_simple_property_can_be_set(small, client):
    moid = small.control.moid("load-0000-app-1")
    for path, value in (
        ("runtime.consolidationNeeded", True),
        ("config.annotation", "x\ny"),
        ("runtime.bootTime", None),
    ):
        small.control.do("set", object="load-0000-app-1", path=path, value=value)
        assert client.read("VirtualMachine", "name", path)[0][moid].get(path) == value
