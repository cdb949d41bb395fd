"""A bare git repository with one branch: the readable texts and records of every version."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dcops.archive import durable, program
from dcops.errors import ArchiveDamaged

BRANCH = "refs/heads/main"
CHECK_LIMIT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of one commit."""

    path: str
    name: str
    """The hash by which git knows its content."""


class Git:
    """One bare repository with one branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Make the repository, whole or not at all. The caller holds the lock."""
        import secrets

        program.require_version()
        unfinished = self.folder.with_name(f".{self.folder.name}.{secrets.token_hex(6)}.tmp")
        how = ("--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1")
        done = program.call(("init", *how, str(unfinished)))
        if done.returncode != 0:
            raise program.failure("init", done, self.folder)
        with durable.explained(self.folder):
            durable.sync_tree(unfinished)
            unfinished.rename(self.folder)
            durable.sync_folder(self.folder.parent)

    def tip(self) -> str | None:
        """The newest commit; None when there is none yet."""
        if found := self.commit_named(BRANCH):
            return found
        # git says the same of a branch that is not born yet and of one whose file is damaged.
        if (self.folder / BRANCH).exists() and not (found := self.commit_named(BRANCH)):
            raise ArchiveDamaged(f"the branch of {self.folder} points to no commit", next_step=program.LOST)
        return found

    def commit_named(self, name: str) -> str | None:
        """The commit of this name, which may be cut short; None when there is none, or more than one."""
        found = self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", well=(0, 1, 128))
        return found.decode().strip() or None

    def files(self, commit: str) -> tuple[Blob, ...]:
        """All files of a commit."""
        listing = self.run("ls-tree", "-r", "-z", "--full-tree", commit).decode()
        files = []
        for line in listing.split("\0")[:-1]:
            about, _, path = line.partition("\t")
            files.append(Blob(path, about.split()[2]))
        return tuple(files)

    def contents(self, names: Sequence[str]) -> list[bytes | None]:
        """What git holds under each name (`HASH`, or `COMMIT:path`), in one call; None where it holds nothing."""
        if not names:
            return []
        answer = memoryview(self.run("cat-file", "--batch", feed="".join(f"{name}\n" for name in names).encode()))
        found: list[bytes | None] = []
        position = 0
        for _ in names:
            end = position + bytes(answer[position : position + 4096]).index(b"\n")
            words = bytes(answer[position:end]).split()
            position = end + 1
            if words[-1] == b"missing":
                found.append(None)
                continue
            size = int(words[-1])
            found.append(bytes(answer[position : position + size]))
            position += size + 1
        return found

    def kinds(self, names: Sequence[str]) -> list[str]:
        """What stands under each name: `blob`, `tree`, … or `missing`."""
        if not names:
            return []
        answer = self.run("cat-file", "--batch-check", feed="".join(f"{name}\n" for name in names).encode())
        return ["missing" if line.endswith(b" missing") else line.split()[1].decode() for line in answer.splitlines()]

    def log(self, *paths: str, of: str = BRANCH) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Commits that touched the paths, newest first, each with those of its paths that it touched."""
        listing = self.run("log", "--format=%x01%H", "--name-only", "-z", "--no-renames", of, "--", *paths)
        commits = []
        for part in listing.decode().split("\1")[1:]:
            commit, *touched = (word for word in part.replace("\n", "\0").split("\0") if word)
            commits.append((commit, tuple(touched)))
        return tuple(commits)

    def commits(self) -> tuple[str, ...]:
        """Every commit of the branch, newest first."""
        return tuple(self.run("rev-list", "--first-parent", BRANCH).decode().split())

    def commit(
        self,
        message: str,
        files: Mapping[str, bytes | None],
        *,
        parent: str | None,
        when: datetime,
        hold: int,
    ) -> str:
        """Add one commit that writes these files (None removes one); gives its name.

        The branch moves in one step, after everything else is on the disk, and only if `parent` is still its
        newest commit. `hold` is the lock, which git keeps should this process be killed meanwhile.
        """
        self._remove_stale_locks()
        text = message.encode("utf-8", "backslashreplace")
        # `done` at the end: a stream cut short by a kill is an error for git, never half a commit.
        stream = [b"feature done\ncommit %s\nmark :1\n" % BRANCH.encode()]
        stream.append(f"committer {program.NAME} <{program.ADDRESS}> {max(0, int(when.timestamp()))} +0000\n".encode())
        stream.append(b"data %d\n%s\n" % (len(text), text))
        if parent:
            stream.append(f"from {parent}\n".encode())
        for path, content in files.items():
            if content is None:
                stream.append(f"D {path}\n".encode())
            else:
                stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
        stream.append(b"get-mark :1\ndone\n")
        revision = self.run("fast-import", "--quiet", "--date-format=raw", feed=b"".join(stream), keep=(hold,))
        with durable.explained(self.folder):
            durable.sync_folder((self.folder / BRANCH).parent)
        return revision.decode().strip()

    def fsck(self) -> tuple[str, ...]:
        """Read every object and follow every link; gives what is wrong, a line each."""
        command = ("fsck", "--full", "--no-dangling", "--no-reflogs", "--no-progress")
        done = self._call(command, limit_seconds=CHECK_LIMIT_SECONDS)
        if done.returncode == 0:
            return ()
        lines = [line for line in (done.stdout + done.stderr).decode("utf-8", "replace").splitlines() if line.strip()]
        return tuple(dict.fromkeys(lines)) or (f"git fsck ended with {done.returncode}",)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is the other, or lies behind it."""
        return self._call(("merge-base", "--is-ancestor", older, newer)).returncode == 0

    def find(self, name: str) -> tuple[tuple[str, str], ...]:
        """Where an object stands in history: each commit that wrote it, with its path."""
        listing = self.run(
            "log", "--format=%x01%H", "--raw", "--no-abbrev", "-z", f"--find-object={name}", BRANCH, well=(0, 128)
        )
        places = []
        for part in listing.decode("utf-8", "replace").split("\1")[1:]:
            commit, *rest = part.replace("\n", "\0").split("\0")
            words = [word for word in rest if word]
            for about, path in zip(words[::2], words[1::2], strict=False):
                if about.split()[3] == name:
                    places.append((commit, path))
        return tuple(places)

    def run(self, *command: str, feed: bytes = b"", well: Iterable[int] = (0,), keep: Sequence[int] = ()) -> bytes:
        """Run one git command on the repository; gives its output."""
        done = self._call(command, feed=feed, keep=keep)
        if done.returncode not in well:
            raise program.failure(command[0], done, self.folder)
        return done.stdout

    def _call(
        self,
        command: Sequence[str],
        *,
        feed: bytes = b"",
        limit_seconds: float = program.LIMIT_SECONDS,
        keep: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[bytes]:
        return program.call((f"--git-dir={self.folder}", *command), feed=feed, limit_seconds=limit_seconds, keep=keep)

    def _remove_stale_locks(self) -> None:
        """Remove what a git that was killed left behind; the caller holds our own lock, so nobody uses them."""
        with durable.explained(self.folder):
            for stale in (*self.folder.glob("*.lock"), *(self.folder / "refs").rglob("*.lock")):
                stale.unlink(missing_ok=True)
