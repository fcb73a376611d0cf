"""Group B, in an internet of its own where every address answers: names, several addresses, rebinding, proxies.

Nothing there is refused by nobody being at home, so that only the server's guard can keep it from dialling."""

import base64
import itertools
import time

from abuse.cases import Power, case, expect, expect_status, for_each, in_parallel
from abuse.groups.address import HOSTS
from abuse.groups.redirects import REDIRECTS
from abuse.world import (
    FOLDER,
    FOLDER_NAME,
    FOREIGN_PORTS,
    LONELY_PORT,
    OTHER_PORT,
    PORT,
    PROXY_PORT,
    PUBLIC,
    PUBLIC_V6,
    world_of,
)

NEEDS = (Power.NAMESPACES,)
# One after the other through two spellings each; nothing of it is slow.
SECONDS = 400


def _expect_refused(answers, what):
    for answer in answers:
        expect_status(answer, (404, 400), what, error=("UNIDENTIFIED", "EINVAL"))


def _expect_not_dialled(world, host, what=None, allowed=()):
    """A picture by that host is refused, and nobody but those allowed is dialled."""
    name = world.picture()
    with world.watched() as dialled:
        _expect_refused(world.proxied(f"http://{host}:{PORT}/{name}"), what or host)
    expect(set(dialled) <= set(allowed), f"{what or host}: {dialled} was dialled")


@case("B4", "in an internet where all of them answer, none of the addresses of B1 to B6 is dialled, public ones are",
      needs=NEEDS, seconds=SECONDS)  # fmt: skip
def addresses_that_answer(target):
    world = world_of(target)
    world.records |= {"public.example": [PUBLIC], "alias.example": "public.example", "six.example": [PUBLIC_V6]}
    public = {
        PUBLIC: PUBLIC, f"[{PUBLIC_V6}]": PUBLIC_V6, "public.example": PUBLIC, "PUBLIC.Example.": PUBLIC,
        "alias.example": PUBLIC, "six.example": PUBLIC_V6, "1572395042": PUBLIC,
    }  # fmt: skip
    for host, address in public.items():
        name = world.picture()
        with world.watched() as dialled:
            for answer in world.proxied(f"http://{host}:{PORT}/{name}"):
                expect_status(answer, 200, host)
        expect(set(dialled) == {(address, PORT)}, f"{host}: {dialled} was dialled")
    hosts = [host for hosts in HOSTS.values() for host in hosts if host != "ip6-localhost"]
    for_each(hosts, lambda host: _expect_not_dialled(world, host))


PRIVATE = [
    "127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "::", "::1", "169.254.169.254", "fd00:ec2::254", "100.100.100.200",
    "10.0.0.1", "172.20.1.1", "192.168.1.1", "100.64.0.1", "240.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001::1", "fe80::1", "fec0::1", "fc00::1", "ff02::1",
]  # fmt: skip


@case("B7", "a name of what is not public is not dialled, nor by a name for that name", needs=NEEDS, seconds=SECONDS)
def private_names(target):
    world = world_of(target)

    def act(address):
        word = target.word()
        world.records |= {f"{word}.example": [address], f"alias-{word}.example": f"{word}.example"}
        for host in (f"{word}.example", f"{word}.example.", f"alias-{word}.example"):
            _expect_not_dialled(world, host, f"a name of {address}")
        expect(world.internet.asked(f"{word}.example") > 0, f"the name of {address} was not even looked up")

    for_each(PRIVATE, act)
    world.records |= {"metadata.google.internal": ["169.254.169.254"], "127.0.0.1.wildcard.example": ["127.0.0.1"]}
    for host in ("metadata.google.internal", "127.0.0.1.wildcard.example"):
        _expect_not_dialled(world, host)


def _several(target, addresses, allowed):
    world, word = world_of(target), target.word()
    world.records[f"{word}.example"] = addresses
    with world.watched() as dialled:
        for _ in range(3):
            name = world.picture()
            for answer in world.proxied(f"http://{word}.example:{PORT}/{name}"):
                expect_status(answer, 200, f"a name of {addresses}")
    others = {address for address, _ in dialled} - set(allowed)
    expect(not others, f"of {addresses}, {others} was dialled")


@case("B7", "of a name with public and private addresses only the public one is dialled", needs=NEEDS)
def mixed_names(target):
    rows = [(["127.0.0.1", PUBLIC], [PUBLIC]), ([PUBLIC, "10.0.0.1", "192.168.1.1"], [PUBLIC])]
    for_each(rows, lambda addresses, allowed: _several(target, addresses, allowed))
    world, word = world_of(target), target.word()
    world.records[f"{word}.example"] = [PUBLIC, "127.0.0.1"]
    with world.internet.bound("127.0.0.1", LONELY_PORT) as inside:
        inside.settimeout(0.5)
        for answer in world.proxied(f"http://{word}.example:{LONELY_PORT}/x.png"):
            expect_status(answer, 404, "where the public address refuses", error="ECONNREFUSED")
        try:
            inside.accept()
        except TimeoutError:
            return
        expect(False, "the private address was tried because the public one refused")


@case("B19", "of a name whose IPv6 address is private and whose IPv4 address is not, only that is dialled", needs=NEEDS)
def mixed_families(target):
    rows = [
        (["::1", PUBLIC], [PUBLIC]), (["fd00:ec2::254", "fe80::1", PUBLIC], [PUBLIC]),
        (["10.0.0.1", PUBLIC_V6], [PUBLIC_V6]), (["::1", "127.0.0.1", PUBLIC, PUBLIC_V6], [PUBLIC, PUBLIC_V6]),
    ]  # fmt: skip
    for_each(rows, lambda addresses, allowed: _several(target, addresses, allowed))


@case(
    "B8",
    "a name that is public when it is judged and private when it is dialled reaches only what was judged",
    needs=NEEDS,
)
def rebinding(target):
    world = world_of(target)
    for private in ("127.0.0.1", "10.0.0.1", "::1"):
        word, given = target.word(), itertools.count()
        world.records[f"{word}.example"] = lambda given=given, private=private: (
            [PUBLIC] if next(given) % 4 < 2 else [private]
        )
        with world.watched() as dialled:
            for _ in range(4):
                urls = [f"http://{word}.example:{PORT}/{world.picture()}" for _ in range(8)]
                in_parallel(len(urls), lambda number, urls=urls: _ask_rebound(world, urls[number]))
        expect(next(given) > 4, "the name was hardly looked up")
        expect(set(dialled) <= {(PUBLIC, PORT)}, f"public, then {private}: {set(dialled)} was dialled")


def _ask_rebound(world, url):
    for answer in world.proxied(url):
        expect(answer.status in (200, 404), f"{url}: {answer}")


@case("B8", "a name that has become private is not reached through a connection that was kept", needs=NEEDS)
def rebinding_of_kept_connections(target):
    world, word = world_of(target), target.word()
    world.records[f"{word}.example"] = [PUBLIC]
    # Without Connection: close.
    keeping = world.put(world.neighbours[0].picture_of((1, 2, 3)))
    with world.watched() as dialled:
        expect_status(world.proxied(f"http://{word}.example:{PORT}/{keeping}")[0], 200, "while it is public")
        world.records[f"{word}.example"] = ["10.0.0.1"]
        for _ in range(12):
            _ask_rebound(world, f"http://{word}.example:{PORT}/{world.picture()}")
    expect(set(dialled) <= {(PUBLIC, PORT)}, f"{set(dialled)} was dialled")


STARTS = {"a URL's host": (PUBLIC, PORT), "the owner's host": (FOLDER, PORT)}


def _from(world, start, name):
    if start == "a URL's host":
        return world.server.get(world.server.proxied(f"http://{PUBLIC}:{PORT}/{name}"))
    return world.of_folder(name)


@case(
    "B9",
    "a redirect leads from public hosts and the owner's to no private place, at no hop of a chain",
    needs=NEEDS,
    seconds=SECONDS,
)
def redirects_in_the_world(target):
    world = world_of(target)
    world.records["intern.example"] = ["10.0.0.1"]
    places = {what: text.format(port=PORT, host="10.0.0.1") for what, text in REDIRECTS.items()}
    places |= {
        "to a private name": f"http://intern.example:{PORT}/x",
        "to a foreign public port": f"http://{PUBLIC}:6379/x",
    }

    def act(what, start):
        name = world.redirect(places[what])
        with world.watched() as dialled:
            _expect_refused([_from(world, start, name)], f"{what}, from {start}")
        expect(set(dialled) <= {STARTS[start]}, f"{what}, from {start}: {dialled} was dialled")

    for_each([(what, start) for what in places for start in STARTS], act)
    logs = world.server.instance.log() + world.server.instance.log("nginx-error.log")
    expect("hunter2" not in logs, "a redirect's password is in a log")
    inside = world.picture()
    last = world.redirect(f"http://10.0.0.1:{PORT}/{inside}")
    middle = world.redirect(f"http://{PUBLIC}:{OTHER_PORT}/{last}")
    for start in STARTS:
        _expect_refused([_from(world, start, middle)], f"a private place at the end of a chain, from {start}")
    expect(world.asked(inside) == 0, "the end of the chain was asked")


@case(
    "B10", "a redirect leads where it may, and away from the owner's host nothing is the owner's any more", needs=NEEDS
)
def redirects_that_are_allowed(target):
    world = world_of(target)
    for address in (f"{PUBLIC}:{OTHER_PORT}", f"[{PUBLIC_V6}]:{PORT}", f"10.1.2.3:{PORT}", f"[fd00:1::5]:{PORT}"):
        for start in STARTS:
            name = world.redirect(f"http://{address}/{world.picture()}")
            expect_status(_from(world, start, name), 200, f"to {address}, from {start}")
    expect_status(world.of_folder(world.redirect(f"/{world.picture()}")), 200, "on the owner's host")
    for address in (f"{FOLDER_NAME}:{PORT}", f"{FOLDER}:{OTHER_PORT}"):
        _expect_refused([world.of_folder(world.redirect(f"http://{address}/{world.picture()}"))], f"to {address}")
    back = world.redirect(f"http://{FOLDER}:{PORT}/{world.picture()}")
    _expect_refused(
        [world.of_folder(world.redirect(f"http://{PUBLIC}:{PORT}/{back}"))], "away and back to the owner's host"
    )


@case(
    "B13",
    "ports of other protocols are not dialled, even where the address may be; the owner may name any",
    needs=NEEDS,
)
def foreign_ports_in_the_world(target):
    world = world_of(target)

    def act(host, port):
        with world.watched() as dialled:
            _expect_refused(world.proxied(f"http://{host}:{port}/{world.picture()}"), f"{host}:{port}")
        expect(dialled == [], f"{host}:{port}: {dialled} was dialled")

    for_each([(host, port) for host in (PUBLIC, "10.1.2.3") for port in FOREIGN_PORTS], act)
    expect_status(
        world.of_folder(world.picture(), endpoint="/demo/foreign"), 200, "a foreign port that the owner configured"
    )


@case(
    "B14", "an origin that leads back to its own endpoint, or round a ring, ends soon and without a flood", needs=NEEDS
)
def loops_of_origins(target):
    world = world_of(target)
    for endpoint in ("itself", "ring", "ring2"):
        started = time.monotonic()
        answer = world.server.ask("w-40", f"{target.word()}.png", f"/demo/{endpoint}")
        expect_status(answer, (404, 503, 508), endpoint)
        took = time.monotonic() - started
        expect(took < world.server.settings.total + 2, f"{endpoint} took {took:.1f} s")
    expect_status(world.of_folder(world.picture()), 200, "others, afterwards")
    lines = world.server.instance.log("access.log").count("/demo/itself/")
    expect(lines < 200, f"the loop was walked {lines} times")


@case("B15", "a host is judged whatever its spelling, and a look-alike is another host", needs=NEEDS)
def spellings_of_hosts(target):
    world = world_of(target)
    world.records |= {"good.example": ["10.0.0.1"], "xn--folder-0we.example": ["10.0.0.1"]}
    for spelling in (
        "good.example",
        "good.example.",
        "GOOD.EXAMPLE",
        "%67ood.example",
        "ｇｏｏｄ.example",
        "good。example",
    ):
        _expect_not_dialled(world, spelling)
    name = world.redirect(f"http://fоlder.example:{PORT}/{world.picture()}")
    with world.watched() as dialled:
        _expect_refused([world.of_folder(name, endpoint="/demo/by-name")], "a Cyrillic letter in the owner's host")
    expect(set(dialled) <= {(FOLDER, PORT)}, f"a Cyrillic letter in the owner's host: {dialled} was dialled")


@case("B18", "a layer's URL follows the same rules as an original's", needs=NEEDS, seconds=SECONDS)
def layers_in_the_world(target):
    world = world_of(target)
    word = target.word()
    world.records[f"{word}.example"] = ["10.0.0.1"]

    def layered(url):
        encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
        steps = f"w-40,l-image,ie-{encoded},l-end"
        return world.server.get(world.server.proxied(f"http://{PUBLIC}:{PORT}/{world.picture()}", steps))

    def act(url):
        with world.watched() as dialled:
            _expect_refused([layered(url)], f"a layer of {url}")
        expect(set(dialled) <= {(PUBLIC, PORT)}, f"a layer of {url}: {dialled} was dialled")

    hosts = [hosts[0] for hosts in HOSTS.values()] + [f"{word}.example"]
    for_each([f"http://{host}:{PORT}/x.png" for host in hosts], act)
    places = [text.format(port=PORT, host="10.0.0.1") for text in REDIRECTS.values()]
    for_each([f"http://{PUBLIC}:{PORT}/{world.redirect(place)}" for place in places], act)
    for host in (PUBLIC, "10.1.2.3"):
        expect_status(layered(f"http://{host}:{PORT}/{world.picture()}"), 200, f"a layer at {host}")


@case("B20", "proxies that the environment names are not used", needs=NEEDS)
def proxies_of_the_environment(target):
    world = world_of(target)
    for pid in world.server.instance.workers():
        with open(f"/proc/{pid}/environ", encoding="utf-8", errors="replace") as environment:
            expect(
                f"http_proxy=http://203.0.113.9:{PROXY_PORT}" in environment.read(),
                "the server has no such environment",
            )
    expect_status(world.of_folder(world.picture()), 200, "the owner's host")
    expect_status(world.proxied(f"http://{PUBLIC}:{PORT}/{world.picture()}")[0], 200, "a URL's host")
    asked = [one for one in world.dialled() if one[1] == PROXY_PORT]
    expect(asked == [], f"the proxy was asked: {asked}")
    world_of(target)
