"""The simulator's program: built once for each state of its source, into a cache outside of the project."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("simulator")
GO_PATH = Path("/usr/share/gocode")
PACKAGES = {
    GO_PATH / "src/github.com/vmware/govmomi/simulator": "golang-github-vmware-govmomi-dev",
    GO_PATH / "src/github.com/google/uuid": "golang-github-google-uuid-dev",
}


class CannotBuild(Exception):
    """The program cannot be built here; the text says what is missing, or what the compiler said."""


def why_not() -> str:
    """Why this machine cannot build it; empty when it can."""
    missing = [] if go() else ["golang-go"]
    missing += [package for folder, package in PACKAGES.items() if not folder.is_dir()]
    if not missing:
        return ""
    return f"no Go or no govmomi here: apt-get install --no-install-recommends {' '.join(missing)}"


def go() -> str | None:
    """Where the compiler is."""
    return shutil.which("go", path=f"{os.environ.get('PATH', '')}:/usr/lib/go/bin:/usr/local/go/bin")


def program() -> Path:
    """The program for the source as it is now; building it anew takes about 20 seconds, once."""
    if reason := why_not():
        raise CannotBuild(reason)
    cache = _cache()
    built = cache / f"vcenter-{_digest()}"
    if built.is_file():
        return built
    with _alone(cache / "lock"):
        if not built.is_file():
            _build(built, cache)
    return built


def _build(built: Path, cache: Path) -> None:
    compiler = go()
    assert compiler is not None
    draft = built.with_name(f".{built.name}.{os.getpid()}")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOCACHE": str(cache / "go-build"),
        "GOFLAGS": "-p=2",
        "CGO_ENABLED": "0",
    }
    done = subprocess.run(
        [compiler, "build", "-o", str(draft), "."],
        cwd=SOURCE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        draft.unlink(missing_ok=True)
        raise CannotBuild(f"go build in {SOURCE}: {done.stderr.strip()}")
    for old in cache.glob("vcenter-*"):
        # A program that runs keeps its file until it ends.
        old.unlink(missing_ok=True)
    draft.replace(built)


def _digest() -> str:
    """The state of the source and of what it is built with."""
    digest = hashlib.sha256()
    for file in sorted(SOURCE.glob("*.go")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for package in PACKAGES:
        digest.update(str(package.stat().st_mtime_ns).encode())
    digest.update(str(go()).encode())
    return digest.hexdigest()[:16]


def _cache() -> Path:
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "dcops-lab"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):
        pass
    # Somebody without a home, or whose home is not theirs to write.
    folder = Path(tempfile.gettempdir()) / f"dcops-lab-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Of several who want the program, one builds it."""
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
