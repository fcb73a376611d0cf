"""What deploy/world runs: python -m world up|test|report|down --state DIR …"""

import argparse
import fcntl
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from world.network import NetworkError
from world.world import World

# One world on a machine: its namespaces have fixed names. The file holds the state folder of the one that is up
# (deploy/world reads it too).
LOCK = Path("/run/apusw.lock")
# Sockets' paths are limited to 107 bytes by the kernel.
LONGEST_STATE = 90


def say(text: str) -> None:
    print(f"world: {text}", flush=True)


def locked() -> TextIO:
    """The lock of whoever brings a world up or down or drives it."""
    file = LOCK.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NetworkError("another deploy/world is at work") from None
    return file


def owner(file: TextIO) -> str:
    file.seek(0)
    return file.read().strip()


def write_owner(file: TextIO, text: str) -> None:
    file.truncate(0)
    file.write(text)
    file.flush()


def up(world: World, lock: TextIO) -> None:
    """Nothing is left running where it fails."""
    if len(str(world.state)) > LONGEST_STATE:
        raise NetworkError(f"the state folder's path is too long for sockets: {LONGEST_STATE} characters at most")
    other = owner(lock)
    if other not in ("", str(world.state)) and world.network.recorded():
        raise NetworkError(f"a world is up already: deploy/world down --state '{other}'")
    write_owner(lock, str(world.state))
    try:
        world.up(say)
    except BaseException:
        down(world, lock)
        raise


def down(world: World, lock: TextIO) -> None:
    world.down()
    write_owner(lock, "")


def print_examples(world: World) -> None:
    city = world.cities[0]
    path = "/atlantic/shop/tr:w-300/load/0001.jpg"
    print(f"""
Six regions are up, and nodes in {len(world.cities)} cities. Try, as a user in {city.place}:
  ip netns exec {city.namespace} curl -so /dev/null -D - -H 'Host: {world.host}' http://{city.node}{path}
and at a region:
  ip netns exec {world.regions['us-east'].namespace} curl -s http://127.0.0.1/_apus/metrics

Logs: {world.state}/regions/*/apus.log, {world.state}/nodes/*/access.log
""")
    say(f"end it with: deploy/world down --state '{world.state}'")


def driven(world: World, lock: TextIO, act: Callable[[World], int]) -> int:
    """Runs act(world) in a world that is up, brought up for it and down again if it was not."""
    was_up = world.is_up
    up(world, lock)
    try:
        return act(world)
    finally:
        if not was_up:
            down(world, lock)


def test(world: World, options: argparse.Namespace) -> int:
    from world.scenarios import run

    return run(world, options.junitxml, options.only, say)


def report(world: World, options: argparse.Namespace) -> int:
    # The plots' packages are in its own environment only.
    from world.report import report as write_report

    return write_report(world, world.state / "report", options.quick)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m world", allow_abbrev=False)
    parser.add_argument("command", choices=("up", "test", "report", "down"))
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--junitxml", type=Path)
    parser.add_argument("--only", action="append", default=[])
    return parser.parse_args()


def end_cleanly(*_: object) -> None:
    """As Ctrl-C does: what was brought up for a test goes down again."""
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, end_cleanly)
    options = read_options()
    command, state = options.command, options.state.absolute()
    world = World(state)
    try:
        lock = locked()
        if command == "up":
            up(world, lock)
            print_examples(world)
            return 0
        if command == "down":
            down(world, lock)
            say(f"down; logs and caches stay in {state}")
            return 0
        act = test if command == "test" else report
        return driven(world, lock, lambda world: act(world, options))
    except (NetworkError, AssertionError) as error:
        print(f"world: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
