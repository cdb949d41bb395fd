"""Posts forms over a connection of `tls.pool`: whole answers, and every failure in our words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode
from xml.sax.saxutils import escape

import urllib3

from dcops.devices.cut import Cut
from dcops.devices.failures import explain
from dcops.devices.tls import certificate_error
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret

MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    content_type: str
    body: bytes = field(repr=False)


class FormPoster:
    """Posts forms that may hold secrets: nothing of what was sent is ever quoted."""

    def __init__(self, pool: urllib3.HTTPSConnectionPool) -> None:
        self._pool = pool
        self._cut = Cut(pool)

    def post(self, path: str, fields: Mapping[str, str], secrets: Iterable[Secret] = ()) -> Reply:
        """Send a form and read the whole answer; raises DeviceError, which never holds one of the secrets."""
        try:
            response = self._pool.request(
                "POST",
                path,
                body=urlencode(fields),
                headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/xml"},
                preload_content=False,
                redirect=False,
            )
            body = _body(response)
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001  the request holds secrets: nothing of it may be quoted
            raise _explained(error, secrets) from None
        return Reply(response.status, response.headers.get("Content-Type", ""), body)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def abort(self) -> None:
        """Cut the connection from another thread, also while that waits for an answer."""
        self._cut.now()


def _body(response: urllib3.BaseHTTPResponse) -> bytes:
    body = bytearray()
    try:
        for chunk in response.stream(1 << 16):
            body += chunk
            if len(body) > MAX_BYTES:
                # What is left of it must not be taken for the next answer.
                response.close()
                raise DeviceError(
                    ErrorKind.INVALID,
                    f"its answer is larger than {MAX_BYTES >> 20} MiB",
                    next_step="Is this the device's API, and not a download?",
                )
    except (urllib3.exceptions.ProtocolError, ConnectionError):
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the connection broke in the middle of its answer, after {len(body)} bytes",
            next_step="Try again; when it repeats, check the line to it and its load",
        ) from None
    finally:
        response.release_conn()
    return bytes(body)


def _explained(error: Exception, secrets: Iterable[Secret]) -> DeviceError:
    step: BaseException | None = error
    while step is not None:
        if known := certificate_error(step):
            return known
        step = step.__cause__ or step.__context__
    explained = explain(error, [form for secret in secrets for form in _forms(secret)])
    # urllib3 calls a refused connection a timeout as well, so its own word comes last.
    if explained.kind is ErrorKind.INTERNAL and isinstance(error, urllib3.exceptions.TimeoutError):
        return DeviceError(ErrorKind.TIMEOUT, "no answer", next_step="Is it up? Its management plane may be busy")
    return explained


def _forms(secret: Secret) -> Iterable[Secret]:
    """A secret as it is, as XML has it, and as a form has either."""
    plain = secret.reveal()
    forms = (quote_plus(escape(plain)), quote_plus(plain), escape(plain), plain)
    return [Secret(form) for form in dict.fromkeys(forms) if form]
