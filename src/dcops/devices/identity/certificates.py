"""The TLS certificates that a device shows, looked at without believing them: nothing is sent over that connection."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from dcops.devices.failures import explain
from dcops.devices.identity.endpoint import Endpoint, connect
from dcops.devices.tls import certificate_error, pool
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device

HANDSHAKE_SECONDS = 15.0
SMALLEST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate."""

    der: bytes
    subject: str
    issuer: str
    names: tuple[str, ...]
    """The names and addresses that it was made for."""
    begins: datetime
    ends: datetime
    weakness: str
    """Why it proves little; empty when it is sound."""

    @classmethod
    def of(cls, der: bytes) -> Certificate:
        """Read one; ValueError when it is none."""
        parsed = x509.load_der_x509_certificate(der)
        return cls(
            der,
            parsed.subject.rfc4514_string(),
            parsed.issuer.rfc4514_string(),
            tuple(_names(parsed)),
            parsed.not_valid_before_utc,
            parsed.not_valid_after_utc,
            _weakness(parsed),
        )

    @property
    def sha256(self) -> str:
        """The fingerprint, as `trust/pins` has it: lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def spaced(self) -> str:
        """The fingerprint as browsers and consoles print it: `AB:CD:…`."""
        digits = self.sha256.upper()
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))

    def is_called(self, fingerprint: str) -> bool:
        """Whether a fingerprint is this certificate's, in any of the ways in which people write them."""
        given = fingerprint.strip().lower().removeprefix("sha256:").removeprefix("sha256 fingerprint=")
        return given.replace(":", "").replace(" ", "") == self.sha256


def fetch(endpoint: Endpoint, tls_name: str | None = None) -> tuple[Certificate, ...]:
    """The chain that the device shows, its own certificate first; raises DeviceError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Only to look: who it is, is judged by a person or by `judged`.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection, _ = connect(endpoint.address, endpoint.port)
    with contextlib.closing(connection):
        connection.settimeout(HANDSHAKE_SECONDS)
        try:
            with context.wrap_socket(connection, server_hostname=tls_name or endpoint.address) as shown:
                return tuple(Certificate.of(der) for der in _chain(shown))
        except TimeoutError:
            raise DeviceError(
                ErrorKind.TIMEOUT,
                "connected, but it never spoke TLS",
                next_step="Is this the port of its web API? A management plane that hangs so often needs a restart",
            ) from None
        except ssl.SSLError as error:
            raise DeviceError(
                ErrorKind.UNSUPPORTED,
                f"no TLS handshake: {error.reason or 'it speaks something else'}",
                next_step="Is this the port of its web API, and does it speak TLS 1.2 or later?",
            ) from None
        except (OSError, ValueError) as error:
            raise DeviceError(
                ErrorKind.UNREACHABLE,
                f"the connection broke in the handshake ({type(error).__name__})",
                next_step="Is it restarting? Try again",
            ) from None


def judged(endpoint: Endpoint, device: Device, trust: Trust) -> None:
    """Connect as a backup does; raises the DeviceError that a backup would, and sends nothing."""
    tls_name = device.management.tls_name if device.management else None
    with contextlib.closing(
        pool(endpoint.address, endpoint.port, trust, device.name, tls_name, HANDSHAKE_SECONDS)
    ) as connections:
        # The handshake alone: urllib3 makes it public only together with a request.
        connection = connections._get_conn()
        try:
            connection.connect()
        except Exception as error:  # noqa: BLE001  one place turns urllib3's many faces into ours
            raise _explained(error) from None
        finally:
            connection.close()


def read_pem(text: bytes) -> tuple[Certificate, ...]:
    """The certificates of a file such as `trust/ca.pem`."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return tuple(Certificate.of(parsed.public_bytes(Encoding.DER)) for parsed in x509.load_pem_x509_certificates(text))


def _explained(error: BaseException) -> DeviceError:
    step: BaseException | None = error
    while step is not None:
        if known := certificate_error(step):
            return known
        step = step.__cause__ or step.__context__
    return explain(error)


def _chain(shown: ssl.SSLSocket) -> Sequence[bytes]:
    # Public from Python 3.13 on; before, the object inside has it. Without it there is the first certificate.
    source = shown if hasattr(shown, "get_unverified_chain") else getattr(shown, "_sslobj", None)
    fetch_chain = getattr(source, "get_unverified_chain", None)
    if fetch_chain is not None and (chain := fetch_chain()):
        return [each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain]
    own = shown.getpeercert(binary_form=True)
    return [own] if own else []


def _names(certificate: x509.Certificate) -> Iterator[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return
    for name in names:
        yield str(getattr(name, "value", name))


def _weakness(certificate: x509.Certificate) -> str:
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None and algorithm.name in ("md5", "sha1"):
        return f"signed with {algorithm.name.upper()}"
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA_BITS:
        return f"an RSA key of {key.key_size} bits is too short"
    return ""
