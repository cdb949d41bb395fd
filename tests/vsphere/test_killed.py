import subprocess
import sys
import textwrap

PROGRAM = """
    import sys, ssl, json
    from dcops.model.secret import Secret
    from dcops.vsphere.target import Target
    from dcops.vsphere.vcenter import Vcenter

    said = json.load(sys.stdin)
    context = ssl.create_default_context(cadata=said["ca"])
    vcenter = Vcenter(Target("vc-lab", said["host"], said["port"], said["user"], Secret(said["password"]), context))
    inventory, details = vcenter.inventory(), vcenter.details()
    inventory.wait(0)
    details.read_clock()
    vcenter.performance({"HostSystem": ["cpu.usage.average"]}).read([("HostSystem", "host-1")])
    print("ready", flush=True)
    inventory.wait(60)
"""


def test_one_that_is_killed_leaves_one_session_however_many_connections_it_had(simulator):
    import json

    killed = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    said = {name: getattr(simulator, name) for name in ("host", "port", "user", "password", "ca")}
    with killed:
        killed.stdin.write(json.dumps(said))
        killed.stdin.close()
        assert killed.stdout.readline() == "ready\n"
        assert simulator.control.stats()["connections_now"] == 3
        killed.kill()

    stats = simulator.control.stats()
    assert (stats["logins"], stats["logouts"], stats["sessions_now"]) == (1, 0, 1)
