from dcops.vsphere.watched import QUICK

READING = {
    "GET /sdk/vimServiceVersions.xml",
    "RetrieveServiceContent",
    "Login",
    "Logout",
    "CreateContainerView",
    "DestroyView",
    "CreateFilter",
    "DestroyPropertyFilter",
    "WaitForUpdatesEx",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "QueryPerf",
    "QueryOptions",
    "CurrentTime",
    "POST /rest/com/vmware/cis/session",
    "DELETE /rest/com/vmware/cis/session",
    "GET /rest/com/vmware/cis/tagging/tag",
    "GET /rest/com/vmware/cis/tagging/tag/id:",
    "GET /rest/com/vmware/cis/tagging/category/id:",
    "POST /rest/com/vmware/cis/tagging/tag-association",
}
"""None of them changes anything but our own session."""


def named(call):
    return call.partition("id:")[0] + ("id:" if "id:" in call else "")


def test_nothing_is_asked_that_could_change_a_vcenter(simulator, vcenter):
    inventory, details = vcenter.inventory(), vcenter.details()
    present = inventory.wait(0).changed
    simulator.control.do(
        "fault", kind="soap-fault", fault="InvalidCollectorVersion", method="WaitForUpdatesEx", times=1
    )
    inventory.wait(0)
    vcenter.reader().everything(QUICK)
    machines = [one.moid for one in present if one.kind == "VirtualMachine"]
    vcenter.performance({"VirtualMachine": ["cpu.usage.average"]}).read([("VirtualMachine", moid) for moid in machines])
    for name in dir(details):
        if name == "read_snapshot_bytes":
            details.read_snapshot_bytes(machines)
        elif name == "read_alarm_names":
            details.read_alarm_names(["alarm-1"])
        elif name.startswith("read_"):
            getattr(details, name)()
    vcenter.close()

    calls = {named(call) for call in simulator.control.calls()}
    assert calls - READING == set()
    assert {"QueryPerf", "DestroyPropertyFilter", "Logout", "CurrentTime"} <= calls
