"""Worker hosts: which of them nginx asks for what, what it does when one is away, and a region of a front and two of
them in network namespaces."""

import contextlib
import os
import re
import socket

import pytest

import http_client
from fastcgi_stub import FastCGIStub
from instance import wait_for
from nginx_site import Site
from ports import free_port
from test_failures import settle
from worker_region import Region

SHOP = "images.shop.example"


def site_of(folder, *stubs, more="", **settings):
    port = free_port()
    hosts = " ".join(stub if isinstance(stub, str) else stub.address for stub in stubs)
    site = Site(
        folder / "site", f"nginx_plain 'listen 127.0.0.1:{port} backlog=4096;'", "nginx_hosts", hosts=hosts,
        customHosts=SHOP, more=more, **settings,
    )
    site.port = port
    return site


# --- The original's path


@pytest.fixture(scope="module")
def source_path(tmp_path_factory):
    """Asks nginx for the path by which it chooses a host."""
    port = free_port()
    told = "server { listen 127.0.0.1:%d; location / { return 200 $source_path; } }" % port
    with site_of(tmp_path_factory.mktemp("paths"), "127.0.0.1:1", "127.0.0.1:2", more=told):
        yield lambda target, host="localhost": http_client.request(port, target, headers={"Host": host}).body.decode()


@pytest.mark.parametrize(
    "target, path",
    [
        ("/demo/a.jpg", "/demo/a.jpg"),
        ("/demo/a.jpg?tr=w-300,h-200", "/demo/a.jpg"),
        ("/demo/tr:w-300,h-200/a.jpg", "/demo/a.jpg"),
        ("/demo/tr:w-300:rt-90/folder/a.jpg", "/demo/folder/a.jpg"),
        ("/demo/folder/tr:w-300/a.jpg", "/demo/folder/a.jpg"),
        ("/demo/tr%3Aw-300/a.jpg", "/demo/a.jpg"),
        ("/demo/%74r%3aw-300/a.jpg", "/demo/a.jpg"),
        ("/demo/shoes/tr:w-1,l-image,i-logos@@a.png,l-end/a.jpg?ik-s=1&ik-t=2", "/demo/shoes/a.jpg"),
        ("/tr:w-300/a.jpg", "/a.jpg"),
        # Only the first of them is one.
        ("/demo/tr:w-300/tr:w-3/a.jpg", "/demo/tr:w-3/a.jpg"),
        ("/demo/extr:w-300/a.jpg", "/demo/extr:w-300/a.jpg"),
        ("/demo/a.jpg?x=/tr:w-300/b.jpg", "/demo/a.jpg"),
        ("/demo/a%20b%C3%A9.jpg", "/demo/a%20b%C3%A9.jpg"),
        ("/demo/page.pdf/ik-thumbnail.jpg", "/demo/page.pdf"),
        ("/demo/tr:w-300/page.pdf/ik-thumbnail.jpg?tr=pg-2", "/demo/page.pdf"),
        ("/demo/ik-thumbnail.jpg/a.jpg", "/demo/ik-thumbnail.jpg/a.jpg"),
        ("/demo/ik-seo/tr:w-300/kleiber/any-words.jpg", "/demo/kleiber.jpg"),
        ("/demo/ik-seo/kleiber/any-words.jpg?tr=w-300", "/demo/kleiber.jpg"),
        ("/demo/shoes/ik-seo/tr:w-300/folder/kleiber/any.words.jpg", "/demo/shoes/folder/kleiber.jpg"),
        ("/demo/tr:w-300/ik-seo/folder/kleiber/any-words.jpg", "/demo/folder/kleiber.jpg"),
        ("/demo/tr:w-300/https://shop.example/a.jpg", "/demo/https://shop.example/a.jpg"),
        ("/_apus/ready", "/_apus/ready"),
        ("/", "/"),
    ],
)
def test_what_is_made_of_one_original_has_one_path(source_path, target, path):
    assert source_path(target) == path


def test_a_custom_host_has_paths_of_its_own(source_path):
    for target in ("/tr:w-300/a.jpg", "/a.jpg?tr=w-200", "/ik-seo/a/words.jpg"):
        assert source_path(target, SHOP) == f"{SHOP}/a.jpg"
        assert source_path(target, "IMAGES.shop.example:8080") == f"{SHOP}/a.jpg"
        assert source_path(target, "other.example") == "/a.jpg"


def test_the_longest_url_is_looked_at(source_path):
    """In a time that is no attack."""
    assert source_path("/demo/" + "tr:/" * 2 + "x/" * 6000 + "a.jpg").startswith("/demo/")
    assert source_path("/" * 8000 + "a.jpg").endswith("a.jpg")
    assert source_path("/demo/ik-seo/" + "a." * 5000).startswith("/demo/")


# --- Which host is asked


@pytest.fixture
def stubs():
    stubs = [FastCGIStub("one"), FastCGIStub("two"), FastCGIStub("three")]
    yield stubs
    for stub in stubs:
        stub.stop()


def test_both_forms_of_a_picture_go_to_one_host(tmp_path, stubs):
    with site_of(tmp_path, *stubs) as site:
        answered = set()
        for number in range(40):
            name = f"photo{number}"
            targets = [
                f"/demo/{name}.jpg", f"/demo/tr:w-{number}/{name}.jpg", f"/demo/{name}.jpg?tr=w-{number}",
                f"/demo/tr:orig-true/{name}.jpg", f"/demo/ik-seo/tr:w-3/{name}/words.jpg",
            ]
            who = {http_client.request(site.port, target).body for target in targets}
            assert len(who) == 1, targets
            answered |= who
        assert answered == {b"one", b"two", b"three"}


def test_what_other_regions_ask_goes_to_the_same_host(tmp_path, stubs):
    with site_of(tmp_path, *stubs) as site:
        answered = set()
        for number in range(40):
            path, host = f"/photo{number}.jpg", SHOP if number % 2 else "localhost"
            body = f"nonce: 1\nhost: {host}\npath: /tr:w-{number}{path}\nquery: tr=w-3\naccept: path: /other\n"
            asked = http_client.request(site.port, "/_apus/region/ask", method="POST", body=body.encode()).body
            assert asked == http_client.request(site.port, path, headers={"Host": host}).body
            answered.add(asked)
        assert answered == {b"one", b"two", b"three"}
        longest = f"nonce: {'x' * 50_000}\npath: /photo1.jpg\n".encode()
        assert http_client.request(site.port, "/_apus/region/ask", method="POST", body=longest).status == 200


def test_a_host_that_joins_takes_only_its_share(tmp_path, stubs):
    def answers(site):
        return [http_client.request(site.port, f"/demo/share{number}.jpg").body for number in range(120)]

    with site_of(tmp_path, *stubs[:2]) as site:
        before = answers(site)
        site.write(hosts=" ".join(stub.address for stub in stubs))
        site.reload()
        after = answers(site)
    moved = [(old, new) for old, new in zip(before, after) if old != new]
    assert {new for _, new in moved} == {b"three"}
    assert 10 < len(moved) < 80


# --- When one is away


def test_a_host_that_is_away_costs_no_request_and_is_asked_again(tmp_path, stubs):
    one, two, _ = stubs
    with site_of(tmp_path, one, two) as site:
        def answers():
            return [http_client.request(site.port, f"/demo/away{number}.jpg") for number in range(40)]

        assert {answer.body for answer in answers()} == {b"one", b"two"}
        port = one.port
        one.stop()
        got = answers()
        assert {(answer.status, answer.body) for answer in got} == {(200, b"two")}
        back = FastCGIStub("one again", listener=_listening(port))
        wait_for(lambda: any(answer.body == b"one again" for answer in answers()), what="the host to be asked again")
        back.stop()


def _listening(port):
    return socket.create_server(("127.0.0.1", port), backlog=512)


def test_a_request_that_a_host_drops_goes_to_another_once(tmp_path, stubs):
    one, two, three = stubs
    with site_of(tmp_path, *stubs) as site:
        for stub in stubs:
            stub.mode = "hang up"
        answer = http_client.request(site.port, "/demo/poison.jpg")
        assert answer.status == 503
        assert [stub.count(word="poison") for stub in stubs].count(1) == 2
        assert sum(stub.count(word="poison") for stub in stubs) == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_second_attempt_is_answered_by_another_host(tmp_path, stubs, method):
    one, two, three = stubs
    one.mode = two.mode = "hang up"
    with site_of(tmp_path, one, three) as site:
        for number in range(20):
            answer = http_client.request(site.port, f"/demo/second{number}.jpg", method=method)
            assert answer.status == 200
    assert three.count(word="second") == 20
    assert 0 < one.count(word="second") < 20


@pytest.mark.parametrize("path", ["/v1/files/purge", "/api/v1/x", "/_apus/region/purge"])
def test_a_call_is_never_sent_twice(tmp_path, stubs, path):
    with site_of(tmp_path, *stubs) as site:
        for stub in stubs:
            stub.mode = "hang up"
        for _ in range(6):
            assert http_client.request(site.port, path, method="POST", body=b"{}").status == 503
    assert sum(stub.count("POST") for stub in stubs) == 6


@pytest.mark.parametrize("path", ["/v1/files/purge", "/_apus/region/purge"])
def test_a_call_goes_to_a_host_that_is_there(tmp_path, stubs, path):
    """Nothing was sent to the one where nobody listens."""
    one, two, _ = stubs
    with site_of(tmp_path, f"127.0.0.1:{free_port()}", one, two) as site:
        for _ in range(12):
            assert http_client.request(site.port, path, method="POST", body=b"{}").status == 200
    assert one.count("POST") + two.count("POST") == 12


def test_all_hosts_away_is_said_at_once_and_forgotten_soon(tmp_path, stubs):
    port = free_port()
    with site_of(tmp_path, f"127.0.0.1:{port}") as site:
        for number in range(10):
            answer = http_client.request(site.port, f"/demo/none{number}.jpg")
            assert (answer.status, answer["Retry-After"]) == (503, "1")
        back = FastCGIStub("back", listener=_listening(port))
        wait_for(lambda: http_client.request(site.port, "/demo/back.jpg").status == 200, what="the host to be asked")
        back.stop()


# --- A region of a front and two worker hosts


@pytest.fixture
def region(workplace, unique):
    if os.geteuid() != 0:
        pytest.skip("needs root: it makes network namespaces")
    folder = workplace / f"hosts-{unique()}"
    folder.mkdir()
    with Region(folder) as region:
        yield region


def forms(name):
    """Of one original: different variants, in both forms of a URL."""
    for width in range(20, 26):
        yield f"/demo/tr:w-{width}/ok/{name}.jpg"
        yield f"/demo/ok/{name}.jpg?tr=w-{width},f-png"


def picture(number):
    """Some twenty originals, each in ever new widths."""
    return f"/demo/tr:w-{20 + number // 20 % 280}/ok/load{number % 20}.jpg"


def test_each_original_is_fetched_once_by_one_host(region):
    first, second = region.host(11), region.host(12)
    first.start()
    second.start()
    region.serve(first, second)
    for number in range(24):
        name = f"original{number}"
        answers = region.get_all(list(forms(name)))
        assert {answer.status for answer in answers} == {200}
        assert region.origin.count(f"/{name}.jpg") == 1, name
    # Both have worked.
    for host in (first, second):
        metrics = host.ask(host.namespace, "/_apus/metrics").decode()
        assert sum(int(count) for count in re.findall(r"^apus_renders_total\S* (\d+)", metrics, re.M)) > 12


def test_what_one_host_has_made_the_other_has(region):
    """Variants are shared: a host that takes over renders nothing again."""
    first, second = region.host(11), region.host(12)
    first.start()
    region.serve(first)
    path = "/demo/tr:w-50/ok/shared.jpg"
    assert region.get(path).cache == "render"
    second.start()
    region.serve(second)
    first.drain()
    assert b"x-apus-cache: redis" in second.ask(region.front, path)
    assert region.origin.count("shared") == 1


def test_a_host_joins_and_another_drains_without_a_failed_request(region):
    first, second = region.host(11), region.host(12)
    first.start()
    region.serve(first)
    with region.load(picture) as load:
        settle(load, 80)
        second.start()
        region.serve(first, second)
        settle(load, 80)
        region.serve(second)
        assert first.drain() == 0
        settle(load, 80)
    assert load.failed == 0, load.outcomes


def test_a_host_that_drains_before_nginx_knows_costs_no_request(region):
    first, second = region.host(11), region.host(12)
    first.start()
    second.start()
    region.serve(first, second)
    with region.load(picture) as load:
        settle(load, 80)
        assert first.drain() == 0
        settle(load, 80)
        first.start()
        settle(load, 80)
    assert load.failed == 0, load.outcomes


def test_a_host_that_is_killed_costs_no_request(region):
    first, second = region.host(11), region.host(12)
    first.start()
    second.start()
    region.serve(first, second)
    with region.load(picture) as load:
        settle(load, 80)
        first.kill()
        settle(load, 80)
        first.start()
        settle(load, 80)
    assert load.failed == 0, load.outcomes


def is_answered(host, namespace):
    """Those that are refused find the connection closed, or reset because they had sent something."""
    try:
        answer = host.ask(namespace, "/_apus/live")
    except ConnectionError:
        return False
    assert answer == b"" or answer.startswith(b"Status: 200")
    return answer != b""


def test_workers_answer_those_alone_who_are_named(region):
    """By workers.fronts or, which is stronger, by FCGI_WEB_SERVER_ADDRS; and their own host."""
    first, second = region.host(11), region.host(12)
    front = region.front

    def answered():
        return [is_answered(first, name) for name in (front, second.namespace, first.namespace)]

    first.start()
    assert answered() == [True, False, True]
    assert "10.77.0.12" in first.log() and "doubt" not in first.log()
    first.drain()
    first.start(FCGI_WEB_SERVER_ADDRS="10.77.0.12, 10.77.0.13")
    assert answered() == [False, True, True]
    first.drain()
    region.configure()
    first.start()
    assert answered() == [False, False, True]
    assert "only this host may ask the workers" in first.log()
    assert first.drain() == 0
