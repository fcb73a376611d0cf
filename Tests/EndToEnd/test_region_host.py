"""`deploy/region` on a Debian 12 host of its own: from bare to the first picture over TLS, and back to bare."""

import re
import ssl

import pytest

from certificates import session_authority
from debian_host import Failed
from instance import wait_for
from region_host import (
    COMMAND,
    HTTP,
    NAME,
    OTHER_NAME,
    PICTURE,
    Load,
    Region,
    difference,
    main_pid,
    release_of,
    running_releases,
    state_of,
    worker_unit,
)

pytestmark = pytest.mark.long

LARGEST_EXPOSURE = 2.5
SERVICES = ("apus-nginx.service", "apus-redis.service")


# --- one command


def test_a_bare_host_answers_over_tls_after_one_command_and_is_bare_again_after_another(bare_host, operator):
    """From packages on, with nothing but a host's name."""
    before = state_of(bare_host)
    operator.region(bare_host, "install")
    certificate = operator.folder / "self-signed.pem"
    certificate.write_text(bare_host.read("/etc/apus/tls/certificate.pem"))
    answer = Region(bare_host, name="localhost", trusted=certificate).get(PICTURE.format(width=300))
    assert answer.status == 200 and answer.picture().width == 300
    assert answer["x-server"] == "Apus"
    operator.region(bare_host, "uninstall", "--packages")
    left = difference(before, state_of(bare_host))
    assert not {what: lines for what, lines in left.items() if what not in ("files", "units", "users")}, left
    # Debian's packages leave users, configuration and folders of their own.
    mine = [line for lines in left.values() for line in lines["more"] if re.search(r"apus|/etc/(nginx|redis)", line)]
    assert not mine, mine


def test_uninstall_leaves_the_host_as_it_was(packaged_host, operator):
    before = state_of(packaged_host)
    operator.install(packaged_host)
    Region(packaged_host).wait()
    operator.region(packaged_host, "uninstall")
    assert difference(before, state_of(packaged_host)) == {}


def test_what_was_installed_answers_as_it_was_asked_to(region):
    answer = region.get(PICTURE.format(width=320))
    assert answer.status == 200 and answer.picture().width == 320 and answer["x-apus-region"] == "here"
    shop = Region(region.host, name=OTHER_NAME)
    assert shop.get("/tr:w-50/kleiber.jpg").picture().width == 50
    plain = Region(region.host, port=HTTP, plain=True).get("/demo/kleiber.jpg?tr=w-10")
    assert plain.status in (301, 308) and plain["Location"] == f"https://{NAME}/demo/kleiber.jpg?tr=w-10"


def test_what_no_client_may_ask_is_not_answered(region):
    assert region.get("/_apus/metrics").status in (403, 404)
    assert region.host.said("curl -sk -o /dev/null -w '%{http_code}' https://127.0.0.1/_apus/ready") == "200"


def test_old_protocols_of_tls_are_refused(region):
    region.context.minimum_version = ssl.TLSVersion.TLSv1
    region.context.maximum_version = ssl.TLSVersion.TLSv1_1
    region.context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.raises(OSError):
        region.get(PICTURE.format(width=100))


def test_the_same_again_changes_nothing(region, operator):
    host = region.host

    def seen():
        """Sizes of caches follow the disk, which other tests fill meanwhile."""
        listed = host.said("cd /etc && find . -xdev -type f -not -name release.conf | sort | xargs sha256sum")
        host.run("sed -E 's/max_size=[0-9]+m//' /etc/apus/nginx/nginx.conf | sha256sum")
        return set(listed.splitlines())

    before, pids = seen(), [host.unit(name, "MainPID") for name in SERVICES]
    with Load(region) as load:
        operator.install(host)
        load.go_on()
    load.assert_none_failed()
    assert seen() == before
    assert [host.unit(name, "MainPID") for name in SERVICES] == pids
    assert running_releases(host) == {release_of(host)}


# --- as a user of it lives


def test_it_serves_after_a_restart_of_the_host(region):
    region.host.reboot()
    region.wait()
    assert region.host.said("systemctl is-system-running") == "running"


def test_it_serves_after_the_power_went(region):
    region.host.cut_power()
    region.host.boot()
    region.wait()
    assert region.host.said("systemctl --failed --plain --no-legend") == ""


@pytest.mark.parametrize("unit", ["apus-redis.service", "apus-nginx.service"])
def test_a_service_that_is_killed_comes_back(region, unit):
    host = region.host
    before = host.unit(unit, "MainPID")
    host.run(f"kill -9 {before}")
    wait_for(lambda: host.unit(unit, "MainPID") not in (before, "0"), 20, f"{unit} to come back")
    region.wait()


def test_without_redis_it_answers_all_the_same(region):
    with Load(region) as load:
        region.host.run("systemctl kill --signal=KILL apus-redis.service")
        load.go_on()
    load.assert_none_failed()


def test_a_killed_worker_is_replaced(region):
    host = region.host
    host.run(f"kill -9 {host.said(f'cat /proc/{main_pid(host)}/task/*/children').split()[0]}")
    region.wait()
    assert running_releases(host) == {release_of(host)}


def test_a_killed_supervisor_is_replaced(region):
    host = region.host
    before = main_pid(host)
    host.run(f"kill -9 {before}")
    wait_for(lambda: main_pid(host) not in (before, 0), 20, "systemd to start it again")
    region.wait()


# --- confined


def worker_of(host):
    """A worker process, child of the unit's main one."""
    return wait_for(lambda: host.said(f"cat /proc/{main_pid(host)}/task/*/children").split(), what="a worker")[0]


def as_worker(host, command):
    """Tries something with the identity, the files and the rights of a worker."""
    pid = worker_of(host)
    status = host.read(f"/proc/{pid}/status")
    user = re.search(r"^Uid:\t(\d+)", status, re.MULTILINE)[1]
    group = re.search(r"^Gid:\t(\d+)", status, re.MULTILINE)[1]
    assert host.run(f"nsenter -t {pid} -m -n -- true").returncode == 0
    return host.run(
        f"nsenter -t {pid} -m -n -- setpriv --reuid {user} --regid {group} --clear-groups --no-new-privs"
        f" --bounding-set=-all sh -c '{command}'",
        check=False,
    ).returncode


def test_a_worker_runs_as_somebody_who_may_nothing(region):
    status = region.host.read(f"/proc/{worker_of(region.host)}/status")
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert facts["Uid"].split()[0] == region.host.said("id -u apus")
    assert facts["NoNewPrivs"] == "1" and facts["Seccomp"] == "2"
    assert {facts[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}


@pytest.mark.parametrize(
    "command",
    ["echo >/etc/x", "echo >/usr/x", "echo >/opt/apus/x", "ls /root", "echo >/home/x", "echo >/boot/x", "cat /etc/shadow",
     "cat /etc/apus/tls/key.pem", "echo >/var/cache/apus/x"],
)  # fmt: skip
def test_a_worker_cannot(region, command):
    assert as_worker(region.host, command) != 0


def test_a_worker_can_write_where_it_must(region):
    assert as_worker(region.host, "true") == 0
    assert as_worker(region.host, "echo >/var/lib/apus/store/x && rm /var/lib/apus/store/x") == 0


def test_secrets_are_for_those_who_need_them(region):
    host = region.host
    for path in ("/opt/apus/current/deploy/environment", "/etc/apus/tls/key.pem", "/opt/apus/current/deploy/apus.yaml"):
        assert host.exists(path)
        assert host.run(f"cat {path}", user="nobody", check=False).returncode != 0, path
    for reader in ("apus", "www-data", "redis"):
        assert host.run("cat /opt/apus/current/deploy/environment", user=reader, check=False).returncode != 0, reader
    seen = host.said("cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'; systemctl show 'apus@*' --property=Environment,ExecStart")
    assert "private_demo_of_the_test" not in seen


def test_units_are_hardened(region):
    host = region.host
    for unit in (worker_unit(host), *SERVICES):
        said = host.said(f"systemd-analyze security --no-pager {unit} | tail -n 1")
        assert float(re.search(r"([0-9.]+) \w", said)[1]) < LARGEST_EXPOSURE, said


def test_no_unit_failed_and_none_has_a_mistake(region):
    host = region.host
    assert host.said("systemctl --failed --plain --no-legend") == ""
    units = " ".join(["apus.socket", "apus-workers.slice", worker_unit(host), *SERVICES])
    assert host.said(f"cd / && systemd-analyze verify --man=no {units} 2>&1 | grep apus || true") == ""


# --- what stays, and what is taken back

HOOK = "/etc/letsencrypt/renewal-hooks/deploy/apus"


def test_certbot_renews_what_it_brought_and_nothing_that_was_given(region, operator):
    """Somebody calls certbot by himself and gives what it has made; later he gives another one."""
    host = region.host
    host.run("mkdir -p /etc/letsencrypt/live/apus /etc/letsencrypt/archive/apus")
    host.write("/etc/letsencrypt/archive/apus/fullchain1.pem", operator.certificate.read_text())
    host.write("/etc/letsencrypt/live/apus/fullchain.pem", "renewed, while nobody listened")
    operator.region(host, "upgrade")
    assert host.exists(HOOK)
    certificate, key = session_authority().issue("given", [NAME, OTHER_NAME])
    operator.region(host, "upgrade", "--certificate", certificate, "--key", key)
    assert not host.exists(HOOK)
    operator.region(host, "uninstall")
    # It is not ours.
    assert host.exists("/etc/letsencrypt/live/apus/fullchain.pem")


def test_what_was_kept_can_be_taken_away_later(region, operator):
    host = region.host
    operator.region(host, "uninstall", "--keep-data")
    assert not host.exists(COMMAND) and host.exists("/opt/apus/current/deploy/apus.yaml")
    operator.region(host, "uninstall")
    assert not any(host.exists(folder) for folder in ("/opt/apus", "/etc/apus", "/var/lib/apus"))


def test_a_first_look_needs_nothing_but_a_line(packaged_host, operator):
    said = operator.region(packaged_host, "install", "--port", "8443").stdout
    assert re.search(r"answers on https://[^/ ]+:8443$", said, re.MULTILINE), said
    (address,) = re.findall(r"look: curl -k -o kleiber.jpg https://[^/:]+(:8443/demo/\S+)$", said, re.MULTILINE)
    assert packaged_host.said(f"curl -ks https://127.0.0.1{address} | head -c 3 | od -An -tx1").split() == ["ff", "d8", "ff"]
    assert "look:" not in operator.region(packaged_host, "upgrade").stdout


def test_what_was_asked_for_is_taken_back_by_a_word(region, operator):
    def asked():
        believed = [line for line in host.read("/etc/apus/nginx/nginx.conf").splitlines() if "real_ip" in line]
        return host.read("/opt/apus/current/deploy/settings"), "".join(believed)

    host = region.host
    before = asked()
    operator.region(host, "upgrade", "--proxies", "192.0.2.7", "--name", "third.example")
    assert "set_real_ip_from 192.0.2.7;" in asked()[1] and "third.example" in asked()[0]
    operator.region(host, "upgrade")
    assert "set_real_ip_from 192.0.2.7;" in asked()[1] and "third.example" in asked()[0]
    operator.region(host, "upgrade", "--proxies", "none", "--name", "none")
    assert asked() == before


def test_logs_are_turned_and_written_anew(region):
    host = region.host
    assert host.unit("logrotate.timer", "ActiveState") == "active"
    region.wait()
    host.run("logrotate --force /etc/logrotate.d/apus")
    region.wait()
    wait_for(lambda: "GET" in host.read("/var/log/apus/access.log"), 20, "a line in the new log")


# --- commands of every day


def test_status_is_one_screen(region, operator):
    for said in (region.host.said(f"{COMMAND} status"), operator.region(region.host, "status").stdout):
        assert release_of(region.host) in said
        assert len(said.splitlines()) <= 50 and max(map(len, said.splitlines())) <= 140
        assert "private_demo_of_the_test" not in said


def test_a_backup_brings_everything_back_elsewhere(region, operator, packaged_host):
    backup = operator.folder / "backup.tar"
    operator.region(region.host, "backup", backup)
    assert backup.stat().st_mode & 0o077 == 0
    operator.install(packaged_host)
    operator.region(packaged_host, "restore", backup)
    assert Region(packaged_host).get(PICTURE.format(width=100)).status == 200


@pytest.mark.parametrize("command", ["rollback", "status", "uninstall"])
def test_commands_on_a_host_without_a_region_say_so(packaged_host, operator, command):
    with pytest.raises(Failed) as failed:
        operator.region(packaged_host, command)
    assert "no region" in failed.value.done.stderr or "not installed" in failed.value.done.stderr, failed.value
