"""Programs in Go: built of Debian's sources, in a folder that goes away."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SOURCES = Path("/usr/share/gocode")
HERE = Path(__file__).parent


def built(name: str, folder: Path) -> Path:
    """Build `NAME.go` beside this file."""
    program = folder / name
    subprocess.run(
        ["go", "build", "-o", program, HERE / f"{name}.go"],
        env={**os.environ, "GO111MODULE": "off", "GOPATH": str(SOURCES), "GOCACHE": str(folder / "cache")},
        check=True,
    )
    return program
