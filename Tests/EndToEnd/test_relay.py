"""The relay that stands between workers and real parts, which must do what it says and nothing else."""

import time

import pytest
import requests

from object_server import ObjectServer
from relay import ClosedPort, Relay, port_of, through

BODY = bytes(range(256)) * 40


class Everything(ObjectServer):
    def get(self, exchange):
        exchange.tell(200, BODY)


@pytest.fixture
def relayed():
    """A GET of BODY through a relay."""
    server, relays = Everything(), []

    def fetch(**does):
        relays.append(Relay(server.port, **does))
        return requests.get(f"http://127.0.0.1:{relays[-1].port}/", timeout=1)

    yield fetch
    for one in (*relays, server):
        one.stop()


def test_a_relay_passes_everything_on(relayed):
    assert relayed().content == BODY


def test_a_relay_drips(relayed):
    started = time.monotonic()
    assert relayed(drip=(2048, 0.05)).content == BODY
    assert time.monotonic() - started > 0.05 * len(BODY) / 2048


@pytest.mark.parametrize(
    "does, error",
    [
        ({"cut_after": 5000}, requests.exceptions.ChunkedEncodingError),
        ({"stall_after": 5000}, requests.exceptions.ConnectionError),
        ({"cut_after": 10}, requests.exceptions.ConnectionError),
        ({"stall_after": 10}, requests.exceptions.ReadTimeout),
    ],
)
def test_a_relay_cuts_off_and_falls_silent(relayed, does, error):
    with pytest.raises(error):
        relayed(**does)


def test_a_closed_port_refuses():
    port = ClosedPort()
    with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        requests.get(f"http://127.0.0.1:{port.port}/", timeout=1)
    port.stop()


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"endpoint": "http://127.0.0.1:80"}, {"endpoint": "http://127.0.0.1:81"}),
        ({"baseUrl": "https://localhost:80/a:90/b", "x": 1}, {"baseUrl": "https://localhost:81/a:90/b", "x": 1}),
        ({"endpoint": "http://[::1]:80/"}, {"endpoint": "http://[::1]:81/"}),
        ({"type": "WEB_PROXY"}, {"type": "WEB_PROXY"}),
    ],
)
def test_settings_lead_through_a_relay(settings, expected):
    assert through(settings, 81) == expected
    assert all(port_of(url) == 80 for name, url in settings.items() if name in ("endpoint", "baseUrl"))
