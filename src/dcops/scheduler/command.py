"""How dcops calls itself."""

from __future__ import annotations

import sys
from pathlib import Path

# By the interpreter that runs now, and not by a name that may mean another installation. -P keeps what lies in the
# current folder from being imported.
DCOPS = (sys.executable, "-P", "-c", "from dcops.cli.main import main; main()")


def dcops(root: Path, *arguments: str) -> list[str]:
    """The command line of a dcops command on a site root."""
    return [*DCOPS, "-C", str(root), *arguments]
