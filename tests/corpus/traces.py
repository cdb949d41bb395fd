"""Where a secret would be found if it leaked: in every file a run leaves, in what it prints, in the process list."""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

SHORTEST = 8
"""A shorter line of a secret says nothing when it is found."""
SAMPLE_SECONDS = 0.02


def needles(secret: str) -> set[bytes]:
    """The secret as it could be written: as it is, escaped, encoded, and each line of a long one."""
    lines = {line for line in secret.splitlines() if len(line) >= SHORTEST and not line.startswith("-----")} or {secret}
    texts = set()
    for line in lines:
        texts |= {
            line,
            escape(line),
            escape(line, {'"': "&quot;", "'": "&apos;"}),
            json.dumps(line)[1:-1],
            json.dumps(line, ensure_ascii=False)[1:-1],
            quote(line, safe=""),
            quote_plus(line),
            repr(line)[1:-1],
            base64.b64encode(line.encode()).decode().rstrip("="),
        }
    return {text.encode() for text in texts}


def found(secrets: Iterable[str], places: dict[str, bytes]) -> list[str]:
    """Which secret is in which place; only the start of it is told."""
    return [
        f"{secret[:6]}… in {place}"
        for secret in secrets
        for place, content in places.items()
        if any(needle in content for needle in needles(secret))
    ]


def kept(state: Path) -> dict[str, bytes]:
    """Everything that dcops keeps: its files as they are, and the objects of git as text."""
    places = {str(file.relative_to(state)): file.read_bytes() for file in sorted(state.rglob("*")) if file.is_file()}
    for repository in state.rglob("*.git"):
        objects = subprocess.run(
            ["git", "--git-dir", repository, "cat-file", "--batch-all-objects", "--batch"],
            capture_output=True,
            check=True,
        )
        assert len(objects.stdout) > 1000, "git gave no objects"
        places[f"objects of {repository.name}"] = objects.stdout
    return places


@contextlib.contextmanager
def process_list() -> Iterator[dict[str, bytes]]:
    """What `ps` would show of every process while the block runs."""
    seen: dict[str, bytes] = {}
    lines: set[bytes] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(SAMPLE_SECONDS):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    lines.add(process.read_bytes())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
        seen["process list"] = b"\n".join(lines)
