"""What the tests share: pictures in a folder, hostile origins, and running instances of Apus."""

import itertools
import json
import shutil
import tempfile
from pathlib import Path

import pytest

import pictures
from hostile_origin import HostileOrigin, refused_base
from instance import Instance, wait_for

PRIVATE_KEY = "private_test_key"
OLDER_KEY = "private_older_key"
EDGE_SECONDS = 1
ERROR_SECONDS = 2
TOTAL_SECONDS = 6

_numbers = itertools.count(1)


@pytest.fixture
def unique():
    """A word for paths that nothing else has asked for, and that is no part of another."""
    return lambda: f"u{next(_numbers)}x"


@pytest.fixture(scope="session")
def workplace():
    """A short path: sockets lie in it."""
    folder = Path(tempfile.mkdtemp(prefix="apus-e2e-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


# Folders in the workplace that all modules share; `folder`, `apus` and `open_apus` make them.
SHARED_FOLDERS = {"pictures", "shared", "open", "world-alpha", "world-beta", "world-gamma"}


@pytest.fixture(scope="module", autouse=True)
def tidy_workplace(workplace):
    """What the instances of a module leave goes with it. All of them leave so many files that it takes a minute at the
    end, when they have to be read from the disk again."""
    before = {path.name for path in workplace.iterdir()}
    yield
    for path in workplace.iterdir():
        if path.is_dir() and path.name not in before | SHARED_FOLDERS:
            shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def folder(workplace):
    """The DISK origin's folder. Tests that write into it use names of their own."""
    pictures.write_all(workplace / "pictures")
    return workplace / "pictures"


@pytest.fixture(scope="session")
def other_origin():
    origin = HostileOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="session")
def origin(other_origin):
    origin = HostileOrigin(elsewhere=other_origin)
    yield origin
    origin.stop()


def endpoint(prefix, *origins, **settings):
    return {"urlPrefix": prefix, "origins": list(origins), **settings}


def web(identifier, base, **settings):
    return {"id": identifier, "type": "WEB_FOLDER", "baseUrl": base, **settings}


def write_configuration(path, folder, origin, other_origin, **changes):
    """The configuration of the suite: short times and small limits, an endpoint per rule. JSON is YAML too."""
    configuration = {
        "workers": {"processes": 2, "slots": 64, "renders": 2},
        "cache": {"edgeAge": f"{EDGE_SECONDS}s", "errorAge": f"{ERROR_SECONDS}s"},
        "limits": {
            "sourceBytes": "8MB",
            "sourcePixels": "40MP",
            "outputPixels": "20MP",
            "frames": 100,
            "steps": 10,
        },
        "timeouts": {"total": f"{TOTAL_SECONDS}s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY, OLDER_KEY],
                "origins": [
                    {"id": "disk", "type": "DISK", "path": str(folder)},
                    web("web", origin.base),
                    web("other", other_origin.base),
                    web("missing", f"{origin.base}/missing"),
                    web("missing-too", f"{origin.base}/missing/too"),
                    web("failing", f"{origin.base}/status/500"),
                    web("forbidden", f"{origin.base}/status/403"),
                    web("refused", refused_base()),
                    web("forwarding", origin.base, forwardHostHeaderToOrigin=True),
                    {"id": "proxy", "type": "WEB_PROXY"},
                ],
                "urlEndpoints": [
                    endpoint("", "disk"),
                    endpoint("web", "web"),
                    endpoint("named", "disk", unsigned="named"),
                    endpoint("signed", "disk", unsigned="deny"),
                    endpoint("signed-web", "web", unsigned="deny"),
                    endpoint("lenient", "disk", unknownParameters="ignore"),
                    endpoint("shop", "disk", hosts=["images.shop.example"]),
                    endpoint("png", "disk", format="png"),
                    endpoint("rough", "disk", format="jpg", quality=10),
                    endpoint("raster", "disk", svg="rasterise"),
                    endpoint("forwarding", "forwarding"),
                    endpoint("proxy", "proxy", insecure=True),
                    endpoint("refused", "refused"),
                    endpoint("second", "missing", "web"),
                    endpoint("after-failure", "failing", "web"),
                    endpoint("all-missing", "missing", "missing-too"),
                    endpoint("missing-then-forbidden", "missing", "forbidden"),
                    endpoint("forbidden-then-missing", "forbidden", "missing"),
                    endpoint("failing-then-missing", "failing", "missing"),
                    endpoint("disk-then-web", "disk", "web"),
                ],
                "namedTransformations": {
                    "thumb": "w-150,h-150",
                    "plain": "q-80",
                    "with_prefix": "tr:w-80:rt-90",
                },
            },
            {
                "id": "second",
                "publicKey": "public_second",
                "privateKeys": ["private_second"],
                "origins": [{"id": "disk", "type": "DISK", "path": str(folder / "folder")}],
                "urlEndpoints": [endpoint("", "disk")],
            },
        ],
    }
    configuration.update(changes)
    path.write_text(json.dumps(configuration, indent=2))
    return path


@pytest.fixture(scope="session")
def configure(workplace, folder, origin, other_origin):
    """Writes a variant of the configuration and returns its path: configure("name", limits={…})."""

    def write(name, **changes):
        return write_configuration(workplace / f"{name}.yaml", folder, origin, other_origin, **changes)

    return write


@pytest.fixture(scope="session")
def apus(workplace, configure):
    """The instance that most tests ask. They leave it as they found it."""
    instance = Instance(configure("shared"), workplace / "shared")
    instance.up()
    yield instance
    instance.down()


@pytest.fixture(scope="session")
def open_apus(workplace, configure):
    """An instance whose configuration lets web proxies and redirects reach loopback."""
    instance = Instance(configure("open", network={"allow": ["127.0.0.0/8"]}), workplace / "open")
    instance.up()
    yield instance
    instance.down()


@pytest.fixture(scope="session")
def world(workplace):
    """Three regions that most tests of regions ask."""
    # It takes its settings from here.
    import regions

    with regions.running(workplace, "world") as world:
        yield world


@pytest.fixture
def healed_world(world):
    """Alpha asks beta when a test begins, and what it has cut, hung or forged is well afterwards."""
    world.settle("alpha", "beta")
    yield world
    for region in world:
        region.front.heal()
        assert not region.front.errors, "a forgery went wrong"


@pytest.fixture
def own_apus(workplace, configure):
    """A fresh instance for a test that kills or changes it; made on the first call, stopped afterwards."""
    made = []

    def make(name="own", **changes):
        number = next(_numbers)
        instance = Instance(configure(f"{name}{number}", **changes), workplace / f"{name}{number}")
        made.append(instance)
        instance.up()
        return instance

    yield make
    for instance in made:
        instance.down()


@pytest.fixture
def workers_live(apus):
    """For tests with bad input: the same workers answer afterwards, none was restarted."""
    before = sorted(apus.workers())
    yield
    assert sorted(apus.workers()) == before
    assert apus.get("/_apus/live").status == 200


@pytest.fixture
def eventually():
    return wait_for


# --- Debian hosts, for tests of deploy/region


@pytest.fixture(scope="session")
def debian():
    """Hosts to boot, and what they are made of."""
    import debian_host

    if reason := debian_host.lacking():
        pytest.skip(reason)
    with debian_host.debian() as debian:
        yield debian


@pytest.fixture(scope="session")
def operator(debian):
    import region_host

    return region_host.Operator(debian.network, debian.network.folder / "operator")


@pytest.fixture(scope="session")
def installed_host(debian, operator):
    """One on which a region has been installed, switched off again: `region` boots copies of it."""
    import region_host

    host = debian.packaged("installed")
    host.boot()
    operator.trust(host)
    operator.install(host)
    region_host.Region(host).wait()
    host.power_off()
    yield host
    host.remove()


@pytest.fixture
def region(installed_host, operator):
    """A region that a test may do anything to."""
    import region_host

    host = region_host.copy_of(installed_host, "host")
    try:
        host.boot()
        operator.trust(host)
        region = region_host.Region(host)
        region.wait()
        yield region
    finally:
        host.remove()


@pytest.fixture
def bare_host(debian, operator):
    """As it is handed over by whoever rents it out."""
    with debian.network.booted(debian.roots.bare, debian.roots.archive) as host:
        operator.trust(host)
        yield host


@pytest.fixture
def packaged_host(debian, operator):
    """The same, with all of Debian's packages there already."""
    with debian.network.booted(debian.roots.packaged, debian.roots.archive) as host:
        operator.trust(host)
        yield host
