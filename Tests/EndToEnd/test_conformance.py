"""The conformance pairs of the reference's §17, each under its number, through the real nginx."""

import pytest

from conformance import world
from conformance.checks import refused
from conformance.table import LEFT_OUT, PAIRS, ROWS


@pytest.fixture(scope="module")
def site(workplace):
    with world.running(workplace, "pairs") as site:
        yield site


def test_every_number_is_there_once():
    assert [pair.number for pair in PAIRS] == list(range(1, 253))


def test_every_pair_names_its_source_and_what_is_left_out_its_reason():
    assert all(pair.evidence for pair in PAIRS)
    assert all(row.checks for row in ROWS)
    assert all(pair.reason for pair in LEFT_OUT)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_pair(site, row):
    shown = site.of(row)
    for check in row.checks:
        check(shown)


@pytest.mark.parametrize("pair", [pair for pair in LEFT_OUT if pair.refused], ids=str)
def test_what_needs_a_model_is_refused_by_name(site, pair):
    refused(pair.refused)(site.shown(pair.text, pair.name))
