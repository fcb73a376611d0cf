"""Roots of bare Debian 12 hosts, made once and kept below `.build`: what debootstrap makes, the packages that
deploy/region installs as an archive of files, and both together. Booted by `debian_host`, on an overlay each."""

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from instance import REPOSITORY

FOLDER = REPOSITORY / ".build" / "debian"
SUITE = "bookworm"
# What a host has when it is handed over: systemd, ssh, and no more than Debian calls required.
BARE_PACKAGES = ("systemd", "systemd-sysv", "dbus", "iproute2", "ca-certificates", "openssh-server")
# What some options of it install besides.
FURTHER_PACKAGES = ("certbot", "logrotate")
# Where the archive lies in the roots.
ARCHIVE = "/srv/archive"
PROGRAMS = {
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "nsenter": "util-linux",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "dpkg-scanpackages": "dpkg-dev",
}
# Changes with what is done to the roots below.
EDITION = 1
MAKING_SECONDS = 900


class CannotMake(Exception):
    """What this machine lacks, as a sentence."""


def lacking():
    """Why no Debian host can be booted here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root, to boot a Debian root"
    if missing := [package for program, package in PROGRAMS.items() if shutil.which(program) is None]:
        return f"needs the Debian packages {' '.join(missing)}"
    return _lacking_of_the_kernel()


@functools.cache
def _lacking_of_the_kernel():
    """Tried where it costs nothing: in namespaces that end at once."""
    tries = {
        "network namespaces": "unshare --net true",
        "overlayfs": "unshare --mount sh -c 'd=$(mktemp -d) && mount -t tmpfs t $d && cd $d && mkdir l u w m &&"
        " mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m; s=$?; cd /; umount -l $d; rmdir $d; exit $s'",
    }
    for what, command in tries.items():
        if subprocess.run(command, shell=True, capture_output=True, check=False).returncode != 0:
            return f"needs {what}, which this machine does not allow"
    return ""


@dataclass(frozen=True)
class Roots:
    """`bare` and `packaged` are lower layers of overlays, the uppermost first; `archive` goes to ARCHIVE in both."""

    bare: tuple[Path, ...]
    packaged: tuple[Path, ...]
    archive: Path


def host_packages():
    """All that `deploy/region` may install."""
    command = "source deploy/lib/common.sh && source deploy/lib/packages.sh && host_packages all"
    environment = {**os.environ, "repository": str(REPOSITORY)}
    return [*_run("bash", "-ec", command, cwd=REPOSITORY, environment=environment).split(), *FURTHER_PACKAGES]


@contextlib.contextmanager
def roots(boot):
    """Holds the roots until the block ends; makes what is missing. `boot(layers, archive)` gives a running host as a
    context, whose own layer is its `upper`."""
    wanted = host_packages()
    words = " ".join([str(EDITION), SUITE, *BARE_PACKAGES, "/", *wanted])
    folder = FOLDER / hashlib.sha256(words.encode()).hexdigest()[:12]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        # Several may use them at once; one that makes them is alone.
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not (folder / "packages").exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
            _make(folder, wanted, boot)
            fcntl.flock(lock, fcntl.LOCK_SH)
        base, packages = folder / "base", folder / "packages"
        yield Roots((base,), (packages, base), folder / "archive")


def _make(folder, wanted, boot):
    for other in FOLDER.iterdir():
        if other.is_dir() and other != folder and not other.name.startswith("run-"):
            shutil.rmtree(other)
    folder.mkdir(exist_ok=True)
    _once(folder / "base", _make_base)
    _once(folder / "archive", lambda target: _make_archive(target, folder, wanted))
    _once(folder / "packages", lambda target: _make_packages(target, folder, wanted, boot))


def _once(target, make):
    """A folder is there as a whole or not at all."""
    if target.exists():
        return
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    make(part)
    os.sync()
    part.rename(target)


# --- the parts


def _make_base(target):
    _run("debootstrap", "--variant=minbase", f"--include={','.join(BARE_PACKAGES)}", SUITE, target, _mirror())
    # An archive of files is all that can be reached from there; waiting for the disk is of no use here.
    (target / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{ARCHIVE} ./\n")
    (target / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
    (target / "etc/hostname").write_text("host\n")
    (target / "etc/hosts").write_text("127.0.0.1 localhost host\n::1 localhost\n")
    (target / "etc/resolv.conf").unlink(missing_ok=True)
    (target / "etc/resolv.conf").write_text("")
    (target / "etc/machine-id").write_text("")
    for unneeded in (*(target / "var/cache/apt/archives").glob("*.deb"), *(target / "var/lib/apt/lists").glob("*_*")):
        unneeded.unlink()


def _mirror():
    """Where this machine has its own Debian packages from."""
    listed = _run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages").splitlines()
    sites = [site for site, release in (line.split() for line in listed) if release == SUITE]
    if not sites:
        raise CannotMake(f"apt's sources on this machine do not name Debian's {SUITE}")
    return sites[0]


def _make_archive(target, folder, wanted):
    """Everything that the bare root lacks for them, by this machine's sources as they are now."""
    state, cache = folder / "apt-state", target / "cache"
    for made in (state / "lists" / "partial", cache / "archives" / "partial"):
        made.mkdir(parents=True)
    options = [
        f"Dir::State={state}",
        f"Dir::State::status={folder / 'base' / 'var/lib/dpkg/status'}",
        f"Dir::Cache={cache}",
        "APT::Sandbox::User=root",
        "APT::Update::Post-Invoke::=",
    ]
    apt = ["apt-get", "-q", *(word for option in options for word in ("-o", option))]
    _run(*apt, "update")
    _run(*apt, "install", "-y", "--download-only", "--no-install-recommends", *wanted)
    for package in (cache / "archives").glob("*.deb"):
        package.rename(target / package.name)
    for unneeded in (state, cache):
        shutil.rmtree(unneeded)
    (target / "Packages").write_text(_run("dpkg-scanpackages", "--multiversion", ".", cwd=target))


def _make_packages(target, folder, wanted, boot):
    """As the script itself would install them, so that a region's tests find them there."""
    with boot((folder / "base",), folder / "archive") as host:
        host.copy_in(REPOSITORY / "deploy" / "lib", "/root/lib")
        packages = " ".join(name for name in wanted if name != "certbot")
        host.run(
            f"cd /root && source lib/common.sh && source lib/packages.sh && install_packages {packages}"
            " && rm -rf /root/lib /var/lib/apt/lists/*_* && apt-get clean",
            seconds=MAKING_SECONDS,
            environment={"repository": "/root"},
        )
        host.power_off()
        host.upper.rename(target)


def _run(*command, cwd=None, environment=None):
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=MAKING_SECONDS,
        check=False,
        env={**(environment or os.environ), "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-2000:]
        raise CannotMake(f"{command[0]} failed after {time.monotonic() - began:.0f} s:\n{said}")
    return done.stdout
