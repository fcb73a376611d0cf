"""The address guard, in an internet of its own where every address answers: whom a URL, a name or a redirect may reach.

The rows B1 to B20 are those of the list of abuses. A loop through our own address (B14) is among the tests of origins, a
redirect away from TLS (B9) among those of hostile TLS."""

import base64
import itertools

import pytest

from guarded_world import (
    FOLDER,
    FOLDER_NAME,
    FOREIGN_PORTS,
    LONELY_PORT,
    OTHER_PORT,
    PORT,
    PROXY_PORT,
    PUBLIC,
    PUBLIC_V6,
    Neighbour,
    Watch,
    guarded_world,
    is_refused,
)
from instance import wait_for
from pictures import colour_at, is_near
from sites import in_parallel

_words = itertools.count(1)


@pytest.fixture
def word():
    return f"word{next(_words)}"


@pytest.fixture(scope="module")
def world(workplace):
    with guarded_world(workplace) as world:
        yield world


@pytest.fixture(autouse=True)
def workers_stay(world):
    before = sorted(world.instance.workers())
    yield
    assert sorted(world.instance.workers()) == before


# --- Public addresses, without which nothing below would mean anything


@pytest.mark.parametrize(
    "host, address",
    [
        (PUBLIC, PUBLIC),
        (f"[{PUBLIC_V6}]", PUBLIC_V6),
        ("public.example", PUBLIC),
        ("PUBLIC.Example.", PUBLIC),
        ("alias.example", PUBLIC),
        ("six.example", PUBLIC_V6),
        # The same in one number, and in letters beyond ASCII.
        ("1572395042", PUBLIC),
        ("xn--bcher-kva.example", PUBLIC),
        ("b%C3%BCcher.example", PUBLIC),
    ],
)
def test_what_is_public_is_reached(world, word, host, address):
    world.internet.records |= {
        "public.example": [PUBLIC],
        "alias.example": "public.example",
        "six.example": [PUBLIC_V6],
        "xn--bcher-kva.example": [PUBLIC],
    }
    watch = Watch(world)
    for answer in world.proxied(f"http://{host}:{PORT}/closing/{word}.jpg"):
        assert answer.status == 200, answer
    assert set(watch.dialled()) == {(address, PORT)}


# --- B1 to B6: addresses

ADDRESSES = {
    "B1": [
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "0177.1",
        "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "%6cocalhost", "127%2E0%2E0%2E1", "１２７.０.０.１",
        "①②⑦.⓪.⓪.①", "127。0。0。1",
    ],
    "B2": ["0.0.0.0", "0", "0.1.2.3", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]"],
    "B3": ["169.254.169.254", "169.254.170.2", "2852039166", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16"],
    "B4": [
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
        "192.0.0.192", "192.0.2.7", "198.18.0.1", "198.19.255.255", "203.0.113.9", "240.0.0.1", "255.255.255.255",
        "224.0.0.1", "239.255.255.255", "192.88.99.1",
    ],
    "B5": [
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:93.184.216.34]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2a00:1450::5efe:127.0.0.1]", "[2a00:1450::200:5efe:10.0.0.1]",
    ],
    "B6": [
        "[fe80::1]", "[fe80::1%25lo]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fdff::1]", "[ff02::1]", "[ff0e::1]",
        "[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
    ],
}  # fmt: skip
BY_NUMBER = [(row, host) for row, hosts in ADDRESSES.items() for host in hosts]


@pytest.mark.parametrize("row, host", BY_NUMBER)
def test_what_is_not_public_is_not_dialled(world, word, row, host):
    watch = Watch(world)
    for answer in world.proxied(f"http://{host}:{PORT}/ok/{word}.jpg"):
        assert is_refused(answer), answer
    assert watch.dialled() == []


NAMED = {
    "B1": ["127.0.0.1", "::ffff:127.0.0.1"],
    "B2": ["0.0.0.0", "::", "::1"],
    "B3": ["169.254.169.254", "fd00:ec2::254", "100.100.100.200"],
    "B4": ["10.0.0.1", "172.20.1.1", "192.168.1.1", "100.64.0.1", "240.0.0.1"],
    "B5": ["::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"],
    "B6": ["fe80::1", "fec0::1", "fc00::1", "ff02::1"],
}
BY_NAME = [(row, address) for row, addresses in NAMED.items() for address in addresses]


@pytest.mark.parametrize("row, address", BY_NAME)
def test_a_name_of_what_is_not_public_is_not_dialled(world, word, row, address):
    """B7 for each kind of address, and through another name."""
    world.internet.records |= {f"{word}.example": [address], f"alias-{word}.example": f"{word}.example"}
    watch = Watch(world)
    for host in (f"{word}.example", f"{word}.example.", f"alias-{word}.example"):
        for answer in world.proxied(f"http://{host}:{PORT}/ok/{word}.jpg"):
            assert is_refused(answer), answer
    assert world.internet.asked(f"{word}.example") > 0
    assert watch.dialled() == []


def test_b3_the_name_of_a_cloud_s_credentials(world):
    world.internet.records["metadata.google.internal"] = ["169.254.169.254"]
    watch = Watch(world)
    for answer in world.proxied("http://metadata.google.internal/computeMetadata/v1/"):
        assert is_refused(answer), answer
    assert watch.dialled() == []


# --- B7, B8, B19: names with several addresses, and with others each time


@pytest.mark.parametrize(
    "addresses, expected",
    [
        (["127.0.0.1", PUBLIC], PUBLIC),
        ([PUBLIC, "10.0.0.1", "192.168.1.1"], PUBLIC),
        (["::1", PUBLIC], PUBLIC),
        (["fd00:ec2::254", "fe80::1", PUBLIC], PUBLIC),
        (["10.0.0.1", PUBLIC_V6], PUBLIC_V6),
        (["::1", "127.0.0.1", PUBLIC, PUBLIC_V6], None),
    ],
)
def test_b7_b19_of_several_addresses_only_the_public_one_is_dialled(world, word, addresses, expected):
    world.internet.records[f"{word}.example"] = addresses
    watch = Watch(world)
    for number in range(3):
        for answer in world.proxied(f"http://{word}.example:{PORT}/closing/{word}-{number}.jpg"):
            assert answer.status == 200, answer
    assert {address for address, _ in watch.dialled()} <= ({expected} if expected else {PUBLIC, PUBLIC_V6})


def test_b7_a_public_address_where_nobody_listens_leads_to_no_other(world, word):
    world.internet.records[f"{word}.example"] = [PUBLIC, "127.0.0.1"]
    inside = Neighbour(world.internet.bound("127.0.0.1", LONELY_PORT), world)
    try:
        for answer in world.proxied(f"http://{word}.example:{LONELY_PORT}/ok/{word}.jpg"):
            assert (answer.status, answer.error) == (404, "ECONNREFUSED"), answer
        assert ("127.0.0.1", LONELY_PORT) not in world.connections
    finally:
        inside.stop()


@pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.1", "::1"])
def test_b8_the_address_that_was_judged_is_dialled(world, word, private):
    """A name that is public and private in turn, each time it is asked for."""
    given = itertools.count()
    world.internet.records[f"{word}.example"] = lambda: [PUBLIC] if next(given) % 4 < 2 else [private]
    watch = Watch(world)
    for turn in range(4):
        answers = in_parallel(
            8,
            lambda number, turn=turn: world.proxied(f"http://{word}.example:{PORT}/closing/{word}-{turn}-{number}.jpg"),
        )
        for answer in itertools.chain(*answers):
            assert answer.status == 200 or is_refused(answer), answer
    assert next(given) > 4
    assert set(watch.dialled()) <= {(PUBLIC, PORT)}


def test_b8_a_name_that_has_become_private_is_not_reached_through_a_kept_connection(world, word):
    world.internet.records[f"{word}.example"] = [PUBLIC]
    url = f"http://{word}.example:{PORT}/ok/{word}"
    watch = Watch(world)
    assert world.proxied(url + "-first.jpg")[0].status == 200
    world.internet.records[f"{word}.example"] = ["10.0.0.1"]
    answers = in_parallel(12, lambda number: world.proxied(f"{url}-{number}.jpg"))
    assert all(answer.status == 200 or is_refused(answer) for answer in itertools.chain(*answers))
    assert set(watch.dialled()) == {(PUBLIC, PORT)}


# --- B9, B10: redirects


REDIRECTS = {
    "B9 to loopback": f"http://127.0.0.1:{PORT}/ok/",
    "B9 to a private address": f"http://192.168.1.1:{PORT}/ok/",
    "B9 to a private name": f"http://intern.example:{PORT}/ok/",
    "B9 to credentials": "http://169.254.169.254/ok/",
    "B9 to IPv6": f"http://[::1]:{PORT}/ok/",
    "B9 to the same private host without scheme": f"//127.0.0.1:{PORT}/ok/",
    "B9 to a file": "file:///etc/passwd",
    "B9 to ftp": "ftp://127.0.0.1/x",
    "B9 to gopher": "gopher://127.0.0.1:6379/_x",
    "B9 to data": "data:image/png;base64,AAAA",
    "B9 to a foreign port": f"http://{PUBLIC}:6379/ok/",
    "B11 with a name in front": f"http://good.example@127.0.0.1:{PORT}/ok/",
    "B11 with a backslash": f"http://good.example\\@127.0.0.1:{PORT}/ok/",
    "B16 with a password": f"http://user:hunter2@{PUBLIC}:{PORT}/ok/",
    "B16 to a socket": "http://unix:/var/run/docker.sock:/ok/",
    "to nowhere": "http://",
}
PROXIED, CONFIGURED = f"proxy/http://{PUBLIC}:{PORT}", "folder"
START = {PROXIED: (PUBLIC, PORT), CONFIGURED: (FOLDER, PORT)}


@pytest.mark.parametrize("start", START, ids=["proxied", "configured"])
@pytest.mark.parametrize("row", REDIRECTS)
def test_b9_b10_a_redirect_leads_to_no_private_place(world, word, row, start):
    world.internet.records["intern.example"] = ["10.0.0.1"]
    world.targets[word] = REDIRECTS[row]
    watch = Watch(world)
    answer = world.get(f"/demo/{start}/to/{word}.jpg")
    assert is_refused(answer), answer
    assert set(watch.dialled()) <= {START[start]}
    assert "hunter2" not in world.instance.log() + world.instance.log("nginx-error.log")


@pytest.mark.parametrize("start", START, ids=["proxied", "configured"])
@pytest.mark.parametrize(
    "location, address",
    [
        (f"http://{PUBLIC}:{OTHER_PORT}/closing/", (PUBLIC, OTHER_PORT)),
        (f"http://[{PUBLIC_V6}]:{PORT}/closing/", (PUBLIC_V6, PORT)),
        (f"http://10.1.2.3:{PORT}/closing/", ("10.1.2.3", PORT)),
        (f"http://[fd00:1::5]:{PORT}/closing/", ("fd00:1::5", PORT)),
    ],
)
def test_b9_a_redirect_leads_to_where_it_may(world, word, start, location, address):
    world.targets[word] = location + word
    watch = Watch(world)
    assert world.get(f"/demo/{start}/to/{word}.jpg").status == 200
    assert address in watch.dialled()


def test_b9_a_redirect_of_the_owner_s_host_stays_there(world, word):
    world.targets[word] = "/ok/" + word
    assert world.get(f"/demo/folder/to/{word}.jpg").status == 200
    # By its name it is somebody else's choice.
    world.targets[word + "n"] = f"http://{FOLDER_NAME}:{PORT}/ok/{word}"
    assert is_refused(world.get(f"/demo/folder/to/{word}n.jpg"))
    # And so is another port of it.
    world.targets[word + "p"] = f"http://{FOLDER}:{OTHER_PORT}/ok/{word}"
    assert is_refused(world.get(f"/demo/folder/to/{word}p.jpg"))


@pytest.mark.parametrize("start", START, ids=["proxied", "configured"])
def test_b9_a_chain_has_an_end(world, word, start):
    assert world.get(f"/demo/{start}/chain/3/{word}.jpg").status == 200
    assert is_refused(world.get(f"/demo/{start}/chain/4/{word}.jpg"))
    assert world.asked(word) == 4 + 4


def test_b9_a_chain_is_judged_at_each_hop(world, word):
    """Public, then public, then private; and away from the owner's host and back to it."""
    world.targets |= {
        f"{word}a": f"http://{PUBLIC}:{OTHER_PORT}/to/{word}b",
        f"{word}b": f"http://10.0.0.1:{PORT}/ok/{word}",
        f"{word}c": f"http://{PUBLIC}:{PORT}/to/{word}d",
        f"{word}d": f"http://{FOLDER}:{PORT}/ok/{word}",
    }
    watch = Watch(world)
    assert is_refused(world.get(f"/demo/proxy/http://{PUBLIC}:{PORT}/to/{word}a.jpg"))
    assert is_refused(world.get(f"/demo/folder/to/{word}c.jpg"))
    assert {address for address, _ in watch.dialled()} <= {PUBLIC, FOLDER}
    for last in "bd":
        assert world.asked(f"/to/{word}{last}") == 1
    assert world.asked("/ok/" + word) == 0


# --- B11, B12, B15, B16: what a URL may look like


@pytest.mark.parametrize(
    "url",
    [
        # B11: whose host is read differently by different readers.
        f"http://{PUBLIC}@127.0.0.1:{PORT}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}@{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://{PUBLIC}:{PORT}\\@127.0.0.1:{PORT}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}\\@{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}#@{PUBLIC}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}?@{PUBLIC}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}#.{PUBLIC}/ok/x.jpg",
        f"http:\\\\127.0.0.1:{PORT}\\ok\\x.jpg",
        f"http:/\\127.0.0.1:{PORT}/ok/x.jpg",
        f"http:///127.0.0.1:{PORT}/ok/x.jpg",
        f"http:////127.0.0.1:{PORT}/ok/x.jpg",
        f"http:127.0.0.1:{PORT}/ok/x.jpg",
        f"//127.0.0.1:{PORT}/ok/x.jpg",
        f"http://{PUBLIC}%40127.0.0.1:{PORT}/ok/x.jpg",
        f"http://127.0.0.1%2f@{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://127.0.0.1:{PORT}%00.{PUBLIC}/ok/x.jpg",
        f"http://127.0.0.1%0d%0aHost:{PORT}/ok/x.jpg",
        f"http://127.0.0.1 :{PORT}/ok/x.jpg",
        f"http://127.0.0.1\t:{PORT}/ok/x.jpg",
        f"http://[::1]{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://[{PUBLIC}]:{PORT}/ok/x.jpg",
        f"http://[::1:{PORT}/ok/x.jpg",
        f"http://127.0.0.1:0{PORT}/ok/x.jpg",
        f"http://127.0.0.1:{PORT + 65536}/ok/x.jpg",
        "http://127.0.0.1:-1/ok/x.jpg",
        # B12: other schemes.
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://127.0.0.1:21/x.jpg",
        "gopher://127.0.0.1:6379/_x.jpg",
        "dict://127.0.0.1:6379/x.jpg",
        "ldap://127.0.0.1:389/x.jpg",
        "smb://127.0.0.1:445/x.jpg",
        "data:image/png;base64,AAAA",
        "s3://bucket/x.jpg",
        "javascript:alert(1)",
        f"url:http://127.0.0.1:{PORT}/ok/x.jpg",
        f"view-source:http://127.0.0.1:{PORT}/ok/x.jpg",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/x.jpg",
        # B16: sockets and credentials.
        "unix:///var/run/docker.sock",
        "http://unix:/var/run/docker.sock:/x.jpg",
        f"http://user:hunter2@{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://user@{PUBLIC}:{PORT}/ok/x.jpg",
        f"http://:@{PUBLIC}:{PORT}/ok/x.jpg",
    ],
)
def test_b11_b12_b16_what_is_no_plain_web_address_reaches_nobody(world, url):
    watch = Watch(world)
    for answer in world.proxied(url):
        assert (answer.status, answer.error) in ((404, "UNIDENTIFIED"), (400, "EINVAL")), answer
        assert "hunter2" not in f"{answer.headers}{answer.body}"
    assert watch.dialled() == []


def test_b16_a_password_in_a_url_is_in_no_log(world, word):
    world.proxied(f"http://user:hunter3@{PUBLIC}:{PORT}/ok/{word}.jpg")
    state = world.instance.state
    wait_for(lambda: word in (state / "access.log").read_text(), 10, "the log")
    for log in state.glob("*.log"):
        assert "hunter3" not in log.read_text(errors="replace"), log


@pytest.mark.parametrize("scheme", ["http:%2f/", "ht%74p:%2f/", "%68ttp://", "HTT%50%3A/", "%48%54%54%50%3a%2F%2F"])
def test_b16_a_password_in_an_encoded_url_is_not_in_the_program_s_log(world, word, scheme):
    secrets = f"user:hunter4@{PUBLIC}:{PORT}", f"{PUBLIC}:{PORT}"
    for number, authority in enumerate(secrets):
        world.get(f"/demo/proxy/tr:w-x/{word}{number}/{scheme}{authority}/ok/x.jpg%3ftok=hunter5")
        wait_for(lambda number=number: f"{word}{number}" in world.instance.log(), 10, "the log")
    assert "hunter4" not in world.instance.log() and "hunter5" not in world.instance.log()


@pytest.mark.parametrize(
    "spelling", ["good.example", "good.example.", "GOOD.EXAMPLE", "%67ood.example", "ｇｏｏｄ.example"]
)
def test_b15_a_host_is_judged_whatever_its_spelling(world, word, spelling):
    world.internet.records["good.example"] = ["10.0.0.1"]
    watch = Watch(world)
    for answer in world.proxied(f"http://{spelling}:{PORT}/ok/{word}.jpg"):
        assert is_refused(answer), answer
    assert watch.dialled() == []


def test_b15_a_homograph_is_another_host(world, word):
    """The Cyrillic `а` in it makes it another name than that of the owner's own host."""
    world.internet.records["xn--folder-0we.example"] = ["10.0.0.1"]
    world.targets[word] = f"http://fоlder.example:{PORT}/ok/{word}"
    watch = Watch(world)
    assert is_refused(world.get(f"/demo/named/to/{word}.jpg"))
    assert set(watch.dialled()) == {(FOLDER, PORT)}


# --- B13: ports


@pytest.mark.parametrize("port", FOREIGN_PORTS)
@pytest.mark.parametrize("host", [PUBLIC, "10.1.2.3"])
def test_b13_a_port_of_another_protocol_is_not_dialled(world, word, host, port):
    watch = Watch(world)
    for answer in world.proxied(f"http://{host}:{port}/ok/{word}.jpg"):
        assert is_refused(answer), answer
    assert watch.dialled() == []


def test_b13_the_owner_may_name_any_port(world, word):
    assert world.get(f"/demo/foreign/ok/{word}.jpg").status == 200


# --- network.allow


@pytest.mark.parametrize(
    "host, address",
    [
        ("10.1.0.0", "10.1.0.0"),
        ("10.1.255.255", "10.1.255.255"),
        ("167837955", "10.1.1.3"),
        ("[::ffff:10.1.2.3]", "10.1.2.3"),
        ("[fd00:1::]", "fd00:1::"),
        ("[fd00:1::ffff:ffff:ffff:ffff]", "fd00:1::ffff:ffff:ffff:ffff"),
    ],
)
def test_what_the_owner_allows_is_reached(world, word, host, address):
    watch = Watch(world)
    for answer in world.proxied(f"http://{host}:{PORT}/closing/{word}.jpg"):
        assert answer.status == 200, answer
    assert set(watch.dialled()) == {(address, PORT)}


@pytest.mark.parametrize(
    "host",
    [
        "10.0.255.255",
        "10.2.0.0",
        "127.0.0.1",
        "[::ffff:10.2.0.0]",
        "[::10.1.2.3]",
        "[64:ff9b::10.1.2.3]",
        "[2002:a01:203::]",
        "[fd00:1:0:1::]",
        "[fd00::ffff:ffff:ffff:ffff]",
        FOLDER,
        FOLDER_NAME,
    ],
)
def test_what_lies_beside_it_is_not(world, word, host):
    """Not even the host of an origin, which is the owner's, where somebody else names it."""
    watch = Watch(world)
    for answer in world.proxied(f"http://{host}:{PORT}/ok/{word}.jpg"):
        assert is_refused(answer), answer
    assert watch.dialled() == []


# --- B17: pictures that name other pictures

SVG = (
    '<?xml version="1.0"?>{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:xi="http://www.w3.org/2001/XInclude" width="100" height="50">'
    '<rect width="100" height="50" fill="#00ff00"/>{body}</svg>'
)
DRAWINGS = {
    "image": ("", '<image href="{url}" width="100" height="50"/>'),
    "image by XLink": ("", '<image xlink:href="{url}" width="100" height="50"/>'),
    "image of a file": ("", '<image xlink:href="file://{file}" width="100" height="50"/>'),
    "image beside it": ("", '<image xlink:href="{file}" width="100" height="50"/>'),
    "use": ("", '<use xlink:href="{url}#part"/>'),
    "style sheet": ('<?xml-stylesheet href="{url}" type="text/css"?>', ""),
    "import": ("", '<style>@import url("{url}"); @import "{url}";</style>'),
    "font": ("", '<style>@font-face {{ font-family: x; src: url("{url}") }}</style><text font-family="x">x</text>'),
    "fill": ("", '<rect width="100" height="50" fill="url({url}#part) #00ff00"/>'),
    "filter image": (
        "",
        '<filter id="f"><feImage href="{url}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    ),
    "entity": ('<!DOCTYPE svg [<!ENTITY e SYSTEM "{url}">]>', "<text>&e;</text>"),
    "entity of a file": ('<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{file}">]>', "<text>&e;</text>"),
    "parameter entity": ('<!DOCTYPE svg [<!ENTITY % e SYSTEM "{url}"> %e;]>', ""),
    "document type": ('<!DOCTYPE svg SYSTEM "{url}">', ""),
    "inclusion": ("", '<xi:include href="{url}" parse="text"/>'),
    "inclusion of a file": ("", '<text><xi:include href="file://{file}" parse="text"/></text>'),
    "script": ("", '<script href="{url}"/><foreignObject><img src="{url}"/></foreignObject>'),
}


@pytest.mark.parametrize("output", ["f-png", "f-svg", "orig-true"])
@pytest.mark.parametrize("case", DRAWINGS)
def test_b17_a_drawing_reaches_nothing_outside_itself(world, folder, word, case, output):
    world.internet.records["b17.example"] = [PUBLIC]
    names = {"url": f"http://b17.example:{OTHER_PORT}/ok/{word}.png", "file": folder / "quadrants.png"}
    head, body = (part.format(**names) for part in DRAWINGS[case])
    world.targets[word] = SVG.format(head=head, body=body)
    asked = world.internet.asked("b17.example")
    watch = Watch(world)
    answer = world.get(f"/demo/folder/tr:{output}/drawing/{word}")
    assert answer.status in (200, 400), answer
    assert watch.dialled() in ([], [(FOLDER, PORT)])
    assert world.internet.asked("b17.example") == asked
    if output == "f-png" and answer.status == 200:
        # What was not fetched is not drawn either, above all no file of this machine.
        assert is_near(colour_at(answer.picture().convert("RGB"), 0.5, 0.9), (0, 255, 0))


# --- B20, for all of the above


def test_b20_proxies_of_the_environment_are_not_used(world, word):
    for pid in world.instance.workers():
        with open(f"/proc/{pid}/environ") as environment:
            assert f"http_proxy=http://203.0.113.9:{PROXY_PORT}" in environment.read()
    assert world.get(f"/demo/folder/ok/{word}.jpg").status == 200
    assert world.proxied(f"http://{PUBLIC}:{PORT}/ok/{word}.jpg")[0].status == 200
    assert [one for one in world.dialled() if one[1] == PROXY_PORT] == []


# --- B18: what a layer shows


def layered(world, url, start="proxy/" + f"http://{PUBLIC}:{PORT}/ok"):
    """A picture with another on it, by URL."""
    encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return world.get(f"/demo/{start}/base.jpg?tr=w-40,l-image,ie-{encoded},l-end")


def is_refused_layer(answer):
    return is_refused(answer) and "The layer's picture " in answer["ik-error"]


@pytest.mark.parametrize("row, host", [(row, hosts[0]) for row, hosts in ADDRESSES.items()])
def test_b18_a_layer_reaches_no_private_place(world, word, row, host):
    watch = Watch(world)
    answer = layered(world, f"http://{host}:{PORT}/ok/{word}.jpg")
    assert is_refused_layer(answer), answer
    assert set(watch.dialled()) <= {(PUBLIC, PORT)}
    assert world.asked(word) == 0


def test_b18_a_layer_by_name_reaches_no_private_place(world, word):
    world.internet.records[f"{word}.example"] = ["10.0.0.1"]
    watch = Watch(world)
    assert is_refused_layer(layered(world, f"http://{word}.example:{PORT}/ok/{word}.jpg"))
    assert set(watch.dialled()) <= {(PUBLIC, PORT)}


@pytest.mark.parametrize("row", REDIRECTS)
def test_b18_a_layer_s_redirect_leads_to_no_private_place(world, word, row):
    world.internet.records["intern.example"] = ["10.0.0.1"]
    world.targets[word] = REDIRECTS[row]
    watch = Watch(world)
    answer = layered(world, f"http://{PUBLIC}:{PORT}/to/{word}.jpg")
    assert is_refused_layer(answer), answer
    assert set(watch.dialled()) <= {(PUBLIC, PORT)}


def test_b18_a_layer_reaches_what_may_be_reached(world, word):
    for host in (PUBLIC, "10.1.2.3"):
        answer = layered(world, f"http://{host}:{PORT}/ok/{word}.jpg")
        assert answer.status == 200, answer


def test_b18_a_configured_origin_takes_no_address_from_a_layer(world, word):
    """There a URL is a path like any other."""
    watch = Watch(world)
    answer = layered(world, f"http://{PUBLIC}:{PORT}/ok/{word}.jpg", start="folder/ok")
    assert (answer.status, answer.error) == (404, "ENOENT"), answer
    assert set(watch.dialled()) <= {(FOLDER, PORT)}
