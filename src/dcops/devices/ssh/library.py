"""paramiko, imported without what dcops never asks of it.

paramiko looks for invoke, which it needs for `Match exec` lines of an ssh_config alone; dcops reads none. invoke brings
asyncio and a mocking library along, and takes as long to import as paramiko itself. paramiko works without it, and says
so where it would be needed.

It compares the code of each packet (MAC) byte by byte in Python, which is a tenth of what reading a router costs. The
standard library does the same in C, in constant time as well.
"""

from __future__ import annotations

import hmac
import sys
from typing import Any

_modules: dict[str, Any] = sys.modules  # None in it is how Python is told that a module is not there
_hide = "paramiko" not in sys.modules and "invoke" not in sys.modules
if _hide:
    _modules["invoke"] = None
try:
    import paramiko
finally:
    if _hide:
        del _modules["invoke"]

_util: Any = paramiko.util
_util.constant_time_bytes_eq = hmac.compare_digest

__all__ = ["paramiko"]
