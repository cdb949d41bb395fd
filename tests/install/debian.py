"""A Debian root made by mmdebstrap, its systemd booted in namespaces, and the wheels that are installed there."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOT = Path(__file__).with_name("boot.sh")
SUITE = "bookworm"
# What a Debian host has, and what docs/how-to/install.md says to install.
PACKAGES = ("systemd-sysv", "dbus", "ca-certificates", "git", "pipx", "python3-venv", "tzdata")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"


class LeftOut(Exception):
    """It cannot be tried here, and why."""


class Refused(LeftOut):
    """The kernel does not allow it."""


def cache():
    """A folder of ours that outlives a run of the tests: a root takes half a minute to make."""
    folder = Path(tempfile.gettempdir()) / f"dcops-install-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise LeftOut(f"{folder} belongs to somebody else")
    return folder


def require_possible():
    if os.getuid() != 0:
        raise LeftOut("a Debian root is made as root only")
    if not Path("/etc/debian_version").exists():
        raise LeftOut("this host is no Debian")
    for program, package in (("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"), ("nsenter", "util-linux")):
        if not shutil.which(program):
            raise LeftOut(f"{program} (package {package}) is not installed")


def refusal(*command):
    """What the kernel says against a command, with the command; empty when it allows it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{' '.join(command)}: {' '.join(done.stderr.split())}"


def require_namespaces(root):
    """Ask the kernel for each thing that booting needs, and name the one that it refuses."""
    probe = BOOT.read_text().rpartition("exec ")[0] + "exit 0\n"
    done = subprocess.run([*_NAMESPACES, "sh", "-xc", probe, "sh", root], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tried = [line for line in done.stderr.splitlines() if line.startswith("+ ")][-1:] or [" ".join(_NAMESPACES)]
        said = done.stderr.strip().splitlines()[-1:]
        raise Refused(f"the kernel refuses {tried[0].removeprefix('+ ')}: {' '.join(said)}")


def make_root():
    """The path of a fresh root; kept for the next time."""
    digest = hashlib.sha256(" ".join((SUITE, *PACKAGES)).encode()).hexdigest()[:12]
    kept = cache() / f"root-{digest}"
    for command in (("chroot", "/", "true"), ("unshare", "--mount", "true")):
        # mmdebstrap needs both, and the tests need the first.
        if (said := refusal(*command)) and (command[0] == "chroot" or not kept.is_dir()):
            raise Refused(f"the kernel refuses {said}")
    if not kept.is_dir():
        draft = cache() / f"draft-{os.getpid()}"
        command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(PACKAGES)}", SUITE, draft]
        sources = Path("/etc/apt/sources.list.d/debian.sources")
        if sources.is_file() and SUITE in sources.read_text():
            command.append(sources)
        done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            refused = [
                line for line in done.stderr.splitlines() if "ermission denied" in line or "not permitted" in line
            ]
            said = (refused or done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300]
            raise (Refused if refused else LeftOut)(f"mmdebstrap failed: {said}")
        # As the installer of Debian leaves it; mmdebstrap writes none.
        (draft / "etc" / "hosts").write_text("127.0.0.1\tlocalhost\n::1\tlocalhost\n")
        draft.rename(kept)
    return kept


def make_wheels():
    """A folder with dcops as it is now, and every wheel that installing it needs."""
    pinned = ROOT / "requirements" / "runtime.txt"
    digest = hashlib.sha256(pinned.read_bytes() + sys.version.encode()).hexdigest()[:12]
    kept = cache() / f"wheels-{digest}"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if not kept.is_dir():
        draft = cache() / f"wheels-draft-{os.getpid()}"
        wheel = [*pip, "wheel", "--no-build-isolation", "--require-hashes", "-r", pinned, "--wheel-dir", draft]
        subprocess.run(wheel, check=True, timeout=400)
        # pipx brings its own pip up to date, and builds nothing.
        tools = ["pip", "setuptools", "wheel"]
        subprocess.run([*pip, "download", "--no-deps", "--dest", draft, *tools], check=True, timeout=120)
        draft.rename(kept)
    return kept


def make_own_wheel(folder):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run(wheel, check=True, timeout=120)


class Host:
    """The root, and commands in it: before `boot` by chroot, afterwards beside its systemd."""

    def __init__(self, path):
        self.path = Path(path)
        self._unshare = None
        self._enter = ["chroot", str(path)]

    def run(self, command, *, check=True, timeout=120, network=True):
        """A line of shell, as root."""
        alone = not network and not refusal("unshare", "--net", "true")
        enter = ["unshare", "--net", *self._enter] if alone else self._enter
        done = subprocess.run(
            [*enter, "/bin/sh", "-c", command],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/root"},
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done

    def dcops(self, arguments, *, check=True):
        """dcops on its site root, as its account."""
        return self.run(f"runuser -u dcops -- dcops -C /srv/dcops {arguments}", check=check)

    def boot(self):
        self._unshare = subprocess.Popen([*_NAMESPACES, "sh", str(BOOT), str(self.path)], stdin=subprocess.DEVNULL)
        children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        until = time.monotonic() + 30
        while True:
            assert self._unshare.poll() is None, "the root did not boot"
            assert time.monotonic() < until, "the root did not finish to boot"
            if pid := children.read_text().strip():
                self._enter = ["nsenter", "--target", pid, "--mount", "--pid", "--root", "--wd"]
                with suppress(OSError):
                    if Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                        state = self.run("systemctl is-system-running", check=False).stdout.strip()
                        if state in ("running", "degraded"):
                            return
            time.sleep(0.1)

    def stop(self):
        if self._unshare:
            # Its death takes the namespaces along, and whatever runs in them.
            self._unshare.kill()
            self._unshare.wait(20)


_NAMESPACES = ("unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child")
