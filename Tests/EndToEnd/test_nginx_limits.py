"""What one client may ask (nginx/limits): misses are counted and hits are not; calls and other regions have limits of their
own; this host and network.operations have none."""

import contextlib
import json
import re
import socket

import http_client
import pytest
from fastcgi_stub import FastCGIStub
from instance import wait_for
from nginx_site import proxied_site

STRANGER = "203.0.113.9"
OTHERS = ("203.0.113.10", "2001:db8::1", "10.1.2.3", None)
WITH_KEY = "Authorization: Basic a2V5Og=="
# So many at once, one of them by the rate.
MISSES, CALLS, REGIONS, CONNECTIONS = 1001, 101, 2001, 500


@pytest.fixture
def stub():
    stub = FastCGIStub(keep_seconds=60)
    yield stub
    stub.stop()


@pytest.fixture
def site(tmp_path, stub):
    with proxied_site(
        tmp_path / "site", stub, "nginx_limits", operations="10.0.0.0/8 2001:db8:5::/48",
    ) as site:
        # A machine that has much to do asks no faster than this.
        limits = site.folder / "nginx/http-limits.conf"
        limits.write_text(re.sub(r"\brate=\d+r/s;", "rate=5r/s;", limits.read_text()))
        site.reload()
        yield site


def many(port, count, path, client, *headers, method="GET"):
    """So many requests on one connection, one after the other without waiting; their answers' statuses, and the last
    answer that was refused. A {} in the path is the number of the request."""
    lines = ["Host: localhost", *headers]
    lines += [f"X-Forwarded-For: {client}"] if client else []
    end = "\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    statuses, refused = [], None
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rb") as stream:
        for begin in range(0, count, 50):
            batch = range(begin, min(count, begin + 50))
            requests = (f"{method} {path.format(number)} HTTP/1.1{end}" for number in batch)
            connection.sendall("".join(requests).encode())
            for _ in batch:
                statuses.append(int(stream.readline().split()[1]))
                told = dict(iter_headers(stream))
                body = stream.read(int(told["content-length"])) if method != "HEAD" else b""
                if statuses[-1] == 429:
                    refused = told, body
    return statuses, refused


def iter_headers(stream):
    while line := stream.readline().strip().decode():
        name, _, value = line.partition(": ")
        yield name.lower(), value


@pytest.mark.parametrize(
    "path, burst, headers",
    [
        ("/demo/{}.jpg", MISSES, ()),
        # Never kept, so every one of them reaches a worker.
        ("/demo/{}.jpg?never", MISSES, ()),
        ("/demo/{}.mp4", MISSES, ()),
        ("/_unknown/{}", MISSES, ()),
        ("/v1/files/purge/x", CALLS, (WITH_KEY,)),
        # A picture of a custom host.
        ("/v1/a.jpg", MISSES, ()),
        ("/_apus/region/exchange", REGIONS, ()),
    ],
    ids=["misses", "never kept", "files", "operations", "api", "pictures in a folder of the api", "regions"],
)
def test_a_client_that_asks_too_much_is_told_to_wait(site, path, burst, headers):
    statuses, refused = many(site.port, burst + 600, path, STRANGER, *headers)
    # A request or two come while the others do.
    assert statuses[:burst] == [200] * burst
    assert statuses.count(429) > 100
    assert set(statuses) == {200, 429}
    told, body = refused
    assert told["retry-after"] == "1"
    assert "x-request-id" in told and told["cache-control"] == "no-store" and told["x-content-type-options"] == "nosniff"
    if path.startswith("/v1/"):
        assert told["content-type"].startswith("application/json")
        assert set(json.loads(body)) == {"message", "help"}
    else:
        assert told["content-type"] == "text/plain" and body == b"Too Many Requests\n"
        assert told["ik-error"].startswith("ELIMIT - ")
    # Others are not concerned.
    for client in OTHERS:
        assert set(many(site.port, 5, path, client, *headers)[0]) == {200}, client


# --- Misses only


def test_hits_are_not_counted(site, stub):
    assert set(many(site.port, 3 * MISSES, "/demo/a.jpg", STRANGER)[0]) == {200}
    assert stub.count() == 1
    # Nor did they use up anything.
    assert set(many(site.port, MISSES, "/demo/{}.jpg", STRANGER)[0]) == {200}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_over_its_limit_still_gets_what_is_kept(site, stub, method):
    assert many(site.port, 1, "/demo/kept.jpg", OTHERS[0])[0] == [200]
    assert 429 in many(site.port, MISSES + 600, "/demo/{}.jpg", STRANGER, method=method)[0]
    asked = stub.count()
    assert set(many(site.port, 100, "/demo/kept.jpg", STRANGER, method=method)[0]) == {200}
    assert stub.count() == asked
    assert 429 in many(site.port, 100, "/demo/new-{}.jpg", STRANGER, method=method)[0]


def test_a_path_that_does_not_exist_is_counted_once(site, stub):
    """Of many such paths a client soon gets no more answers; others, and what is known to be missing, go on."""
    assert set(many(site.port, 2 * MISSES, "/demo/missing.jpg", STRANGER)[0]) == {404}
    assert stub.count() == 1
    statuses, _ = many(site.port, MISSES + 600, "/demo/missing-{}.jpg", STRANGER)
    assert statuses[:MISSES - 1] == [404] * (MISSES - 1) and 429 in statuses
    assert stub.count() < MISSES + 600
    assert set(many(site.port, 100, "/demo/missing-{}.jpg", STRANGER)[0]) == {404}
    for client in OTHERS:
        assert set(many(site.port, 5, "/demo/there-{}.jpg?%s" % client, client)[0]) == {200}, client


def test_what_is_refused_leaves_nothing_in_the_cache(site, stub):
    count = MISSES + 600
    before, _ = many(site.port, count, "/demo/{}.jpg", STRANGER)
    assert 429 in before
    assert set(many(site.port, count, "/demo/{}.jpg", None)[0]) == {200}
    assert stub.count() == count


# --- Who is meant


@pytest.mark.parametrize("path", ["/demo/{}.jpg", "/v1/files/purge/{}"])
@pytest.mark.parametrize(
    "client", [None, "10.1.2.3", "2001:db8:5::1"], ids=["this host", "operations", "operations over IPv6"]
)
def test_who_is_meant_by_no_limit(site, client, path):
    assert set(many(site.port, MISSES + 600, path, client, WITH_KEY)[0]) == {200}


@pytest.mark.parametrize(
    "one, other, is_same",
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff:4:5:7", True),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:3:3:4:5:6", False),
        ("2001:db8::3:4:5:6", "2001:db8::ffff:4:5:7", True),
        ("2001:db8::3:4:5:6", "2001:db9::3:4:5:6", False),
        ("2001::1:2:3:4:5", "2001::1:ffff:3:4:5", True),
        ("2001::1:2:3:4:5", "2001::2:2:3:4:5", False),
        ("203.0.113.1", "203.0.113.2", False),
        # Everybody who says to be this host.
        ("127.0.0.1", "::1", True),
    ],
)
def test_a_network_of_ipv6_is_one_client(site, one, other, is_same):
    path = "/v1/files/purge/x"
    assert 429 in many(site.port, CALLS + 60, path, one, WITH_KEY)[0]
    assert (429 in many(site.port, 40, path, other, WITH_KEY)[0]) == is_same


def test_a_network_of_ipv6_has_one_share_of_misses(site):
    assert 429 in many(site.port, MISSES + 600, "/demo/{}.jpg", "2001:db8:1:2:3::1")[0]
    assert 429 in many(site.port, 100, "/demo/new-{}.jpg", "2001:db8:1:2:4::2")[0]
    assert set(many(site.port, 100, "/demo/newer-{}.jpg", "2001:db8:1:3:3::1")[0]) == {200}


def test_elsewhere_there_are_no_limits(tmp_path, stub):
    with proxied_site(tmp_path / "site", stub) as site:
        assert set(many(site.port, MISSES + 600, "/demo/{}.jpg", STRANGER)[0]) == {200}


# --- Requests at the same moment


def test_a_client_has_so_many_requests_at_once(site, stub):
    many(site.port, 1, "/demo/kept.jpg", OTHERS[0])
    stub.mode = "hold"
    with contextlib.ExitStack() as stack:
        connections = []
        for number in range(CONNECTIONS + 1):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=30))
            request = f"GET /demo/{number}.jpg HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {STRANGER}\r\n\r\n"
            connection.sendall(request.encode())
            connections.append(connection)
            if number == CONNECTIONS - 1:
                wait_for(lambda: stub.count() == 1 + CONNECTIONS, what="the requests")
        # The one too many is answered before all others.
        assert connections[-1].recv(100).startswith(b"HTTP/1.1 429 ")
        assert many(site.port, 1, "/demo/kept.jpg", STRANGER)[0] == [429]
        assert many(site.port, 1, "/demo/kept.jpg", OTHERS[0])[0] == [200]
        stub.mode = None
        for connection in connections[:-1]:
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


# --- Logs


def logged(site):
    return [json.loads(line) for line in wait_for(site.log, what="the log").splitlines()]


def test_nothing_is_complained_about(site):
    many(site.port, MISSES + 100, "/demo/{}.jpg", STRANGER)
    many(site.port, 10, "/demo/1.jpg", STRANGER)
    many(site.port, CALLS + 100, "/v1/x", STRANGER, WITH_KEY)
    lines = logged(site)
    assert {line["status"] for line in lines} == {200, 429}
    assert {line["client"] for line in lines} == {STRANGER}
    assert site.log("nginx-error.log") == ""


def test_the_log_tells_of_workers_only(site):
    many(site.port, MISSES + 300, "/demo/{}.jpg", STRANGER)
    many(site.port, 1, "/demo/1.jpg", STRANGER)
    lines = logged(site)
    told = {(line["status"], line["edge"], line["workerStatus"], bool(line["workerSeconds"])) for line in lines}
    assert told == {(200, "MISS", "200", True), (429, "MISS", "", False), (200, "HIT", "", False)}
    assert all(float(line["workerSeconds"]) >= 0 for line in lines if line["workerSeconds"])


def test_a_worker_that_fails_is_logged(site, stub):
    stub.mode = "hang up"
    answer = http_client.request(site.port, "/demo/a.jpg")
    assert (answer.status, answer["Retry-After"], answer["Cache-Control"]) == (503, "1", "no-store")
    (line,) = logged(site)
    # Once more, and no further.
    assert line["workerStatus"] == "502 : 502" and stub.count() == 2
    assert line["worker"] == f"{stub.address} : {stub.address}"
