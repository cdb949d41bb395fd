from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dcops.vsphere.details.certificate import not_after

KEY = ec.generate_private_key(ec.SECP256R1())


def made(ends, *, name="vc.example.test", names=0):
    of = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(of)
        .issuer_name(of)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
    )
    if names:
        others = [x509.DNSName(f"host-{number}.example.test") for number in range(names)]
        builder = builder.add_extension(x509.SubjectAlternativeName(others), critical=False)
    return builder.sign(KEY, hashes.SHA256())


@pytest.mark.parametrize("ends", [datetime(2026, 2, 28, 12, 34, 56, tzinfo=UTC), datetime(2051, 12, 31, tzinfo=UTC)])
@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
@pytest.mark.parametrize("names", [0, 300])
def test_the_end_is_the_one_that_a_library_reads(ends, encoding, names):
    certificate = made(ends, name="Trung tâm dữ liệu", names=names)

    assert not_after(certificate.public_bytes(encoding)) == certificate.not_valid_after_utc.timestamp()


def test_of_several_the_first_counts():
    first, second = (made(datetime(year, 1, 1, tzinfo=UTC)) for year in (2030, 2040))
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (first, second))

    assert not_after(b"# ours\n" + chain) == first.not_valid_after_utc.timestamp()


@pytest.mark.parametrize(
    "text", [b"", b"0", b"\x30\x82", b"-----BEGIN CERTIFICATE-----\nAAAA\n", b"\x30\x03\x02\x01\x05"]
)
def test_what_is_no_certificate_has_no_end(text):
    assert not_after(text) is None


def test_a_cut_certificate_has_no_end():
    whole = made(datetime(2030, 1, 1, tzinfo=UTC)).public_bytes(serialization.Encoding.DER)

    assert {not_after(whole[:end]) for end in range(0, len(whole), 7)} == {None}
