"""Requests that hide a second one, or can be read in two ways: nginx refuses them, or reads them as they are meant."""

import http_client
import pytest
from hardened_site import CHUNKED, HIDDEN, answers, asked_since, check_refusal, site, stub  # noqa: F401

REFUSED = {
    "length and chunks": ("POST", ["Content-Length: 4", CHUNKED], "0\r\n\r\n" + HIDDEN),
    "chunks and length": ("POST", [CHUNKED, "Content-Length: 4"], "0\r\n\r\n" + HIDDEN),
    "two lengths": ("POST", ["Content-Length: 0", f"Content-Length: {len(HIDDEN)}"], HIDDEN),
    "one length twice": ("POST", ["Content-Length: 0", "Content-Length: 0"], HIDDEN),
    "a list of lengths": ("POST", ["Content-Length: 0, 0"], HIDDEN),
    "length with a plus": ("POST", ["Content-Length: +0"], HIDDEN),
    "negative length": ("POST", ["Content-Length: -1"], HIDDEN),
    "hexadecimal length": ("POST", ["Content-Length: 0x0"], HIDDEN),
    "length above 2^64": ("POST", ["Content-Length: 18446744073709551616"], HIDDEN),
    "no length": ("POST", ["Content-Length: "], HIDDEN),
    "space before the colon": ("POST", [f"Content-Length : {len(HIDDEN)}"], HIDDEN),
    "space before the colon of chunks": ("POST", ["Transfer-Encoding : chunked"], "0\r\n\r\n" + HIDDEN),
    "folded": ("POST", ["Transfer-Encoding:", " chunked"], "0\r\n\r\n" + HIDDEN),
    "any folded header": ("GET", ["X-A: b", "\tc"], HIDDEN),
    "another coding": ("POST", ["Transfer-Encoding: xchunked"], HIDDEN),
    "identity": ("POST", ["Transfer-Encoding: identity"], HIDDEN),
    "two codings": ("POST", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n" + HIDDEN),
    "two codings, chunks last": ("POST", ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n" + HIDDEN),
    "chunks twice": ("POST", [CHUNKED, CHUNKED], "0\r\n\r\n" + HIDDEN),
    "tab before the coding": ("POST", ["Transfer-Encoding:\tchunked"], "0\r\n\r\n" + HIDDEN),
    "vertical tab before the coding": ("POST", ["Transfer-Encoding: \x0bchunked"], "0\r\n\r\n" + HIDDEN),
    "carriage return in a header": ("GET", [f"X: a\rContent-Length: {len(HIDDEN)}"], HIDDEN),
    "junk after a chunk": ("POST", [CHUNKED], "5\r\nhelloXX\r\n0\r\n\r\n" + HIDDEN),
    "junk in the size of a chunk": ("POST", [CHUNKED], "0x1\r\na\r\n0\r\n\r\n" + HIDDEN),
    "negative chunk": ("POST", [CHUNKED], "-1\r\na\r\n0\r\n\r\n" + HIDDEN),
    "chunk above 2^64": ("POST", [CHUNKED], "1ffffffffffffffff\r\na\r\n0\r\n\r\n" + HIDDEN),
    "zero byte in a header": ("GET", ["X: a\0b"], HIDDEN),
    "space in a name": ("GET", ["X Y: a"], HIDDEN),
    "no colon": ("GET", ["Content-Length 500"], HIDDEN),
    "no name": ("GET", [": a"], HIDDEN),
    "space before the first header": ("GET", [" X: a"], HIDDEN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_can_be_read_in_two_ways_is_refused_and_its_connection_ends(site, stub, name):
    method, headers, rest = REFUSED[name]
    before = stub.count()
    lines = [f"{method} /first HTTP/1.1", *headers, "Host: x", "", rest]
    (answer,) = answers(site, "\r\n".join(lines).encode("latin-1"))
    assert answer.status in (400, 501)
    check_refusal(answer)
    assert asked_since(stub, before) == []


def test_chunks_are_for_http_1_1_alone(site, stub):
    before = stub.count()
    request = f"POST /first HTTP/1.0\r\nConnection: keep-alive\r\n{CHUNKED}\r\n\r\n0\r\n\r\n{HIDDEN}"
    (answer,) = answers(site, request.encode())
    assert answer.status == 400 and asked_since(stub, before) == []


INNER = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
SECOND = "GET /never/second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
READ = {
    "length": ("POST", [f"Content-Length: {len(INNER)}"], INNER),
    "length at GET": ("GET", [f"Content-Length: {len(INNER)}"], INNER),
    "length at HEAD": ("HEAD", [f"Content-Length: {len(INNER)}"], INNER),
    "length at OPTIONS": ("OPTIONS", [f"Content-Length: {len(INNER)}"], INNER),
    "chunks": ("POST", [CHUNKED], f"{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    "chunks at GET": ("GET", [CHUNKED], f"{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    "upper case": ("POST", ["TRANSFER-ENCODING: CHUNKED"], f"{len(INNER):X}\r\n{INNER}\r\n0\r\n\r\n"),
    "a chunk's extension": ("POST", [CHUNKED], f"{len(INNER):x};a=b\r\n{INNER}\r\n0\r\n\r\n"),
    "headers after the chunks": ("POST", [CHUNKED], f"0\r\nContent-Length: {len(SECOND)}\r\nX: y\r\n\r\n"),
    "chunks of bare line feeds": ("POST", [CHUNKED], f"{len(INNER):x}\n{INNER}\n0\n\n"),
    "an underscore instead of a dash": ("GET", ["Content_Length: 500", "Transfer_Encoding: chunked"], ""),
}


@pytest.mark.parametrize("where", ["/never/first", "/kept"])
@pytest.mark.parametrize("name", READ)
def test_a_body_is_never_taken_for_a_request(site, stub, name, where):
    http_client.request(site.port, "/kept", headers={"Host": "x"})
    method, headers, body = READ[name]
    before = stub.count()
    request = "\r\n".join([f"{method} {where} HTTP/1.1", "Host: x", *headers, "", body + SECOND])
    found = answers(site, request.encode(), [method])
    assert [answer.status for answer in found] == [200, 200]
    asked = [path for _, path in asked_since(stub, before)]
    assert "/inner" not in asked and "/hidden" not in asked
    assert asked[-1] == "/never/second" and asked.count("/never/second") == 1


def test_lines_may_end_without_carriage_return(site, stub):
    """As RFC 9112 (2.2) allows; both requests are seen as what they are."""
    before = stub.count()
    request = "GET /never/first HTTP/1.1\nHost: x\n\nGET /never/second HTTP/1.1\nHost: x\nConnection: close\n\n"
    assert [answer.status for answer in answers(site, request.encode())] == [200, 200]
    assert asked_since(stub, before) == [("GET", "/never/first"), ("GET", "/never/second")]


def test_every_request_of_many_has_its_own_answer(site, stub):
    before = stub.count()
    request = "".join(f"GET /never/{number} HTTP/1.1\r\nHost: x\r\n\r\n" for number in range(100))
    found = answers(site, (request + SECOND).encode())
    assert [answer.status for answer in found] == [200] * 101
    assert [path for _, path in asked_since(stub, before)] == [f"/never/{number}" for number in [*range(100), "second"]]
