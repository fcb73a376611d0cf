"""Group E: Redis, and what it holds, is damaged, away, full or somebody else's. On servers of the suite's own."""

import os
import signal
import threading
import time
from contextlib import contextmanager

from abuse.cases import (
    Power,
    case,
    expect,
    for_each,
    in_parallel,
)
from abuse.looking import BLUE, BUCKETS, RED, shows, slow_picture
from abuse.waiting import wait_for

NEEDS = (Power.CONFIGURE,)


def _entry_keys(server):
    return {key for key in server.instance.redis("--scan").split() if not key.endswith(":purges")}


DAMAGES = {
    "empty": lambda server, key: server.instance.redis("SET", key, ""),
    "foreign": lambda server, key: server.instance.redis("SET", key, "not what was stored here"),
    "altered at its end": lambda server, key: server.instance.redis(
        "SETRANGE", key, int(server.instance.redis("STRLEN", key)) - 7, "altered"
    ),
    "altered in its middle": lambda server, key: server.instance.redis(
        "SETRANGE", key, int(server.instance.redis("STRLEN", key)) // 2, "x"
    ),
    "altered in its head": lambda server, key: server.instance.redis("SETRANGE", key, 2, "xxxx"),
    "longer": lambda server, key: server.instance.redis("APPEND", key, "x" * 1000),
    "64 MB long": lambda server, key: server.instance.redis("SETRANGE", key, 64_000_000, "x"),
    "a list": lambda server, key: (server.instance.redis("DEL", key), server.instance.redis("RPUSH", key, "x")),
    "a hash": lambda server, key: (server.instance.redis("DEL", key), server.instance.redis("HSET", key, "x", "y")),
    "a stream": lambda server, key: (
        server.instance.redis("DEL", key),
        server.instance.redis("XADD", key, "*", "x", "y"),
    ),
}


@case(
    "E17",
    "a value in Redis that is damaged, foreign, huge or of another type is never delivered, and is replaced",
    needs=NEEDS,
)
def damaged_values(target):
    with target.own() as server:

        def act(what):
            name = server.origin.picture(BLUE)
            before = _entry_keys(server)
            good = server.at_origin(name, "w-40,f-png")
            keys = _entry_keys(server) - before
            expect(keys, "nothing was put into Redis")
            for key in keys:
                DAMAGES[what](server, key)
            for bucket in BUCKETS:
                answer = server.at_origin(name, "w-40,f-png", headers={"Accept": bucket})
                expect(answer.status == 200 and answer.body == good.body, f"{what}: {answer} is another picture")
            expect(server.origin.count(name) <= 2, f"{what}: the origin was asked {server.origin.count(name)} times")

        for_each(DAMAGES, act)
        first, second = server.origin.picture(RED), server.origin.picture(BLUE)
        before = _entry_keys(server)
        server.at_origin(first, "w-41,f-png")
        (one,) = [key for key in _entry_keys(server) - before if int(server.instance.redis("STRLEN", key) or 0) > 60][
            :1
        ]
        before = _entry_keys(server)
        server.at_origin(second, "w-41,f-png")
        for key in _entry_keys(server) - before:
            server.instance.redis("COPY", one, key, "REPLACE")
        answer = server.at_origin(second, "w-41,f-png", headers={"Accept": "image/webp"})
        expect(shows(answer, BLUE), "another picture's entry was delivered")


@contextmanager
def _hung(server):
    pid = server.instance.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def _killed_again_and_again(server):
    stopped = threading.Event()

    def kill():
        while not stopped.wait(0.3):
            try:
                os.kill(server.instance.pid("redis"), signal.SIGKILL)
            except (OSError, ValueError):
                continue

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@contextmanager
def _set(server, name, value, back):
    server.instance.redis("CONFIG", "SET", name, value)
    try:
        yield
    finally:
        server.instance.redis("CONFIG", "SET", name, back)


@contextmanager
def _without_connections(server):
    """Nobody can connect to set it back, so it is started anew."""
    server.instance.redis("CONFIG", "SET", "maxclients", "1")
    try:
        yield
    finally:
        os.kill(server.instance.pid("redis"), signal.SIGKILL)


@contextmanager
def _read_only(server):
    """As the replica of nobody."""
    server.instance.redis("REPLICAOF", "127.0.0.1", "1")
    try:
        yield
    finally:
        server.instance.redis("REPLICAOF", "NO", "ONE")


TROUBLES = {
    "hung": _hung,
    "killed again and again": _killed_again_and_again,
    "full, without eviction": lambda server: _set(server, "maxmemory", "1", "256mb"),
    "read-only": _read_only,
    "without free connections": _without_connections,
}


@case("E18", "a Redis that hangs, dies, is full, read-only or out of connections fails no request, starts no stampede",
      needs=NEEDS, seconds=300)  # fmt: skip
def redis_in_trouble(target):
    with target.own() as server:

        def act(what):
            warm = server.origin.picture(BLUE)
            server.at_origin(warm, "w-40,f-png")
            with TROUBLES[what](server):
                cold = slow_picture(server, 0.7)
                path = server.path("w-40,f-png", cold, server.settings.origin_endpoint)
                started = time.monotonic()
                answers = in_parallel(12, lambda number: server.get(path, headers={"Accept": BUCKETS[number % 4]}))
                answers += [server.at_origin(warm, "w-40,f-png", headers={"Accept": bucket}) for bucket in BUCKETS]
                took = time.monotonic() - started
                expect(
                    all(shows(answer, BLUE) for answer in answers),
                    f"{what}: answered {[str(answer) for answer in answers]}",
                )
                expect(took < server.settings.total, f"{what}: it took {took:.1f} s")
                # One for each worker at the most, as they cannot agree.
                expect(
                    server.origin.count(cold) <= 2, f"{what}: the origin was asked {server.origin.count(cold)} times"
                )
                expect(server.wire.request("/_apus/live").status == 200, f"{what}: /_apus/live is not 200")
            wait_for(lambda: server.instance.redis("PING") == "PONG", 20, f"Redis, after {what}")

        for_each(TROUBLES, act)
        wait_for(lambda: _is_shared(server), 30, "the use of Redis")


def _is_shared(server):
    name = server.origin.picture(BLUE)
    server.at_origin(name, "w-40,f-png")
    return server.at_origin(name, "w-40,f-png", headers={"Accept": "image/webp"})["x-apus-cache"] == "redis"
