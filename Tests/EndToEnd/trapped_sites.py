"""The fixtures of the tests of hostile origins: an instance whose sites' origins may be traps, and what holds after each
test. A test module imports them, and makes its own `running_instance` by `trapped`."""

import itertools

import pytest

from sites import running
from trapped_origin import TrappedOrigin

_names = itertools.count(1)


def trapped(workplace, name, count):
    """A running instance of one worker, and that many sites."""
    changes = {
        "cache": {"maxAge": "600s", "edgeAge": "1s", "errorAge": "2s"},
        "limits": {"sourceBytes": "8MB"},
    }
    return running(workplace, name, count, workers=1, make_origin=TrappedOrigin, **changes)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture
def site(running_instance):
    return next(running_instance[1])


@pytest.fixture(autouse=True)
def workers_stay(apus):
    before = sorted(apus.workers()), sorted(apus.render_processes())
    yield
    assert (sorted(apus.workers()), sorted(apus.render_processes())) == before


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"
