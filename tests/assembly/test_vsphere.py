"""From a device, its login and what we trust to a vCenter that can be asked."""

import hashlib
import ssl
from ipaddress import ip_address

import pytest

from dcops.assembly.vsphere import target_of
from dcops.credentials import Credentials
from dcops.credentials.environment import EnvironmentProvider
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device, Management
from lab.pki import Authority

HERE = Management(ip_address("192.0.2.51"), tls_name="vc.example.test")
PIN = hashlib.sha256(b"a certificate").hexdigest()


def vcenter(management=HERE, platform="vcenter", credential="vc"):
    return Device(
        "vc-main", "main", "vcenter", "V", "M", platform=platform, management=management, credential=credential
    )


def logins(**variables):
    return Credentials([EnvironmentProvider({f"DCOPS_CREDENTIAL_{name}": text for name, text in variables.items()})])


LOGIN = {"VC_USERNAME": "svc-dcops@vsphere.local", "VC_PASSWORD": "made-up-word"}


@pytest.fixture
def trust(tmp_path):
    (tmp_path / "ca.pem").write_text(Authority("Test CA").pem)
    return tmp_path


def test_a_vcenter_is_believed_by_our_authority_and_its_name(trust):
    target = target_of(vcenter(), logins(**LOGIN), trust)

    assert (target.name, target.host, target.port) == ("vc-main", "192.0.2.51", 443)
    assert (target.user, target.password.reveal()) == ("svc-dcops@vsphere.local", "made-up-word")
    assert (target.server_name, target.pin) == ("vc.example.test", None)
    assert (target.context.verify_mode, target.context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(target.context.get_ca_certs()) == 1
    assert "made-up-word" not in repr(target)


def test_a_pin_is_the_proof_where_there_is_one(trust):
    (trust / "pins").write_text(f"vc-main sha256:{PIN}\n")

    assert target_of(vcenter(), logins(**LOGIN), trust).pin == PIN


def test_a_pin_of_another_device_proves_nothing(trust):
    (trust / "pins").write_text(f"vc-dr sha256:{PIN}\n")
    target = target_of(vcenter(), logins(**LOGIN), trust)

    assert target.pin is None
    assert target.context.verify_mode is ssl.CERT_REQUIRED


def test_a_port_of_the_inventory_counts(trust):
    management = Management(ipv6=ip_address("2001:db8::51"), port=8443)

    target = target_of(vcenter(management), logins(**LOGIN), trust)

    assert (target.host, target.port) == ("2001:db8::51", 8443)


@pytest.mark.parametrize(
    ("device", "login", "kind", "words"),
    [
        (vcenter(platform="esxi"), LOGIN, ErrorKind.UNSUPPORTED, "vc-main is no vCenter"),
        (vcenter(management=None), LOGIN, ErrorKind.INVALID, "no management address"),
        (vcenter(credential=None), LOGIN, ErrorKind.AUTH, "names no credential"),
        (vcenter(), {}, ErrorKind.AUTH, "credential vc is not found"),
        (vcenter(), {"VC_USERNAME": "svc"}, ErrorKind.AUTH, "password"),
        (vcenter(), {"VC_PASSWORD": "made-up-word"}, ErrorKind.AUTH, "name"),
    ],
)
def test_what_is_missing_is_said(trust, device, login, kind, words):
    with pytest.raises(DeviceError, match=words) as caught:
        target_of(device, logins(**login), trust)

    assert caught.value.kind is kind
    assert caught.value.next_step


def test_nothing_is_asked_that_nobody_vouches_for(tmp_path):
    with pytest.raises(DeviceError, match="nothing vouches") as caught:
        target_of(vcenter(), logins(**LOGIN), tmp_path)

    assert caught.value.kind is ErrorKind.CERTIFICATE


def test_an_authority_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n")
    with pytest.raises(DeviceError, match="cannot be read") as caught:
        target_of(vcenter(), logins(**LOGIN), tmp_path)

    assert caught.value.kind is ErrorKind.CERTIFICATE
