"""Which version of the API is spoken: the newest that both sides know."""

from __future__ import annotations

from pyVmomi import VmomiSupport

from dcops.vsphere.answers.envelope import tree
from dcops.vsphere.answers.guard import checked
from dcops.vsphere.answers.malformed import Malformed


def spoken(body: bytes | bytearray) -> str:
    """pyvmomi's name of the version, for what a vCenter says in vimServiceVersions.xml."""
    root = tree(checked(body))
    known = {
        version.text
        for namespace in root.iterfind("namespace")
        if namespace.findtext("name") == "urn:vim25"
        for version in (*namespace.iterfind("version"), *namespace.iterfind("priorVersions/version"))
    }
    ours = VmomiSupport.GetServiceVersions("vim25")
    for version in ours:
        if VmomiSupport.versionIdMap[version] in known:
            return str(version)
    raise Malformed("it names no version of the API that we speak")
