"""A connection that is lost in the middle of any step of `deploy/region`: users notice nothing, the next run goes on and
ends well."""

import os
import signal
import subprocess
import threading

import pytest

from instance import wait_for
from region_host import InTheWay, Load, Region, release_of, running_releases

pytestmark = pytest.mark.long

STEP_SECONDS = 240
# What a run announces, in this order.
OF_AN_UPGRADE = ("making release", "sending release", "starting Redis", "starting the workers", "giving nginx", "stopping")
OF_AN_INSTALL = ("making release", "sending release", "starting Redis", "starting the workers", "starting nginx")


class Run:
    """A run of deploy/region whose announced steps are seen as they come."""

    def __init__(self, operator, host, command, *options, ssh=None):
        self.lines = []
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", operator.network.name, *map(str, operator.words(host, command, *options))],
            env=operator.surroundings(ssh),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.lines.append(line)

    def reach(self, step):
        """Returns as soon as that is announced."""
        wait_for(lambda: self._has(step) or self._process.poll() is not None, STEP_SECONDS, step)
        assert self._has(step), self.lines

    def _has(self, step):
        return any(step in line for line in self.lines)

    def end(self):
        """Its status; a connection that is gone ends it."""
        code = self._process.wait(STEP_SECONDS)
        self._reader.join(10)
        return code

    def kill(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self.end()


@pytest.mark.parametrize("step", OF_AN_UPGRADE)
def test_an_upgrade_that_loses_its_connection_disturbs_nobody_and_is_done_by_the_next(region, operator, tmp_path, step):
    host = region.host
    way = InTheWay(tmp_path / "way")
    changed = operator.configure("step", timeouts={"total": "9s"})
    with Load(region) as load:
        run = Run(operator, host, "upgrade", "--config", changed, ssh=way.command)
        run.reach(step)
        way.cut()
        assert run.end() != 0 or "runs" in run.lines[-1], run.lines
        operator.region(host, "upgrade", "--config", changed)
        load.go_on()
    load.assert_none_failed()
    assert_well(host, '"9s"')


@pytest.mark.parametrize("step", OF_AN_INSTALL)
def test_a_first_install_that_loses_its_connection_is_done_by_the_next(packaged_host, operator, tmp_path, step):
    way = InTheWay(tmp_path / "way")
    run = Run(operator, packaged_host, "install", *operator.given(), ssh=way.command)
    run.reach(step)
    way.cut()
    run.end()
    operator.install(packaged_host)
    Region(packaged_host).wait()
    assert_well(packaged_host, '"10s"')


def test_an_install_that_is_interrupted_while_packages_come_is_done_by_the_next(bare_host, operator, tmp_path):
    way = InTheWay(tmp_path / "way")
    run = Run(operator, bare_host, "install", *operator.given(), ssh=way.command)
    wait_for(lambda: bare_host.run("pgrep -x dpkg || ls /proc/*/exe -l | grep -q bin/dpkg", check=False).returncode == 0,
             60, "packages to be unpacked")  # fmt: skip
    way.cut()
    run.end()
    operator.install(bare_host)
    Region(bare_host).wait()
    assert_well(bare_host, '"10s"')


@pytest.mark.parametrize("step", ["starting Redis", "starting the workers", "stopping"])
def test_a_host_that_loses_power_in_the_middle_of_an_upgrade_serves_when_it_is_back(region, operator, step):
    host = region.host
    run = Run(operator, host, "upgrade")
    run.reach(step)
    host.cut_power()
    run.end()
    host.boot()
    region.wait()
    operator.region(host, "upgrade")
    assert_well(host, '"10s"')


def test_a_cable_that_is_pulled_is_noticed(region, operator):
    host = region.host
    run = Run(operator, host, "upgrade")
    run.reach("sending release")
    host.unplug()
    assert run.end() != 0, run.lines
    host.plug_in()
    region.wait()
    operator.region(host, "upgrade")
    assert_well(host, '"10s"')


def test_two_upgrades_at_once_are_done_one_after_the_other(region, operator):
    with Load(region) as load:
        runs = [Run(operator, region.host, "upgrade") for _ in range(2)]
        codes = [run.end() for run in runs]
        load.go_on()
    load.assert_none_failed()
    assert 0 in codes, [run.lines for run in runs]
    assert_well(region.host, '"10s"')


def assert_well(host, words):
    """One release runs, it is the current one with the wanted configuration, and nothing half-done lies about."""
    assert running_releases(host) == {release_of(host)}
    assert words in host.read("/opt/apus/current/deploy/apus.yaml")
    left = host.said("find /opt/apus /etc/apus /etc/systemd/system -name '*.part' -o -name '*.sending' -o -name '*.new'"
                     " -o -name '*.??????' -not -name '*.socket' -not -name '*.target' -not -path '*/samples/*'")  # fmt: skip
    assert left == ""
    assert host.said("systemctl --failed --plain --no-legend") == ""
