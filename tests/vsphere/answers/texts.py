"""Answers as a vCenter would write them, for what the simulator never says."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    "<soapenv:Body>\n"
)
TAIL = "\n</soapenv:Body>\n</soapenv:Envelope>\n"


def answer(method, inside):
    return f'{HEAD}<{method}Response xmlns="urn:vim25">{inside}</{method}Response>{TAIL}'.encode()


def updates(*objects, version="1", truncated=None, missing=""):
    said = "" if truncated is None else f"<truncated>{truncated}</truncated>"
    inside = f'<filterSet><filter type="PropertyFilter">f-1</filter>{"".join(objects)}{missing}</filterSet>'
    return answer("WaitForUpdatesEx", f"<returnval><version>{version}</version>{inside}{said}</returnval>")


def update(moid, *changes, action="enter", kind="VirtualMachine", missing=""):
    return f'<objectSet><kind>{action}</kind><obj type="{kind}">{moid}</obj>{"".join(changes)}{missing}</objectSet>'


def change(name, value="", kind="xsd:string", operation="assign"):
    held = f'<val xsi:type="{kind}">{value}</val>' if operation in ("assign", "add") and value is not None else ""
    return f"<changeSet><name>{name}</name><op>{operation}</op>{held}</changeSet>"


def not_allowed(path, privilege="System.Read", on="vm-1"):
    fault = f'<object type="VirtualMachine">{on}</object><privilegeId>{privilege}</privilegeId>'
    return (
        f'<missingSet><path>{path}</path><fault><fault xsi:type="NoPermission">{fault}</fault>'
        "<localizedMessage>no</localizedMessage></fault></missingSet>"
    )
