"""A client of the PAN-OS XML API: form posts over verified TLS, one key per session, every answer checked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlencode

import urllib3
from lxml import etree

from dcops.devices.cut import Cut
from dcops.devices.failures import explain
from dcops.devices.panos import answers
from dcops.devices.panos.answers import INTERNAL_CODES, SESSION_TIMED_OUT, PanosError
from dcops.devices.tls import certificate_error
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.transcript import Exchange, NoTape, Tape

MAX_BYTES = 256 * 1024 * 1024
RETRY_PAUSE_SECONDS = 2.0


class PanosClient:
    """Speaks with one firewall. The key is sent in the body of a POST, so that no URL and no access log holds it.

    PAN-OS 8.1 takes the key as a parameter only; 9.0 and later take that as well.
    """

    def __init__(
        self,
        pool: urllib3.HTTPSConnectionPool,
        username: str,
        password: Secret | None,
        api_key: Secret | None,
        tape: Tape | None = None,
    ) -> None:
        self._pool = pool
        self._cut = Cut(pool)
        self._tape: Tape = tape or NoTape()
        self._username = username
        self._password = password
        self._given_key = api_key
        self._key: Secret | None = api_key

    def login(self) -> None:
        """Get an API key, unless one was given."""
        if self._key is None:
            self._key = self._new_key()

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def abort(self) -> None:
        """Cut the connection from another thread."""
        self._cut.now()

    def op(self, command: str) -> etree._Element:
        """Run an operational command, given as XML; returns the `response` element."""
        return self._checked({"type": "op", "cmd": command})

    def show(self, xpath: str = "") -> etree._Element:
        """Read the running configuration below an XPath; returns the `response` element."""
        return self._checked({"type": "config", "action": "show", **({"xpath": xpath} if xpath else {})})

    def export_configuration(self) -> bytes:
        """The running configuration as the bare file that the device can import again."""
        for attempt in range(2):
            status, body = self._post({"type": "export", "category": "configuration"}, with_key=True)
            # The file may be large: only what looks like an error envelope is parsed here.
            if status == 200 and b"<response" not in body[:300]:
                return body
            try:
                root = self._response(status, body)
            except PanosError as error:
                if not self._may_retry(error, attempt):
                    raise
                continue
            if (config := root.find("result/config")) is not None:
                return etree.tostring(config, encoding="utf-8", xml_declaration=True)
            raise DeviceError(ErrorKind.INVALID, "the export holds no configuration", next_step="Look at the device")
        raise AssertionError("unreachable")

    def _checked(self, parameters: Mapping[str, str]) -> etree._Element:
        for attempt in range(2):
            status, body = self._post(parameters, with_key=True)
            try:
                return self._response(status, body)
            except PanosError as error:
                if not self._may_retry(error, attempt):
                    raise
        raise AssertionError("unreachable")

    def _response(self, status: int, body: bytes) -> etree._Element:
        if status not in (200, 400, 403):
            raise DeviceError(
                ErrorKind.INVALID,
                f"its API answered HTTP {status}",
                next_step="Is the XML API on, and is this the management address?",
            )
        root = answers.parse(body)
        if status != 200 and root.tag == "response":
            raise answers.error(root, status)
        return answers.result(root)

    def _may_retry(self, error: PanosError, attempt: int) -> bool:
        """Once more, after a new key or a pause; an unauthorised key is never tried again, it locks the account."""
        if attempt:
            return False
        if error.code == SESSION_TIMED_OUT and self._given_key is None:
            self._key = self._new_key()
            return True
        if error.code in INTERNAL_CODES:
            time.sleep(RETRY_PAUSE_SECONDS)
            return True
        return False

    def _new_key(self) -> Secret:
        if self._password is None:
            raise DeviceError(
                ErrorKind.AUTH,
                "the credential has neither an API key nor a password",
                next_step="See dcops secrets check",
            )
        parameters = {"type": "keygen", "user": self._username, "password": self._password.reveal()}
        status, body = self._post(parameters, with_key=False)
        root = answers.parse(body)
        if status == 403 or root.get("status") != "success":
            problem = answers.error(root, status)
            raise DeviceError(ErrorKind.AUTH, f"login refused ({problem.message})", next_step=problem.next_step)
        key = root.findtext("result/key")
        if not key:
            raise DeviceError(ErrorKind.INVALID, "it gave no API key", next_step="Look at the device")
        self._tape.learned(Secret(key))
        return Secret(key)

    def _post(self, parameters: Mapping[str, str], *, with_key: bool) -> tuple[int, bytes]:
        fields = dict(parameters)
        if with_key:
            assert self._key is not None, "login() comes first"
            fields["key"] = self._key.reveal()
        try:
            response = self._pool.request(
                "POST",
                "/api/",
                body=urlencode(fields),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                preload_content=False,
                redirect=False,
            )
            body = self._body(response)
            if with_key:
                self._record(parameters, response, body)
            return response.status, body
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001  the request holds the key: nothing of it may be quoted
            raise self._explained(error) from None

    def _record(self, parameters: Mapping[str, str], response: urllib3.BaseHTTPResponse, body: bytes) -> None:
        self._tape.add(
            Exchange(
                "POST /api/",
                body,
                parameters=dict(parameters),
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
            )
        )

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        body = bytearray()
        try:
            for chunk in response.stream(1 << 16):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise DeviceError(ErrorKind.INVALID, f"its answer is larger than {MAX_BYTES >> 20} MiB")
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.IncompleteRead, ConnectionError):
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"the connection broke in the middle of its answer, after {len(body)} bytes",
                next_step="Try again; when it repeats, check the line to it and its load",
            ) from None
        finally:
            response.release_conn()
        return bytes(body)

    def _explained(self, error: Exception) -> DeviceError:
        step: BaseException | None = error
        while step is not None:
            if known := certificate_error(step):
                return known
            step = step.__cause__ or step.__context__
        secrets = [secret for secret in (self._key, self._password) if secret]
        explained = explain(error, secrets)
        # urllib3 calls a refused connection a timeout as well, so its own word comes last.
        if explained.kind is ErrorKind.INTERNAL and isinstance(error, urllib3.exceptions.TimeoutError):
            return DeviceError(ErrorKind.TIMEOUT, "no answer", next_step="Is it up? Its management plane may be busy")
        return explained
