"""A wall clock that jumps by a day while the workers run: nothing old comes back, and nothing lives a day longer."""

import contextlib
import ctypes
import itertools
import os
import signal
import subprocess
from pathlib import Path

import pytest
from imagekitio import ImageKit

from conftest import PRIVATE_KEY
from instance import PROGRAM, is_alive, kill, wait_for
from scripted_origin import FIRST, SECOND
from sites import control, running, shows

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
assert LIBRARIES, "these tests need the Debian package libfaketime, which deploy/test installs"

THIRD = (30, 160, 30)


class Clock:
    """The wall clock of the program's processes; those of Redis, nginx and the origin stay right."""

    def __init__(self, file):
        self.file = file
        self.set("+0")

    def set(self, offset):
        new = self.file.with_suffix(".new")
        new.write_text(offset + "\n")
        new.rename(self.file)

    @property
    def environment(self):
        return {
            **os.environ,
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


def end_with_parent():
    """Told to end by the kernel when the tests end, however they do."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


@contextlib.contextmanager
def served_with(clock, instance):
    """`apus serve` of a running instance, replaced by one with this clock."""
    supervisor = instance.pid("apus")
    arguments = (instance.state / "serve.arguments").read_text().splitlines()
    folder = Path((instance.state / "socket-folder").read_text().strip())
    os.kill(supervisor, 15)
    wait_for(lambda: not is_alive(supervisor), what="the supervisor's end")
    socket = folder / "worker-1.sock"
    with open(instance.state / "apus.log", "ab") as log:
        process = subprocess.Popen(
            # `env` first: the library adds to the first environment that it meets; Swift would not find its arguments.
            ["env", PROGRAM, "serve", *arguments, "--listen", f"unix:{socket}"],
            env=clock.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    try:
        wait_for(socket.is_socket, what="its socket")
        link = folder / "worker.sock.new"
        link.symlink_to(socket)
        link.rename(folder / "worker.sock")
        wait_for(lambda: instance.get("/_apus/ready").status == 200, what="the workers")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            kill(process.pid)
            process.wait()
        socket.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def site_and_clock(workplace):
    clock = Clock(workplace / "wall-clock")
    # The library makes every look at the clock slow.
    timeouts = {"total": "10s", "redis": "500ms"}
    with running(workplace, "clock", 1, timeouts=timeouts) as (instance, sites), served_with(clock, instance):
        yield sites[0], clock


@pytest.fixture
def site(site_and_clock):
    return site_and_clock[0]


@pytest.fixture
def clock(site_and_clock):
    site_and_clock[1].set("+0")
    return site_and_clock[1]


_names = itertools.count(1)


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"


def purge(site, name):
    """Returns when every copy is unusable."""
    client = ImageKit(private_key=PRIVATE_KEY, base_url=site.instance.base)
    asked = client.cache.invalidation.create(url=f"{site.instance.base}/demo/plain{site.number}/page/{name}")
    wait_for(
        lambda: client.cache.invalidation.get(asked.request_id).status == "Completed", seconds=60, what="the purge"
    )


@pytest.mark.parametrize("jump", [pytest.param("+1d", marks=pytest.mark.long), "-1d"])
def test_what_is_good_for_a_minute_does_not_live_through_a_jump(site, clock, name, jump):
    site.origin.put(name, FIRST, cache_control="max-age=60")
    assert shows(site.get(name), FIRST)
    assert site.get(name).cache == "redis"
    clock.set(jump)
    site.origin.put(name, SECOND, cache_control="max-age=60")
    wait_for(lambda: shows(site.get(name), SECOND), what="the new picture")
    # And what was made in the jump ends with it.
    clock.set("+0")
    site.origin.put(name, THIRD, cache_control="max-age=60")
    wait_for(lambda: shows(site.get(name), THIRD), what="the newest picture")
    assert 0 < control(site.get(name))["max-age"] <= 60


@pytest.mark.long
@pytest.mark.parametrize("jump", ["+1d", "-1d"])
def test_pictures_are_delivered_all_the_time(site, clock, name, jump):
    site.origin.put(name, FIRST)
    for offset in ("+0", jump, "+0"):
        clock.set(offset)
        for number in range(3):
            answer = site.get(name, "plain")
            assert answer.status == 200 and shows(answer, FIRST), answer
            assert shows(site.get(f"{name}?{offset}{number}", "plain"), FIRST)
            told = control(answer)
            assert told["max-age"] <= 180 * 86400
        assert answer.cache in ("redis", "store")


@pytest.mark.long
@pytest.mark.parametrize("before, after", [("+1d", "+0"), ("+0", "+1d"), ("+0", "-1d"), ("-1d", "+0")])
def test_a_purge_holds_through_a_jump(site, clock, name, before, after):
    site.origin.put(name, FIRST)
    clock.set(before)
    assert shows(site.get(name, "plain"), FIRST)
    # Made under another clock, and hit by the purge as well.
    clock.set(after)
    assert shows(site.get(f"{name}?v=2", "plain"), FIRST)
    clock.set(before)
    site.origin.put(name, SECOND)
    purge(site, name)
    for offset in (before, after):
        clock.set(offset)
        site.instance.redis("FLUSHALL")
        for path in (name, f"{name}?v=2"):
            assert shows(site.get(path, "plain"), SECOND), (offset, path)
