"""Origins whose TLS is not in order (row C19 of the list of abuses), and redirects that leave it (B9)."""

import itertools
import json
import socket
import ssl
import struct
from datetime import timedelta

import pytest

from certificates import Authority, session_authority
from conftest import endpoint, web
from hostile_origin import HostileOrigin
from instance import Instance
from pictures import shows_quadrants

_words = itertools.count(1)


class TLSOrigin(HostileOrigin):
    """`context`: how it speaks TLS."""

    def __init__(self, context=None):
        self.context, self.targets = context, {}
        super().__init__()

    @property
    def base(self):
        return f"https://localhost:{self.port}"

    def _serve(self, connection):
        try:
            secured = self.context.wrap_socket(connection, server_side=True)
        except OSError:
            return connection.close()
        return super()._serve(secured)

    def _do_to(self, connection, rest, headers):
        """/to/WORD/…: a redirect to the base that `targets` has."""
        self._redirect(connection, f"{self.targets[rest[0]]}/ok/x.jpg")


class SilentOrigin(TLSOrigin):
    """Accepts and says nothing."""

    def _serve(self, connection):
        with connection:
            self._stopped.wait(30)


class PlainOrigin(TLSOrigin):
    """Answers a handshake as web servers without TLS do."""

    def _serve(self, connection):
        with connection:
            connection.recv(1 << 14)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


class ResettingOrigin(TLSOrigin):
    """Ends in the handshake."""

    def _serve(self, connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def context(files, **changes):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*files)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def ancient(files, version):
    """Speaks no younger version; OpenSSL has to be told to."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(*files)
    made.minimum_version = made.maximum_version = version
    return made


def origins(workplace):
    ours, theirs = session_authority(), Authority(workplace / "stranger", "Another authority")
    good = ours.issue("good")
    return {
        "good": TLSOrigin(context(good)),
        "expired": TLSOrigin(context(ours.issue("expired", valid_for=timedelta(days=-1)))),
        "of another host": TLSOrigin(context(ours.issue("other", hosts=("other.example",)))),
        "of a parent's wildcard": TLSOrigin(context(ours.issue("wild", hosts=("*.localhost", "*.0.0.1")))),
        "self-signed": TLSOrigin(context(ours.issue("alone", self_signed=True))),
        "of another authority": TLSOrigin(context(theirs.issue("strange"))),
        "TLS 1.0": TLSOrigin(ancient(good, ssl.TLSVersion.TLSv1)),
        "TLS 1.1": TLSOrigin(ancient(good, ssl.TLSVersion.TLSv1_1)),
        "no TLS": PlainOrigin(),
        "reset": ResettingOrigin(),
        "silent": SilentOrigin(),
    }


@pytest.fixture(scope="module")
def world(workplace):
    """An instance that trusts the test's authority, and its origins by name."""
    made = origins(workplace)
    identifiers = {case: f"o{number}" for number, case in enumerate(made)}
    configuration = {
        "timeouts": {"total": "6s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"},
        "cache": {"edgeAge": "1s", "errorAge": "1s"},
        "network": {"caFile": str(session_authority().file), "allow": ["127.0.0.0/8", "::1"]},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": ["private_test_key"],
                "origins": [web(identifiers[case], origin.base) for case, origin in made.items()],
                "urlEndpoints": [endpoint(one, one) for one in identifiers.values()],
            }
        ],
    }
    path = workplace / "tls.yaml"
    path.write_text(json.dumps(configuration))
    instance = Instance(path, workplace / "tls")
    try:
        instance.up()
        yield instance, made, identifiers
    finally:
        instance.down()
        for origin in made.values():
            origin.stop()


@pytest.fixture
def get(world):
    """Asks one of the origins for a path that nobody has asked for."""
    instance, _, identifiers = world
    return lambda case, behaviour="ok": instance.get(
        f"/demo/{identifiers[case]}/tr:w-100/{behaviour}/{next(_words)}.jpg"
    )


def test_a_certificate_of_the_owner_s_authority_is_trusted(get):
    assert shows_quadrants(get("good").picture())


@pytest.mark.parametrize(
    "case",
    [
        "expired",
        "of another host",
        "of a parent's wildcard",
        "self-signed",
        "of another authority",
        "TLS 1.0",
        "TLS 1.1",
        "no TLS",
        "reset",
    ],
)
def test_c19_tls_that_is_not_in_order_is_none(world, get, case):
    answer = get(case)
    assert (answer.status, answer.error) == (404, "UNIDENTIFIED"), answer
    assert world[1][case].count() == 0


def test_c19_a_handshake_without_end_is_given_up(get):
    answer = get("silent")
    assert (answer.status, answer.error) == (404, "ETIMEDOUT"), answer


def test_b9_a_redirect_away_from_tls_is_not_followed(world, get):
    good = world[1]["good"]
    good.targets = {"http": f"http://localhost:{good.port}", "https": good.base}
    before = good.count()
    answer = get("good", "to/http")
    assert (answer.status, answer.error) == (404, "UNIDENTIFIED"), answer
    assert good.count() == before + 1
    assert get("good", "to/https").status == 200


def test_c19_a_server_that_a_redirect_names_is_judged_likewise(world, get):
    good, expired = world[1]["good"], world[1]["expired"]
    good.targets["expired"] = expired.base
    answer = get("good", "to/expired")
    assert (answer.status, answer.error) == (404, "UNIDENTIFIED"), answer
    assert expired.count() == 0
