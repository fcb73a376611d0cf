"""What deploy/region writes onto a host, without a host: the units as systemd judges them, the configuration of Redis,
the hook of certbot."""

import re
import shutil
import subprocess

import pytest

from host_scripts import RELEASE, fake_programs, fill_templates

UNITS = ["apus.socket", "apus@.service", "apus-workers.slice", "apus-nginx.service", "apus-redis.service"]
SERVICES = [unit for unit in UNITS if unit.endswith(".service")]
MOST_EXPOSURE = 2.5

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (systemd)")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return fill_templates(tmp_path_factory.mktemp("host"))


def unit(filled, name):
    return filled / "etc/systemd/system" / name


def test_no_template_keeps_a_name_to_fill_in(filled):
    for path in filter(lambda path: path.is_file(), filled.rglob("*")):
        assert not re.search(r"@[a-z][A-Za-z0-9]*@", path.read_text()), path


@needs_systemd
def test_systemd_accepts_the_units(filled, tmp_path):
    """In a root of their own, where the programs that they name are there."""
    folder = tmp_path / "etc/systemd/system"
    shutil.copytree(unit(filled, "."), folder)
    # An instance is known by its own name only.
    shutil.copy(folder / "apus@.service", folder / f"apus@{RELEASE}.service")
    programs = re.findall(r"^Exec\w+=(/\S+)", "".join((folder / name).read_text() for name in SERVICES), re.M)
    for program in (path.replace("%i", RELEASE) for path in programs):
        target = tmp_path / program.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("#!/bin/sh\n")
        target.chmod(0o755)
    names = [f"apus@{RELEASE}.service" if name == "apus@.service" else name for name in UNITS]
    # Units of the system itself are not in this root.
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", f"--root={tmp_path}", *names],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "apus" in line and "Unit" not in line]
    assert (done.returncode, said) == (0, []), done.stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_exposed_little(filled, name):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit(filled, name))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert exposure, done.stdout + done.stderr
    assert float(exposure[1]) < MOST_EXPOSURE


def test_what_workers_need_is_not_forbidden(filled):
    """Each of these lines stood in the way of pictures when it was tried."""
    text = unit(filled, "apus@.service").read_text()
    # openat2(2), which DISK origins use; code made at run time by libvips' Orc.
    assert not re.search(r"^(RestrictSUIDSGID|MemoryDenyWriteExecute)=yes", text, re.M)
    # One render process too large must not end the service.
    assert re.search(r"^OOMPolicy=continue$", text, re.M)
    allowed = " ".join(re.findall(r"^SystemCallFilter=([a-z].*)", text, re.M)).split()
    assert {"sched_setscheduler", "seccomp", "landlock_restrict_self"} <= set(allowed)


def test_folders_that_releases_share_outlive_each_of_them(filled):
    text = unit(filled, "apus@.service").read_text()
    assert "RuntimeDirectoryPreserve=yes" in text


# --- redis.conf, logrotate, the hook of certbot


@pytest.mark.parametrize(
    ("name", "value"), [("maxmemory-policy", "volatile-lfu"), ("maxmemory", str(426 * 2**20)), ("save", "")]
)
def test_redis_takes_its_configuration(filled, tmp_path, name, value):
    configuration = tmp_path / "redis.conf"
    text = (filled / "etc/apus/redis.conf").read_text().replace("/run/apus-redis", str(tmp_path))
    configuration.write_text(re.sub(r"^maxmemory .*", "maxmemory 426mb", text, flags=re.M))
    server = subprocess.Popen(["redis-server", str(configuration)], stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        for line in server.stdout:
            said += line
            if "ready to accept connections" in line:
                break
        done = subprocess.run(
            ["redis-cli", "-s", str(tmp_path / "redis.sock"), "config", "get", name],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        assert done.stdout.split("\n")[:2] == [name, value], said
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.mark.parametrize(("lineage", "is_copied"), [("apus", True), ("somebody-elses", False)])
def test_a_renewed_certificate_is_copied_and_given_to_nginx(filled, tmp_path, lineage, is_copied):
    tls, live = tmp_path / "tls", tmp_path / "live" / lineage
    tls.mkdir()
    live.mkdir(parents=True)
    (live / "fullchain.pem").write_text("certificate\n")
    (live / "privkey.pem").write_text("key\n")
    hook = tmp_path / "hook"
    text = (filled / "etc/letsencrypt/renewal-hooks/deploy/apus").read_text()
    hook.write_text(text.replace("/etc/apus/tls", str(tls)))
    programs = fake_programs(tmp_path, systemctl='echo "$*" >>"$CALLS"', install=_INSTALL_AS_ANYBODY)
    done = subprocess.run(
        ["sh", str(hook)],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        env={"PATH": programs, "RENEWED_LINEAGE": str(live), "CALLS": str(tmp_path / "calls")},
    )
    assert done.returncode == 0, done.stderr
    if is_copied:
        assert (tls / "certificate.pem").read_text() == "certificate\n"
        assert (tls / "key.pem").read_text() == "key\n"
        assert (tls / "key.pem").stat().st_mode & 0o777 == 0o640
        assert (tmp_path / "calls").read_text().splitlines()[-1] == "reload apus-nginx.service"
    assert len(list(tls.iterdir())) == (2 if is_copied else 0)


# Leaves out the owner, who may not be ours to give.
_INSTALL_AS_ANYBODY = 'shift 4; exec /usr/bin/install "$@"'
