"""That the real web server does what its tests rely on. Nothing here asks Apus."""

import subprocess

import pytest
import requests

from origin_part import ODD_NAMES
from web_server import WebServer

SECONDS = 10
BODY = b"0123456789"


@pytest.fixture(scope="module")
def nginx():
    part = WebServer(secure=True)
    part.put("photo.jpg", BODY, "image/jpeg")
    yield part
    part.stop()


def curl(*arguments):
    """Status, protocol and body; without an answer the status is 0 and the error is in the place of the body."""
    told = "%{stderr}%{http_code} %{http_version} %{errormsg}"
    done = subprocess.run(
        ["curl", "-s", "-w", told, *map(str, arguments)], capture_output=True, timeout=SECONDS, check=False
    )
    code, version, error = done.stderr.decode().split(" ", 2)
    return int(code), version, done.stdout if int(code) else error


def test_nginx_knows_ranges_and_validators(nginx):
    url = f"{nginx.plain_base}/photo.jpg"
    whole = requests.get(url, timeout=SECONDS)
    assert (whole.content, whole.headers["Content-Type"]) == (BODY, "image/jpeg")
    assert "Is-Private-File" not in whole.headers and whole.headers["ETag"].startswith('"')
    part = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=SECONDS)
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert requests.get(url, headers={name: whole.headers[value]}, timeout=SECONDS).status_code == 304
    assert requests.get(f"{nginx.plain_base}/none.jpg", timeout=SECONDS).status_code == 404
    assert requests.get(f"{nginx.plain_base}/{nginx.forbid('photo.jpg')}", timeout=SECONDS).status_code == 403


def test_nginx_says_what_a_file_is_put_with(nginx):
    url = f"{nginx.plain_base}/odd.jpg"
    nginx.put("odd.jpg", BODY, "text/x-odd; charset=utf-8", private=True, headers={"Cache-Control": 'a="b; c"'})
    told = requests.get(url, timeout=SECONDS).headers
    assert (told["Content-Type"], told["Is-Private-File"]) == ("text/x-odd; charset=utf-8", "true")
    assert told["Cache-Control"] == 'a="b; c"'
    nginx.put("odd.jpg", BODY * 2, "image/jpeg")
    again = requests.get(url, timeout=SECONDS)
    assert (again.headers["Content-Type"], again.content) == ("image/jpeg", BODY * 2)
    assert "Is-Private-File" not in again.headers


@pytest.mark.parametrize("name", ODD_NAMES)
def test_nginx_keeps_odd_names(nginx, name):
    nginx.put(name, name.encode(), "image/jpeg")
    answer = requests.get(f"{nginx.plain_base}/{requests.utils.quote(name, safe='/')}", timeout=SECONDS)
    assert (answer.content, answer.headers["Content-Type"]) == (name.encode(), "image/jpeg")


def test_nginx_logs_what_it_was_asked(nginx):
    before = nginx.requests()
    headers = {"x-req-from": "imagekit", "Host": "photos.example"}
    with requests.Session() as session:
        for number in range(3):
            session.get(f"{nginx.plain_base}/photo.jpg?n={number}%2F", headers=headers, timeout=SECONDS)
    visits = nginx.log("/photo.jpg?n=")
    assert nginx.requests() == before + 3
    assert [visit.target for visit in visits] == [f"/photo.jpg?n={number}%2F" for number in range(3)]
    assert len({visit.connection for visit in visits}) == 1 and [visit.nth for visit in visits] == [1, 2, 3]
    assert {(visit.host, visit.request_from) for visit in visits} == {("photos.example", "imagekit")}


def test_nginx_speaks_http_2_with_tls_of_the_authority(nginx):
    url = f"{nginx.secure_base}/photo.jpg?secure"
    assert curl("--cacert", nginx.authority.file, url) == (200, "2", BODY)
    visit = nginx.log("?secure")[0]
    assert (visit.protocol, visit.server_name) == ("HTTP/2.0", "localhost")
    assert visit.tls.startswith("TLS")
    assert curl("--cacert", nginx.authority.file, "--http1.1", url) == (200, "1.1", BODY)
    assert curl(url)[0] == 0


@pytest.mark.parametrize("what", ["expired", "wrong host", "self-signed", "unknown authority"])
def test_nginx_s_bad_certificates_are_bad(nginx, what):
    url = f"{nginx.bad_bases[what]}/photo.jpg"
    code, _, error = curl("--cacert", nginx.authority.file, url)
    words = {"expired": "expired", "wrong host": "no alternative certificate subject name matches"}
    assert code == 0 and words.get(what, "certificate") in error, error
    assert curl("--insecure", url)[0] == 200


def test_nginx_listens_on_ipv6(nginx):
    if not nginx.has_ipv6:
        pytest.skip("this machine has no IPv6")
    plain, secure = nginx.ipv6_bases
    assert curl(f"{plain}/photo.jpg?six")[0] == 200
    assert curl("--cacert", nginx.authority.file, f"{secure}/photo.jpg")[:2] == (200, "2")
    assert nginx.log("?six")[0].client == "::1"
