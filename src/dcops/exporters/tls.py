"""The TLS side of the exporter: a renewed certificate counts from the next connection on, without a restart."""

from __future__ import annotations

import logging
import ssl
import time

from dcops.errors import CannotRun
from dcops.exporters.web_config import EVERY_SECONDS, Tls, stamp

log = logging.getLogger(__name__)


def context(tls: Tls) -> ssl.SSLContext:
    """The server's context; CannotRun says which file is the trouble."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version, made.maximum_version = tls.least, tls.most
    _load(made, tls)
    if tls.client_ca_file:
        try:
            made.load_verify_locations(tls.client_ca_file)
        except (OSError, ssl.SSLError) as error:
            raise CannotRun(f"{tls.client_ca_file} holds no certificates that can be used: {_said(error)}") from None
    made.verify_mode = tls.client_auth.mode
    renewal = _Renewal(tls)
    # Called at the beginning of every handshake, with a name or without: the one place that new connections pass.
    made.sni_callback = lambda _connection, _name, own: renewal.look(own)
    return made


class _Renewal:
    """Loads certificate and key again when their files changed."""

    def __init__(self, tls: Tls) -> None:
        self._tls = tls
        self._seen = _stamps(tls)
        self._looked = time.monotonic()

    def look(self, made: ssl.SSLContext) -> None:
        """The handshake at hand still uses the old pair; the next ones use the new."""
        if time.monotonic() - self._looked < EVERY_SECONDS:
            return
        self._looked = time.monotonic()
        seen = _stamps(self._tls)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            # Into one of its own first: a pair that does not fit must leave the one in use whole.
            _load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self._tls)
            _load(made, self._tls)
        except CannotRun as error:
            log.warning("%s; the certificate that was read before stays in use", error)


def _load(made: ssl.SSLContext, tls: Tls) -> None:
    try:
        # A key with a passphrase would ask for it on the terminal; there is none.
        made.load_cert_chain(tls.cert_file, tls.key_file, password=lambda: b"")
    except (OSError, ssl.SSLError) as error:
        raise CannotRun(
            f"{tls.cert_file} and {tls.key_file} cannot be used: {_said(error)}",
            next_step="Both must be readable PEM files that belong together, the key without a passphrase",
        ) from None


def _stamps(tls: Tls) -> tuple[object, ...]:
    return tuple(stamp(file) for file in (tls.cert_file, tls.key_file))


def _said(error: OSError) -> str:
    return error.strerror or getattr(error, "reason", None) or str(error)
