"""How origins are spoken to: connections that are kept, HTTP/2 where it is offered, both families of addresses, and what
every request carries. The origin's own log tells."""

import pytest

from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance
from pictures import encoded, quadrants
from web_server import WebServer

PATHS = ["plain", "secure", "six"]


@pytest.fixture(scope="module")
def server():
    server = WebServer("WEB_FOLDER (TLS)", secure=True)
    server.put("quadrants.png", encoded(quadrants(), "PNG"), "image/png")
    server.put("film.mp4", bytes(3_000_000), "video/mp4")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def fetching(workplace, configure, server):
    """One worker of few slots, so that its requests are answered by different ones."""
    bases = {"plain": server.plain_base, "secure": server.secure_base}
    if server.ipv6_bases:
        bases["six"] = server.ipv6_bases[1]
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "origins": [web(name, base) for name, base in bases.items()],
        "urlEndpoints": [endpoint(name, name) for name in bases],
    }
    instance = Instance(
        configure(
            "fetching", workers={"processes": 1, "slots": 16}, network=server.network, accounts=[account]
        ),
        workplace / "fetching",
    )
    instance.up()
    yield instance
    instance.down()


def visits(server, fetching, path, name, count, steps="tr:w-20/"):
    """Fetches as many different originals, and returns what the server saw of them."""
    word = f"{path}-{name}-{count}"
    for number in range(count):
        answer = fetching.get(f"/demo/{path}/{steps}{name}?word={word}-{number}")
        assert answer.status == 200, answer
    return server.log(f"word={word}-")


@pytest.mark.parametrize("path", PATHS)
def test_connections_are_kept_and_lent_from_slot_to_slot(server, fetching, path):
    if path == "six" and not server.has_ipv6:
        pytest.skip("no IPv6 here")
    seen = visits(server, fetching, path, "quadrants.png", 12)
    assert len(seen) == 12
    assert len({visit.connection for visit in seen}) == 1


@pytest.mark.parametrize("path, protocol", [("plain", "HTTP/1.1"), ("secure", "HTTP/2.0"), ("six", "HTTP/2.0")])
def test_http_2_is_spoken_where_it_is_offered(server, fetching, path, protocol):
    if path == "six" and not server.has_ipv6:
        pytest.skip("no IPv6 here")
    assert {visit.protocol for visit in visits(server, fetching, path, "quadrants.png", 2)} == {protocol}


def test_each_family_of_addresses_is_reached(server, fetching):
    if not server.has_ipv6:
        pytest.skip("no IPv6 here")
    assert {visit.client for visit in visits(server, fetching, "plain", "quadrants.png", 1)} == {"127.0.0.1"}
    assert {visit.client for visit in visits(server, fetching, "six", "quadrants.png", 1)} == {"::1"}


def test_a_file_that_was_passed_on_whole_leaves_its_connection_for_the_next(server, fetching):
    seen = visits(server, fetching, "secure", "film.mp4", 4, steps="")
    assert len({visit.connection for visit in seen}) == 1


def test_every_request_says_who_asks_and_wants_the_bytes_as_they_are(server, fetching):
    for visit in visits(server, fetching, "plain", "quadrants.png", 3):
        assert (visit.request_from, visit.accept_encoding) == ("imagekit", "identity")
        assert visit.host == server.plain_base.removeprefix("http://")
