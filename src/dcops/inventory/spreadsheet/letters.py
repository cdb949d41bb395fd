"""Vietnamese letters without their signs, and names that the inventory takes."""

from __future__ import annotations

import re
import unicodedata

from dcops.inventory.words import LONGEST_NAME

_OTHER_THAN_NAME = re.compile(r"[^a-z0-9.-]+")
_SPACES = re.compile(r"[\s_]+")


def plain(text: str) -> str:
    """The text in small Latin letters without signs, single blanks between words: `Tên thiết bị` is `ten thiet bi`."""
    decomposed = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _SPACES.sub(" ", bare.lower()).strip()


def name_of(text: str) -> str:
    """The name that the inventory takes for what somebody wrote: `SW Tầng 2` is `sw-tang-2`."""
    bare = _OTHER_THAN_NAME.sub("-", plain(text))
    bare = re.sub(r"-{2,}", "-", re.sub(r"\.{2,}", ".", bare)).strip("-.")
    return bare[:LONGEST_NAME].rstrip("-.")
