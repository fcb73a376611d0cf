"""Group E: several nodes, full disks and jumping clocks, on servers of the suite's own."""

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

from abuse.cases import (
    LeftOut,
    Power,
    case,
    expect,
    expect_status,
    in_parallel,
)
from abuse.clock import LIBRARIES, Clock, served_by
from abuse.looking import BLUE, BUCKETS, RED, shows, slow_picture
from abuse.origin import send
from abuse.pictures import png
from abuse.purging import purge
from abuse.waiting import wait_for

NEEDS = (Power.CONFIGURE,)
NOTICE_SECONDS = 3


@contextmanager
def _pair(target):
    """Two nodes of one region, with the same Redis and origin: two servers, as (first, second)."""
    with target.own() as first:
        folder = (first.instance.state / "socket-folder").read_text().strip()

        def edit(configuration):
            configuration["accounts"][0]["origins"][1]["baseUrl"] = f"http://127.0.0.1:{first.origin.port}"

        with target.own(edit=edit, redis={"url": f"unix://{folder}/redis.sock"}) as second:
            yield first, second


@case("E19", "one cold picture that is asked for at two nodes at once costs one fetch and one rendering", needs=NEEDS)
def two_nodes(target):
    with _pair(target) as nodes:
        name = slow_picture(nodes[0], 1.5)

        def ask(number):
            node = nodes[number % 2]
            return node.at_origin(name, "w-40,f-png", headers={"Accept": BUCKETS[number // 2 % 4]})

        answers = in_parallel(16, ask)
        expect(all(shows(answer, BLUE) for answer in answers), f"answered {[str(answer) for answer in answers]}")
        expect(nodes[0].origin.count(name) == 1, f"the origin was asked {nodes[0].origin.count(name)} times")
        rendered = {answer["x-request-id"] for answer in answers if answer["x-apus-cache"] == "render"}
        expect(len(rendered) <= len(BUCKETS), f"{len(rendered)} answers say that they were rendered")


@case("E20", "when the node that makes a picture dies, another takes over within the deadline", needs=NEEDS)
def killed_holder(target):
    with _pair(target) as (first, second):
        name = slow_picture(first, 1.5)
        path = first.path("w-40,f-png", name, first.settings.origin_endpoint)
        asking = threading.Thread(target=_ignored, args=(first, path), daemon=True)
        asking.start()
        wait_for(lambda: first.origin.count(name) > 0, 10, "the question at the origin")
        answers = []
        following = threading.Thread(target=lambda: answers.append(second.get(path)), daemon=True)
        following.start()
        # Nothing outside shows that the second node waits for the first.
        time.sleep(0.3)
        for pid in first.instance.workers():
            os.kill(pid, signal.SIGKILL)
        following.join(second.settings.total + 5)
        expect(answers and shows(answers[0], BLUE), f"the follower is answered {answers and str(answers[0])}")
        asking.join(first.settings.total + 5)
        wait_for(lambda: first.ask("w-40").status == 200, 20, "the return of the node whose workers died")


def _ignored(server, path):
    try:
        server.wire.request(path)
    except OSError:
        pass


@contextmanager
def _mounted(folder, *options):
    done = subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LeftOut(f"nothing may be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@case("E23", "an edge cache on a disk that is full or read-only costs no picture", needs=NEEDS)
def full_edge(target):
    with target.own() as server:
        edge = server.instance.state / "edge"
        expect(edge.is_dir(), f"the edge cache is not at {edge}")
        with _mounted(edge, "-o", "size=1m"):
            # nginx has to see the new file system: it keeps none of it open but the folder's name.
            (edge / "ballast").write_bytes(b"")
            with open(edge / "ballast", "wb", buffering=0) as ballast:
                try:
                    while ballast.write(bytes(65536)):
                        pass
                except OSError:
                    pass
            _let_it_notice(server)
            _expect_pictures(server, "full")
            (edge / "ballast").unlink()
            done = subprocess.run(["mount", "-o", "remount,ro", str(edge)], capture_output=True, text=True, check=False)
            expect(done.returncode == 0, f"cannot be made read-only: {done.stderr}")
            _let_it_notice(server)
            _expect_pictures(server, "read-only")
        _expect_pictures(server, "there again")


def _let_it_notice(server):
    """A disk is looked at once a second, when there is something to keep; what meets it before that may be cut off.
    Nothing says when nginx has looked, so some looks have to pass."""
    end = time.monotonic() + NOTICE_SECONDS
    while time.monotonic() < end:
        _ignored(server, server.path("w-40", query=f"v={server.word()}"))
        time.sleep(0.2)


def _expect_pictures(server, what):
    for number in range(12):
        name = server.origin.picture(BLUE)
        for _ in range(2):
            expect(shows(server.at_origin(name, "w-40,f-png"), BLUE), f"{what}: picture {number} was not delivered")
        big = server.ask(f"w-{500 + number}")
        expect_status(big, 200, f"{what}: a larger one")
        expect(len(big.body) == int(big["Content-Length"]), f"{what}: a larger one is cut off")


@case(
    "E26",
    "a clock that jumps by a day, forwards and back, leaves nothing that never ends, and loses no purge",
    needs=NEEDS,
    seconds=300,
)
def jumping_clock(target):
    if not LIBRARIES:
        raise LeftOut("needs Debian's package libfaketime")
    clock = Clock(target.deployment.folder / f"clock{target.word()}")
    # Every look at the clock opens a file, which is slow.
    timeouts = {"total": "10s", "connect": "1s", "firstByte": "3s", "render": "8s", "redis": "500ms"}
    with target.own(timeouts=timeouts) as server, served_by(clock, server):
        for jump in ("+1d", "-1d"):
            _expect_well_through(server, clock, jump)


def _expect_well_through(server, clock, jump):
    clock.jump("+0")
    changing, missing = {"colour": RED}, f"{server.word()}.png"
    name = server.origin.act(lambda _, connection: send(connection, png(64, 48, changing["colour"])))
    expect(shows(server.at_origin(name, "w-40,f-png"), RED), "before the jump")
    expect_status(server.at_origin(missing, "w-40,f-png"), 404, "an error before the jump")
    clock.jump(jump)
    for number in range(4):
        expect_status(server.ask(f"w-{60 + number}"), 200, f"after a jump of {jump}")
    server.origin.act(server.origin.picture_of(BLUE), name=missing)
    patience = server.settings.error_age + server.settings.edge_age + 8
    wait_for(lambda: shows(server.at_origin(missing, "w-40,f-png"), BLUE), patience, f"an error's end, after {jump}")
    changing["colour"] = BLUE
    purge(server, server.path("", name, server.settings.origin_endpoint, is_signed=False))
    expect(shows(server.at_origin(name, "w-40,f-png"), BLUE), f"after {jump} a purge has no effect")
    clock.jump("+0")
    for number in range(4):
        expect_status(server.ask(f"w-{64 + number}"), 200, f"back from {jump}")
    answer = server.at_origin(name, "w-40,f-png", headers={"Accept": "image/webp"})
    expect(shows(answer, BLUE), f"back from {jump} the purged picture is back, too")
