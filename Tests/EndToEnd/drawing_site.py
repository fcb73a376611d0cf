"""An instance in front of an origin that has the drawings and other files of the tests. A test module imports the
fixtures."""

import json
from contextlib import contextmanager

import pytest

from conftest import endpoint, web
from instance import Instance
from scripted_origin import ScriptedOrigin

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
MEGABYTE = 1_000_000
SOURCE_BYTES = 3 * MEGABYTE


@contextmanager
def running(workplace, name, origin, **changes):
    path = workplace / f"{name}.yaml"
    account = {
        "id": "demo", "publicKey": "public_test", "privateKeys": ["private_test_key"],
        "origins": [web("page", f"{origin.base}/page")],
        "urlEndpoints": [endpoint("", "page"), endpoint("raster", "page", svg="rasterise")],
    }  # fmt: skip
    configuration = {
        "workers": {"processes": 1, "renders": 2}, "cache": {"edgeAge": "1s", "errorAge": "1s"},
        "limits": {"sourceBytes": f"{SOURCE_BYTES // MEGABYTE}MB", "sourcePixels": "20MP", "outputPixels": "20MP"},
        "timeouts": {"total": "10s", "render": "6s"}, "accounts": [account],
    }  # fmt: skip
    path.write_text(json.dumps(configuration | changes))
    instance = Instance(path, workplace / name)
    try:
        instance.up()
        yield instance
    finally:
        instance.down()


@pytest.fixture(scope="module")
def origin():
    origin = ScriptedOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def apus(workplace, origin):
    with running(workplace, "svg", origin) as instance:
        yield instance


@pytest.fixture
def put(origin, unique):
    """Puts a file there under a name of its own; returns its path."""

    def put(body, kind="image/svg+xml", suffix=".svg", **headers):
        name = unique() + suffix
        origin.put(name, body=body if isinstance(body, bytes) else body.encode(), Content_Type=kind, **headers)
        return name

    return put


def drawing(body, attributes='width="100" height="50"', head=""):
    return f'{head}<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" {attributes}>{body}</svg>'


def get(apus, name, steps="", **options):
    return apus.get(f"/demo/{f'tr:{steps}/' if steps else ''}{name}", **options)
