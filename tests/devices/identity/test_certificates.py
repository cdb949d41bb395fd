"""What a certificate proves, and what it is called."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from dcops.devices.identity.certificates import Certificate, read_pem


def made(key, algorithm=None, names=("fw-1",)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fw-1")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=10))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
    return builder.sign(key, algorithm or hashes.SHA256())


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def test_it_is_known_under_every_way_of_writing_its_fingerprint():
    content = der(made(ec.generate_private_key(ec.SECP256R1())))
    certificate = Certificate.of(content)
    digest = hashlib.sha256(content).hexdigest()

    assert certificate.sha256 == digest
    for written in (digest, digest.upper(), f"sha256:{digest}", certificate.spaced, certificate.spaced.lower()):
        assert certificate.is_called(written)
    assert not certificate.is_called("00" * 32)
    assert not certificate.is_called("")


def test_subject_and_names_are_told():
    certificate = Certificate.of(der(made(ec.generate_private_key(ec.SECP256R1()), names=("fw-1", "fw.example.test"))))

    assert certificate.subject == "CN=fw-1"
    assert certificate.names == ("fw-1", "fw.example.test")
    assert certificate.weakness == ""


def test_a_short_key_is_weak():
    assert "1024 bits" in Certificate.of(der(made(rsa.generate_private_key(65537, 1024), names=()))).weakness


def test_a_file_of_several_is_read_and_one_that_is_none_is_a_value_error():
    one = made(ec.generate_private_key(ec.SECP256R1())).public_bytes(serialization.Encoding.PEM)

    assert len(read_pem(b"# ours\n" + one + one)) == 2
    with pytest.raises(ValueError, match=r".+"):
        Certificate.of(b"nothing")
