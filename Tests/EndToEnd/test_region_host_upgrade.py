"""Releases that follow one another on a host, while users ask: none of them notices, whatever the new release is worth."""

import shutil

import pytest

from certificates import session_authority
from debian_host import Failed
from instance import wait_for
from region_host import (
    COMMAND,
    NAME,
    PICTURE,
    Load,
    asked,
    main_pid,
    release_of,
    running_releases,
    state_of,
    worker_unit,
)

pytestmark = pytest.mark.long


@pytest.fixture
def load(region):
    """Users who ask before, during and after the test, and are never told no."""
    with Load(region) as load:
        yield load
        load.go_on()
    load.assert_none_failed()


def wrapped(tree, name, cases):
    """Puts a script in a program's place that does something else in some cases, and is the one that runs in others."""
    program = tree / "bin" / name
    program.write_text(f'#!/bin/sh\n{cases}\nexec /opt/apus/current/bin/{name} "$@"\n')
    program.chmod(0o755)


def sample_more(tree):
    """Another configuration of Redis."""
    with (tree / "deploy" / "host" / "redis.conf").open("a") as template:
        template.write("maxmemory-samples 9\n")


def renewed(tree):
    (tree / "deploy" / "commit").write_text("renewed\n")


# --- a release that is worth something


def test_another_configuration_takes_over_without_a_failed_request(region, operator, load):
    before = release_of(region.host)
    assert region.get("/demo/tr:n-tiny/kleiber.jpg").status == 400
    changed = operator.configure("changed")
    text = changed.read_text().replace('"publicKey"', '"namedTransformations": {"tiny": "w-20"}, "publicKey"')
    changed.write_text(text)
    operator.region(region.host, "upgrade", "--config", changed)
    assert region.get("/demo/tr:n-tiny/kleiber.jpg").picture().width == 20
    assert release_of(region.host, "previous") == before != release_of(region.host)
    assert running_releases(region.host) == {release_of(region.host)}


def test_another_program_takes_over_without_a_failed_request(region, operator, load):
    script = operator.another_release("renewed", renewed)
    before = main_pid(region.host)
    operator.region(region.host, "upgrade", script=script)
    assert release_of(region.host).endswith("-renewed")
    program = region.host.said(f"readlink /proc/{main_pid(region.host)}/exe")
    assert program == f"/opt/apus/releases/{release_of(region.host)}/bin/apus"
    assert not region.host.exists(f"/proc/{before}")


def test_an_upgrade_keeps_what_is_not_named(region, operator):
    before = {
        path: region.host.read(path)
        for path in ("/opt/apus/current/deploy/apus.yaml", "/etc/apus/tls/certificate.pem",
                     "/opt/apus/current/deploy/environment")
    }
    operator.region(region.host, "upgrade")
    for path, text in before.items():
        assert region.host.read(path) == text, path


def test_a_rollback_brings_back_program_and_configuration_without_a_failed_request(region, operator, load):
    first = release_of(region.host)
    operator.region(region.host, "upgrade", "--config", operator.configure("slow", timeouts={"total": "9s"}))
    second = release_of(region.host)
    operator.region(region.host, "rollback")
    assert (release_of(region.host), release_of(region.host, "previous")) == (first, second)
    assert '"10s"' in region.host.read("/opt/apus/current/deploy/apus.yaml")
    region.host.run(f"{COMMAND} rollback")
    assert (release_of(region.host), release_of(region.host, "previous")) == (second, first)


def test_upgrades_one_after_the_other_leave_few_releases(region, operator, load):
    for _ in range(3):
        operator.region(region.host, "upgrade")
    folders = region.host.said("ls /opt/apus/releases").split()
    assert len(folders) <= 3 and running_releases(region.host) == {release_of(region.host)}
    assert not [name for name in folders if name.endswith((".part", ".sending"))]


def test_a_request_under_way_is_answered_by_the_release_that_accepted_it(region, operator):
    """A slow client in the middle of a big file sees its end."""
    connection = region.connect()
    connection.request("GET", "/demo/tr:w-1200,f-png/kleiber.jpg")
    operator.region(region.host, "upgrade")
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200 and len(body) == int(response.headers["Content-Length"])


def test_an_open_connection_is_kept_when_only_the_program_changes(region):
    # The edge cache's size follows the disk, which others may fill meanwhile.
    upgrade = f"APUS_HOST_DISK_MB=20000 {COMMAND} upgrade"
    region.host.run(upgrade, seconds=120)
    connection = region.connect()
    assert asked(connection, PICTURE.format(width=100)).status == 200
    region.host.run(upgrade, seconds=120)
    assert asked(connection, PICTURE.format(width=101)).status == 200


# --- a release that is worth nothing


BROKEN = {
    "a program that exits": ("apus", '[ "$1" != serve ] || exit 1'),
    "a program that crashes": ("apus", '[ "$1" != serve ] || kill -SEGV $$'),
    "a render process that exits": ("apus-render", "exit 1"),
    "a render process that is silent": ("apus-render", "exec sleep 1000"),
}


def in_systemd(host):
    """What systemd has in mind, which files alone do not show."""
    return host.said(
        "systemctl show apus.socket apus-redis.service apus-nginx.service -p Id,Triggers,MainPID,NeedDaemonReload;"
        " systemctl list-units --all --plain --no-legend 'apus@*' | awk '{print $1, $3, $4}'"
    )


def untouched(host):
    return {
        "pid": main_pid(host),
        "started": host.unit(worker_unit(host), "ExecMainStartTimestampMonotonic", "NRestarts"),
        "links": [release_of(host, link) for link in ("current", "previous")],
        "systemd": in_systemd(host),
        "state": state_of(host),
    }


def assert_untouched(host, before):
    after = untouched(host)
    for part in ("pid", "started", "links", "systemd"):
        assert after[part] == before[part], part
    for what, lines in before["state"].items():
        more = after["state"][what] - lines
        less = lines - after["state"][what]
        # The cache and the logs go on.
        ours = {line for line in more | less if not any(word in line for word in ALIVE)}
        assert not ours, (what, sorted(ours))


ALIVE = ("/var/cache/apus", "/var/log/apus", "/var/lib/apus", "/opt/apus/releases", "/run/apus", "/tmp", "/var/lib/redis",
         "/opt/apus - ", " /etc/apus", "/etc/systemd/system")  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_release_that_does_not_work_is_taken_back(region, operator, load, case):
    name, cases = BROKEN[case]
    script = operator.another_release(f"broken {case}".replace(" ", "-"), lambda tree: wrapped(tree, name, cases))
    before = untouched(region.host)
    with pytest.raises(Failed) as failed:
        operator.region(region.host, "upgrade", script=script)
    assert_untouched(region.host, before)
    assert running_releases(region.host) == {release_of(region.host)}
    assert "did not start" in failed.value.done.stderr and "goes on as before" in failed.value.done.stdout


REFUSED = {
    "an unknown key": lambda text: text.replace('"accounts"', '"acounts"'),
    "no YAML": lambda text: text[:-20],
    "a missing secret": lambda text: text.replace("${DEMO_KEY}", "${NOBODY_KNOWS}"),
    "a folder that is not there": lambda text: text.replace('"samples"\n', '"elsewhere"\n'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_configuration_that_is_refused_touches_nothing(region, operator, load, case):
    path = operator.configure("refused")
    path.write_text(REFUSED[case](path.read_text()))
    before = untouched(region.host)
    with pytest.raises(Failed) as failed:
        operator.region(region.host, "upgrade", "--config", path, "--environment", operator.environment)
    assert "nothing was touched" in failed.value.done.stderr, failed.value
    assert_untouched(region.host, before)


def test_after_a_failure_the_next_upgrade_works(region, operator, load):
    script = operator.another_release("once-broken", lambda tree: wrapped(tree, *BROKEN["a program that exits"]))
    with pytest.raises(Failed):
        operator.region(region.host, "upgrade", script=script)
    operator.region(region.host, "upgrade")
    assert running_releases(region.host) == {release_of(region.host)}


def test_a_release_that_does_not_work_leaves_redis_and_the_certificate(region, operator, load):
    """Although it would change both."""
    host = region.host

    def change(tree):
        sample_more(tree)
        wrapped(tree, *BROKEN["a program that exits"])

    script = operator.another_release("broken-redis", change)
    host.copy_in(script.parents[1], "/root/release")
    pair = session_authority().issue("unused", [NAME])
    for file, name in zip(pair, ("certificate.pem", "key.pem"), strict=True):
        host.write(f"/root/{name}", file.read_text())
    before = untouched(host), host.read("/etc/apus/tls/certificate.pem"), host.read("/etc/apus/redis.conf")
    upgrade = "/root/release/deploy/region upgrade --certificate /root/certificate.pem --key /root/key.pem"
    assert host.run(upgrade, check=False, seconds=120).returncode != 0
    after = untouched(host), host.read("/etc/apus/tls/certificate.pem"), host.read("/etc/apus/redis.conf")
    assert after[1:] == before[1:]
    assert after[0]["systemd"] == before[0]["systemd"] and after[0]["pid"] == before[0]["pid"]
    folders = host.said("ls -A /opt/apus/releases /etc/apus/tls /opt/apus").split()
    assert not {"before", "pending"} & set(folders) and "given" not in host.said("ls /opt/apus/releases/*").split()


def test_another_configuration_of_redis_takes_effect(region, operator, load):
    operator.region(region.host, "upgrade", script=operator.another_release("redis", sample_more))
    asked_redis = "redis-cli -s /run/apus-redis/redis.sock config get maxmemory-samples | tail -n 1"
    assert region.host.said(asked_redis) == "9"


@pytest.mark.parametrize("signal", ["TERM", "HUP"])
def test_an_upgrade_comes_to_its_end_when_it_is_stopped_in_the_middle(region, load, signal):
    """By whoever called it, once its workers are being started."""
    host = region.host
    before = release_of(host)
    host.run(
        f"setsid {COMMAND} upgrade >/root/said 2>&1 & group=$!;"
        f" until grep -q 'starting the workers' /root/said; do sleep 0.05; done; kill -{signal} -- -$group;"
        " flock -w 120 /run/apus-region.lock true",
        seconds=180,
    )
    assert release_of(host) != before == release_of(host, "previous")
    assert running_releases(host) == {release_of(host)}
    assert "NeedDaemonReload=yes" not in in_systemd(host) and not host.exists("/opt/apus/pending")


def test_an_upgrade_that_was_killed_is_made_good_by_the_next(region, operator, load):
    host = region.host
    host.run(
        f"setsid {COMMAND} upgrade >/root/said 2>&1 & group=$!;"
        " until grep -q 'starting the workers' /root/said; do sleep 0.05; done; kill -KILL -- -$group"
    )
    host.run(f"{COMMAND} upgrade", seconds=120)
    assert running_releases(host) == {release_of(host)}
    assert "NeedDaemonReload=yes" not in in_systemd(host) and not host.exists("/opt/apus/pending")
    wait_for(lambda: host.said("systemctl --failed --plain --no-legend") == "", what="nothing to have failed")


def test_a_rollback_to_a_release_that_broke_since_is_taken_back(region, operator, load):
    operator.region(region.host, "upgrade")
    host = region.host
    broken = '#!/bin/sh\n[ "$1" != serve ] || exit 1\nexec /opt/apus/current/bin/apus "$@"\n'
    host.run("rm /opt/apus/previous/bin/apus")
    host.write("/opt/apus/previous/bin/apus", broken, "0755")
    before = main_pid(host), release_of(host), release_of(host, "previous")
    with pytest.raises(Failed):
        operator.region(host, "rollback")
    assert (main_pid(host), release_of(host), release_of(host, "previous")) == before


def test_a_first_install_that_does_not_work_can_be_done_again(packaged_host, operator):
    script = operator.another_release("broken-first", lambda tree: wrapped(tree, "apus-render", "exit 1"))
    with pytest.raises(Failed):
        operator.install(packaged_host, script=script)
    assert running_releases(packaged_host) == set()
    operator.install(packaged_host)
    assert running_releases(packaged_host) == {release_of(packaged_host)}
    wait_for(lambda: packaged_host.said("systemctl --failed --plain --no-legend") == "", what="nothing to have failed")


def test_a_bundle_installs_without_a_clone(packaged_host, operator, debian):
    """Unpacked on the host itself, as its README says."""
    script = operator.another_release("bundled", lambda tree: None)
    tree = script.parents[1]
    packaged_host.copy_in(tree, "/root/release")
    shutil.rmtree(tree)
    packaged_host.run("/root/release/deploy/region install", seconds=200)
    assert running_releases(packaged_host) == {release_of(packaged_host)}
