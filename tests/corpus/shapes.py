"""What secrets look like: each shape draws one, always the same for the same seed and never the same for two."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

CRYPT = "./" + string.digits + string.ascii_letters
WORD = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# The key of Cisco's type 7, known to everybody since 1995.
TYPE_7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def _text(dice: random.Random, signs: str, length: int) -> str:
    return "".join(dice.choices(signs, k=length))


def _plain(dice: random.Random) -> str:
    return _text(dice, WORD, 14)


def _special(dice: random.Random) -> str:
    """What people type to satisfy a password policy, and what breaks quoting. No white space, no colon, no at sign."""
    return f"{_text(dice, WORD, 6)}&<>'%+/=!{_text(dice, WORD, 6)}"


def _phrase(dice: random.Random) -> str:
    return " ".join(_text(dice, WORD, 7) for _ in range(4))


def _accented(dice: random.Random) -> str:
    return f"mậtKhẩu{_text(dice, WORD, 8)}đường"


def _long(dice: random.Random) -> str:
    return _text(dice, WORD, 200)


def _type7(dice: random.Random) -> str:
    clear, salt = _text(dice, WORD, 12), dice.randint(0, 15)
    pairs = (f"{ord(sign) ^ TYPE_7_KEY[(salt + place) % 53]:02X}" for place, sign in enumerate(clear))
    return f"{salt:02d}{''.join(pairs)}"


def _pem(dice: random.Random) -> str:
    body = base64.b64encode(dice.randbytes(600)).decode()
    rows = [body[place : place + 64] for place in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *rows, "-----END RSA PRIVATE KEY-----"])


SHAPES: dict[str, Callable[[random.Random], str]] = {
    "plain": _plain,
    "special": _special,
    "phrase": _phrase,
    "accented": _accented,
    "long": _long,
    "digits": lambda dice: _text(dice, string.digits, 16),
    "hex": lambda dice: _text(dice, string.hexdigits[:16], 40),
    "base64": lambda dice: base64.b64encode(dice.randbytes(33)).decode(),
    "uuid": lambda dice: "-".join(_text(dice, "0123456789abcdef", length) for length in (8, 4, 4, 4, 12)),
    "type7": _type7,
    "md5crypt": lambda dice: f"$1${_text(dice, CRYPT, 4)}${_text(dice, CRYPT, 22)}",
    "sha256crypt": lambda dice: f"$5${_text(dice, CRYPT, 16)}${_text(dice, CRYPT, 43)}",
    "sha512crypt": lambda dice: f"$6${_text(dice, CRYPT, 16)}${_text(dice, CRYPT, 86)}",
    "bcrypt": lambda dice: f"$2y$10${_text(dice, CRYPT, 53)}",
    "cisco8": lambda dice: f"$8${_text(dice, CRYPT, 14)}${_text(dice, CRYPT, 43)}",
    "cisco9": lambda dice: f"$9${_text(dice, CRYPT, 14)}${_text(dice, CRYPT, 43)}",
    "phash": lambda dice: f"$1${_text(dice, CRYPT, 8)}${_text(dice, CRYPT, 22)}",
    "panos": lambda dice: (
        f"-AQ=={base64.b64encode(dice.randbytes(20)).decode()}{base64.b64encode(dice.randbytes(32)).decode()}"
    ),
    "sfos": lambda dice: (
        f"$sfos$7$0${base64.b64encode(dice.randbytes(16)).decode()}${base64.b64encode(dice.randbytes(48)).decode()}"
    ),
    "pem": _pem,
}


def draw(shape: str, seed: str) -> str:
    """A secret of a shape; KeyError names a shape that is not here."""
    return SHAPES[shape](random.Random(seed))
