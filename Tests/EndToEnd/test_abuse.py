"""The abuse suite (Tests/Abuse) against servers that it starts itself: a test for each of its cases. Some twenty minutes."""

import sys

import pytest

from instance import REPOSITORY

ABUSE = REPOSITORY / "Tests" / "Abuse"
sys.path.append(str(ABUSE))

from abuse import runner  # noqa: E402
from abuse.cases import all_cases  # noqa: E402
from abuse.deployed import Deployment  # noqa: E402
from abuse.health import Health  # noqa: E402


@pytest.fixture(scope="module")
def target():
    with Deployment(REPOSITORY) as deployment, deployment.running() as target:
        yield target


@pytest.fixture(scope="module")
def health(target):
    return Health(target)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{case.number}-{case.name}") for case in all_cases()],
)
@pytest.mark.long
def test_abuse(target, health, case):
    result = runner.run(case, target, health)
    if result.outcome is runner.Outcome.LEFT_OUT:
        pytest.skip(f"{case.number}: {result.reason}")
    if result.outcome is runner.Outcome.FAILED:
        pytest.fail(f"{case.number}, {case.summary}: {result.reason}", pytrace=False)
