"""`deploy/region` where something is wrong: with the host, the certificate, the command, or the connection. It says what,
and leaves the host as it was."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from certificates import DAY, session_authority
from debian_host import Failed
from instance import REPOSITORY
from region_host import (
    COMMAND,
    NAME,
    OTHER_NAME,
    Load,
    Region,
    difference,
    files_on,
    release_of,
    running_releases,
    state_of,
    worker_unit,
)

pytestmark = [
    pytest.mark.long,
    # Wrong arguments are tried on the machine of the tests itself.
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be nobody"),
]

SCRIPT = REPOSITORY / "deploy" / "region"


def refused(operator, host, *options, command="install", **further):
    """What it says when it does not do it."""
    with pytest.raises(Failed) as failed:
        operator.region(host, command, *options, **further)
    return failed.value.done.stderr


def nobody(*command):
    """The command as somebody who may nothing: on the machine of the tests itself nothing is to be installed."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", *command]


# --- without a host


def test_a_dry_run_needs_nobody_and_writes_nothing(debian):
    """Where nothing can be written but a folder for temporary files, which is empty afterwards."""
    temporary = debian.network.folder / "temporary"
    temporary.mkdir()
    prepared = f"mount -o bind,ro / / && mount -t tmpfs -o mode=1777 t {temporary}"
    done = debian.network.run(
        *("unshare", "--mount", "sh", "-ec", f'{prepared}; "$@"; ls -A {temporary} >&2', "sh"),
        *nobody(SCRIPT, "install", "--dry-run"),
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "TMPDIR": str(temporary)},
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    for word in ("/etc/systemd/system/apus@.service", "/etc/apus/nginx", "nothing was touched"):
        assert word in done.stdout, word


@pytest.mark.parametrize("command", ["install", "upgrade"])
def test_a_dry_run_on_a_host_tells_what_would_change(region, command):
    host = region.host
    before = files_but_logs(host)
    said = host.said(f"{COMMAND} {command} --dry-run")
    assert "as it is: /etc/apus/redis.conf" in said and "as it is: /etc/systemd/system/apus.socket" in said, said
    assert f"and then stop the release before, {release_of(host)}" in said
    assert files_but_logs(host) == before


def files_but_logs(host):
    """nginx writes the lines of the requests before a moment later."""
    return {line for line in files_on(host) if "/var/log/" not in line}


def test_a_dry_run_with_another_configuration_tells_what_that_would_change(region, operator):
    """It has a secret by name, which is the release's."""
    other = operator.configure("other", regions={"there": {"url": f"https://{NAME}"}})
    region.host.write("/root/other.yaml", other.read_text())
    said = region.host.said(f"{COMMAND} upgrade --dry-run --config /root/other.yaml")
    assert re.search(r"^ *\+.*there", said, re.MULTILINE), said


def test_a_dry_run_by_somebody_who_may_not_read_the_configuration_says_so(region):
    done = region.host.run(f"{COMMAND} upgrade --dry-run", user="nobody", check=False)
    assert done.returncode != 0 and "call it with sudo" in done.stderr, done


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["sideways"], "unknown command"),
        (["install", "--sideways", "x"], "unknown option"),
        (["install", "--port", "0"], "--port"),
        (["install", "--port", "http"], "--port"),
        (["install", "--role", "king"], "--role"),
        (["install", "--config", "/nonexistent"], "cannot read"),
        (["install", "--config"], "needs a value"),
        (["install", "--certificate", "/etc/hostname"], "go together"),
        (["install", "--certbot", "nobody"], "--certbot"),
        (["install", "--name", "-x"], "--name"),
        (["install", "--name", "a_b"], "--name"),
        *[
            (["install", "--proxies", proxies], "--proxies")
            for proxies in ("everybody", "10.0.0.0/33", "10.0.0/8", "10.0.0.256", "10.0.0.0/08", "10.0.0.0/", "fd00::/129")
            + ("fd00::1::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fd00:::1", "12345::", ":1", "10.0.0.1,x")
        ],
        (["install", "--port", "80"], "--port"),
        (["install", "--host", "-oProxyCommand=touch /tmp/x"], "--host"),
        (["backup"], "needs a file"),
        (["rollback", "--role", "worker"], "--role is not for rollback"),
        (["status", "--certbot", "nobody@img.example"], "--certbot is not for status"),
        (["bundle", "file", "--host", "root@img.example"], "--host is not for bundle"),
        (["install", "--keep-data"], "--keep-data is not for install"),
        (["uninstall", "--originals"], "--originals is not for uninstall"),
        (["status", "everything"], "no use for 'everything'"),
        (["backup", "one", "two"], "no use for 'two'"),
        (["receive"], "a step of install"),
        (["activate"], "a step of install"),
        (["certify"], "a step of install"),
        (["put-back"], "a step of install"),
    ],
)
def test_wrong_arguments_are_told(arguments, word):
    done = subprocess.run(nobody(SCRIPT, *arguments), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0 and word in done.stderr, done


@pytest.mark.parametrize(
    "proxies", ["10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "::1", "::", "fd00::/8,10.0.0.1/32", "1:2:3:4:5:6:7:8/128"]
)
def test_networks_are_taken(proxies, open_folder):
    assert f"set_real_ip_from {proxies.split(',')[-1]};" in dry_run("--proxies", proxies, to=open_folder / "there")


@pytest.fixture
def open_folder():
    """Where everybody may write."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


def dry_run(*options, to):
    """nginx' files of a dry run on the machine of the tests."""
    command = nobody(SCRIPT, "install", "--dry-run", "--to", str(to), *options)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done
    return "".join(file.read_text() for file in (to / "etc/apus/nginx").iterdir())


def test_a_dry_run_with_a_certificate_looks_at_it():
    pair = session_authority().issue("dry", ["elsewhere.example"])
    command = [SCRIPT, "install", "--dry-run", "--name", NAME, *given(*pair)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and not done.stderr and f"the certificate is not for {NAME}" in done.stdout, done


def test_a_dry_run_writes_over_nothing_but_what_another_has_written(open_folder):
    folder = open_folder / "some" / "where"
    assert "listen 8443" in dry_run("--port", "8443", to=folder)
    assert "listen 8443" not in dry_run(to=folder)
    assert (folder / "etc/apus/redis.conf").exists()
    (folder / "etc/mine").write_text("mine")
    for target in (folder, open_folder):
        command = nobody(SCRIPT, "install", "--dry-run", "--to", str(target))
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode != 0 and "something else in it" in done.stderr, done
    assert (folder / "etc/mine").read_text() == "mine"


def test_help_needs_nothing():
    done = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, timeout=60, check=True)
    assert "install" in done.stdout and "--dry-run" in done.stdout


# --- the host


def test_who_is_not_root_is_told(region):
    for command in ("install", "upgrade", "rollback", "uninstall", "backup /tmp/x"):
        done = region.host.run(f"{COMMAND} {command}", user="nobody", check=False)
        assert done.returncode != 0 and "root" in done.stderr, (command, done)
    assert running_releases(region.host) == {release_of(region.host)}


def test_a_user_without_sudo_is_told(packaged_host, operator):
    packaged_host.run("useradd --create-home someone")
    operator.trust(packaged_host, "someone")
    before = state_of(packaged_host)
    assert refused(operator, packaged_host, user="someone")
    assert difference(before, state_of(packaged_host)) == {}


@pytest.mark.parametrize(
    "release",
    [
        'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"',
        'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"',
        'ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"',
    ],
)
def test_another_distribution_is_named_and_left_alone(packaged_host, operator, release):
    packaged_host.run("rm /etc/os-release")
    packaged_host.write("/etc/os-release", f"{release}\n")
    before = state_of(packaged_host)
    said = refused(operator, packaged_host)
    assert release.split('PRETTY_NAME="')[1].rstrip('"') in said and "Debian 12" in said
    assert difference(before, state_of(packaged_host)) == {}


@pytest.mark.parametrize("made", ["useradd --create-home --shell /bin/bash apus", "groupadd apus"], ids=["user", "group"])
def test_somebody_else_of_that_name_is_left_alone(packaged_host, operator, made):
    packaged_host.run(made)
    before = state_of(packaged_host)
    assert "is not a region's" in refused(operator, packaged_host)
    assert difference(before, state_of(packaged_host)) == {}


@pytest.mark.parametrize("folder", ["/opt", "/var"])
def test_too_little_room_is_told_before_anything_is_done(packaged_host, operator, folder):
    # What lay there goes along, as the packages' database does.
    packaged_host.run(
        f"cp -a {folder} /{folder[1:]}.copy && mount -t tmpfs -o size=300m,mode=755 small {folder}"
        f" && cp -a /{folder[1:]}.copy/. {folder}/ && rm -rf /{folder[1:]}.copy"
    )
    before = state_of(packaged_host)
    said = refused(operator, packaged_host)
    assert f"{folder} has" in said and "free" in said, said
    assert difference(before, state_of(packaged_host)) == {}


def test_a_disk_that_is_full_in_the_middle_of_an_upgrade_disturbs_nobody(region, operator):
    host = region.host
    before = host.unit(worker_unit(host), "MainPID"), release_of(host)
    host.run(
        "cp -a /opt /opt.copy && mount -t tmpfs -o size=$(($(du -sm /opt.copy | cut -f1) + 30))m,mode=755 small /opt"
        " && cp -a /opt.copy/. /opt/"
    )
    with Load(region) as load:
        refused(operator, host, command="upgrade")
        load.go_on()
    load.assert_none_failed()
    assert (host.unit(worker_unit(host), "MainPID"), release_of(host)) == before


@pytest.mark.parametrize("port", [80, 443, 8443])
def test_a_port_that_is_taken_is_named_with_who_has_it(packaged_host, operator, port):
    packaged_host.run(
        f"systemd-socket-activate --listen={port} --inetd cat </dev/null >/dev/null 2>&1 & sleep 0.3; ss -Hltn sport = :{port}"
    )
    said = refused(operator, packaged_host, *(["--port", str(port)] if port == 8443 else []))
    assert f"port {port} is taken by systemd-socket" in said and "--port" in said, said
    assert running_releases(packaged_host) == set()


def test_without_a_way_to_its_packages_it_says_so(bare_host, operator):
    bare_host.write("/etc/apt/sources.list", "deb [trusted=yes] file:/nowhere ./\n")
    before = state_of(bare_host)
    said = refused(operator, bare_host)
    assert "/nowhere" in said and "installing failed" in said
    left = difference(before, state_of(bare_host))
    assert set(left) <= {"files"} and all("/opt" in line for line in left.get("files", {"more": []})["more"]), left
    bare_host.write("/etc/apt/sources.list", "deb [trusted=yes] file:/srv/archive ./\n")
    operator.region(bare_host, "install")
    assert running_releases(bare_host) == {release_of(bare_host)}


def test_what_nginx_refuses_leaves_nothing(region, operator):
    def left():
        # What is put back lies in a folder of its own name.
        return re.sub("nginx-.{6}", "nginx-X", region.host.said("ls -d /etc/apus/* /opt/apus/releases/*"))

    def broken(tree):
        file = tree / "nginx" / "nginx.conf"
        file.write_text(file.read_text() + "nonsense;\n")

    before = left()
    said = refused(operator, region.host, command="upgrade", script=operator.another_release("refused", broken))
    assert "nginx refuses its configuration" in said and "nonsense" in said, said
    assert left() == before


# --- the certificate


def given(certificate, key):
    return "--certificate", certificate, "--key", key


def test_a_key_of_another_certificate_is_refused(packaged_host, operator):
    one, other = session_authority().issue("one", [NAME]), session_authority().issue("other", [NAME])
    assert "does not belong" in refused(operator, packaged_host, *given(one[0], other[1]))
    assert running_releases(packaged_host) == set()


def test_a_certificate_past_its_time_is_refused(region, operator):
    before = region.host.read("/etc/apus/tls/certificate.pem")
    old = session_authority().issue("old", [NAME], valid_for=-DAY)
    assert "expired" in refused(operator, region.host, *given(*old), command="upgrade")
    assert region.host.read("/etc/apus/tls/certificate.pem") == before


def test_what_is_no_certificate_is_refused(region, operator, tmp_path):
    file = tmp_path / "file.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    good = session_authority().issue("good", [NAME])
    assert "PEM" in refused(operator, region.host, *given(file, good[1]), command="upgrade")
    assert "PEM" in refused(operator, region.host, *given(good[0], file), command="upgrade")


def test_where_only_the_certificate_is_missing_that_is_said(region, operator):
    """Nobody can be asked for one here."""
    before = release_of(region.host)
    said = refused(operator, region.host, "--certbot", f"somebody@{NAME}", command="upgrade")
    assert "runs; only the certificate is missing" in said and "has not taken" not in said, said
    assert release_of(region.host) != before and region.get("/demo/tr:w-9/kleiber.jpg").status == 200


def test_a_certificate_for_another_name_is_warned_of(region, operator):
    other = session_authority().issue("other", ["elsewhere.example"])
    said = operator.region(region.host, "upgrade", *given(*other))
    assert f"not for {NAME}" in said.stdout + said.stderr and f"not for {OTHER_NAME}" in said.stdout + said.stderr
    assert Region(region.host, name="elsewhere.example").get("/demo/tr:w-9/kleiber.jpg").status == 200


def test_another_certificate_is_shown_without_a_failed_request(region, operator):
    new = session_authority().issue("new", [NAME, OTHER_NAME, "third.example"])
    with Load(region) as load:
        operator.region(region.host, "upgrade", *given(*new))
        load.go_on()
    load.assert_none_failed()
    assert Region(region.host, name="third.example").get("/demo/tr:w-9/kleiber.jpg").status == 200


# --- the connection


def test_a_host_that_is_not_there_is_told(debian, operator, packaged_host):
    packaged_host.unplug()
    said = refused(operator, packaged_host, command="status")
    assert packaged_host.address in said
    packaged_host.plug_in()


def test_a_host_that_is_not_known_is_not_trusted(debian, operator):
    with debian.network.booted(debian.roots.packaged, debian.roots.archive) as stranger:
        said = refused(operator, stranger)
        assert "Host key verification failed" in said or "cannot reach" in said
