"""The figures and sentences of `deploy/world report`, from samples made up here; no world is up."""

import math
import re

import pytest

import synthetic_world
from synthetic_world import cities, finished

from world import figures, report_words, samples
from world.load_mix import Mix
from world.report_plan import Plan
from world.report_record import CityFacts, Moment, Phase, PurgeFacts, Record
from world.samples import Sample

# --- Samples


def made(ms=10.0, time=0.0, city="tokyo", tier="node", status=200, **more):
    values = {
        "time": time,
        "city": city,
        "object": 1,
        "variant": 0,
        "status": status,
        "ms": ms,
        "late": 0.0,
        "tier": tier,
        "answered": "",
        "made": "us-east",
        "stale": False,
        "bytes": 9,
        "checksum": 1,
        "connected": False,
    }
    return Sample(**{**values, **more})


def test_samples_come_back_from_a_file(tmp_path):
    seen = [made(), made(ms=3.25, status=503, tier="none", problem='EAGAIN, "odd"'), made(stale=True, connected=True)]
    samples.save(tmp_path / "seen.csv", seen)
    assert samples.load(tmp_path / "seen.csv") == seen


@pytest.mark.parametrize(
    ("node", "apus", "tier"),
    [
        ("HIT", "render", "node"),
        ("MISS", "render", "render"),
        ("MISS", "edge", "edge"),
        ("REVALIDATED", "redis", "checked"),
        ("BYPASS", "region", "region"),
        (None, "store", "store"),
        (None, None, "none"),
        ("MISS", "word-of-tomorrow", "none"),
    ],
)
def test_tier_is_the_nodes_where_it_had_a_copy(node, apus, tier):
    assert samples.tier_of(node, apus) == tier


# --- Time and shares


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.51, 3), ([7], 0.98, 7), ([1, 2], 0, 1), (list(range(1, 101)), 0.98, 98)],
)
def test_percentile(values, share, expected):
    assert figures.percentile(values, share) == expected


def test_nothing_has_no_percentile_and_no_share():
    spread = figures.spread([])
    assert spread.count == 0
    assert all(math.isnan(value) for value in (spread.median, spread.under_limit, figures.near_share([])))
    assert math.isnan(figures.availability([]))


def test_a_failed_request_is_never_in_time():
    spread = figures.spread([made(ms=1), made(ms=1, status=503), made(ms=50), made(ms=49.9)])
    assert spread.under_limit == 0.5
    assert spread.p98 == math.inf


def test_a_distribution_counts_answers_only_and_ends_at_one():
    assert figures.cumulative([made(ms=2), made(ms=1), made(ms=9, status=0)]) == [(1, 0.5), (2, 1.0)]


def test_a_failed_request_has_no_tier():
    seen = [made(tier="node"), made(tier="edge"), made(tier="region"), made(tier="node", status=503)]
    assert figures.tier_shares(seen) == {"node": 0.25, "edge": 0.25, "region": 0.25, "none": 0.25}
    assert figures.near_share(seen) == 0.5


def test_failures_over_time_have_no_gaps():
    seen = [made(time=0.5), made(time=5, status=0), made(time=5.9)]
    assert figures.over_time(seen, 2) == [(0, 1, 0), (2, 0, 0), (4, 2, 1)]
    assert figures.availability(seen) == pytest.approx(2 / 3)


def test_a_phase_begins_with_its_first_moment_and_ends_before_its_last():
    seen = [made(time=t) for t in (0, 1, 2, 3)]
    assert figures.within(seen, Phase("steady", "home", 1, 3)) == seen[1:3]
    assert figures.within(seen, None) == []


# --- Reasons

DUBAI = CityFacts("dubai", "Dubai", 0.04, 9, {"ap-south": 31, "eu-central": 70})


@pytest.mark.parametrize(
    ("sample", "through_node", "reason"),
    [
        (made(ms=49), True, None),
        (made(ms=60, status=0), True, figures.FAILED),
        (made(ms=60), True, figures.MACHINE),
        (made(ms=80, tier="edge", answered="eu-central"), False, figures.FAR),
        (made(ms=240, tier="region", answered="ap-south"), True, figures.HOME),
        (made(ms=90, tier="render", answered="ap-south"), True, figures.MADE),
        (made(ms=75, tier="edge", answered="ap-south"), True, figures.CONNECTION),
        (made(ms=75, tier="edge", answered="ap-south", connected=True), False, figures.CONNECTION),
        (made(ms=75, tier="redis", answered="ap-south"), False, figures.MACHINE),
    ],
)
def test_the_reason_why_an_answer_was_late(sample, through_node, reason):
    assert figures.reason(sample, DUBAI, through_node) == reason


def test_reasons_are_shares_of_all():
    seen = [made(ms=10, city="dubai")] * 3 + [made(ms=90, city="dubai", tier="render", answered="ap-south")]
    assert figures.reasons(seen, [DUBAI], through_node=True) == {figures.MADE: 0.25}


def test_cities_that_are_too_far():
    assert [city.name for city in figures.far_cities(cities())] == ["sao-paulo", "tokyo", "lagos"]


@pytest.mark.parametrize(
    ("warm", "cold", "share"), [(1, 0.4, 1 / 30), (0.97, 0.4, 0), (1, 0.99, 1), (0.99, 0, 0.01 / 0.99)]
)
def test_the_cold_share_that_can_be_borne(warm, cold, share):
    assert figures.bearable_cold_share(warm, cold) == pytest.approx(share)


# --- Purges


def test_old_bytes_after_a_purge_are_found():
    purge = PurgeFacts(object=1, changed=10, completed=12)
    before = made(time=9, checksum=1)
    cases = {
        "between": made(time=11, checksum=1),
        "new": made(time=13, checksum=2),
        "old": made(time=13, checksum=1),
        "begun before it was completed": made(time=11.999, ms=900, checksum=1),
        "failed": made(time=13, checksum=1, status=503),
        "another variant": made(time=13, variant=1, checksum=1),
    }
    old, looked_at = figures.old_answers([before, *cases.values()], [purge])
    assert old == [cases["old"]]
    assert looked_at == 3


def test_a_picture_that_came_while_its_original_changed_is_not_called_old():
    purge = PurgeFacts(object=1, changed=10, completed=12)
    seen = [made(time=9.99, ms=100, checksum=2), made(time=13, checksum=2)]
    assert figures.old_answers(seen, [purge]) == ([], 1)


# --- Origins and machine


def test_origin_counters_begin_with_their_run():
    moments = [
        Moment("home", 0, 0, 500, 5),
        Moment("home", 1, 0, 700, 7),
        Moment("nearest", 0, 0, 90, 1),
        Moment("nearest", 1, 0, 95, 2),
    ]
    line = figures.series(moments, "nearest")
    assert line == [(0, 0, 0), (1, 5, 1)]
    assert [figures.at(line, moment) for moment in (-1, 0.5, 9)] == [(0, 0), (0, 0), (5, 1)]


def test_the_machine_shows_in_nodes_answers_on_kept_connections():
    seen = [
        made(ms=12, city="dubai"),
        made(ms=99, city="dubai", connected=True),
        made(ms=70, city="dubai", tier="edge"),
    ]
    moments = [Moment("home", 0, 0.5, 0, 0), Moment("home", 1, 0.9, 0, 0)]
    facts = figures.machine(moments, [*seen, made(city="dubai", late=6, ms=13)], [DUBAI])
    assert (facts.mean, facts.highest, facts.over_80, facts.late_share, facts.node_excess) == (0.7, 0.9, 0.5, 0.25, 3)


# --- Words


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "50.0 %"), (1, "100 %"), (0, "0 %"), (0.99999, "> 99.9 %"), (0.00001, "< 0.1 %"), (math.nan, "–")],
)
def test_percent_rounds_nothing_to_all_or_none(share, text):
    assert report_words.percent(share) == text


@pytest.mark.parametrize(
    ("words", "text"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(words, text):
    assert report_words.listed(words) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (80, "80 seconds"), (90, "2 minutes"), (7200, "2 hours"), (864_000, "10 days")],
)
def test_duration(seconds, text):
    assert report_words.duration(seconds) == text


def test_a_falling_share_is_found():
    assert report_words.requests_until(lambda requests: 1000 / requests, 0.1) == pytest.approx(10_000, rel=0.02)
    assert report_words.requests_until(lambda _: 1.0, 0.1) >= report_words.MOST_REQUESTS / 1.02


# --- A whole report, from a made-up world


@pytest.fixture(scope="module")
def whole():
    return finished(Plan.quick())


def test_a_record_comes_back_from_its_file(whole, tmp_path):
    record, _ = whole
    record.save(tmp_path / "record.json")
    assert Record.load(tmp_path / "record.json") == record


def test_far_cities_need_their_nodes(whole):
    _, runs = whole
    by_city = figures.grouped(runs["direct"], lambda each: each.city)
    assert figures.spread(by_city["sao-paulo"]).under_limit == 0
    warm = [each for each in runs["home"] if each.city == "sao-paulo" and each.tier == "node"]
    assert figures.spread(warm).under_limit > 0.99


def test_home_routing_saves_origin_bytes(whole):
    record, _ = whole
    end = record.phase("cold").end
    home, nearest = (figures.at(figures.series(record.moments, run), end) for run in ("home", "nearest"))
    assert 0 < home[0] < nearest[0]
    assert re.search(r"home routing saved \d+ % of the bytes", report_words.origins(home, nearest))


def test_sentences_tell_what_was_measured(whole):
    record, runs = whole
    mix = Mix()
    steady = figures.within(runs["home"], record.phase("steady"))
    outage, back = (figures.within(runs["home"], record.phase(name)) for name in ("outage", "back"))
    failed = sum(each.failed for each in outage)
    assert failed > 0
    assert "São Paulo (111 ms to N. Virginia)" in report_words.distance(record, runs["direct"])
    assert "at most 82 % can come in time" in report_words.distance(record, runs["direct"])
    assert "of the requests by itself" in report_words.nodes(steady)
    assert "for 98 % in time" in report_words.coldness(record, mix, steady)
    assert "Mumbai and N. Virginia" in report_words.home_trips(record, steady)
    assert f", {failed} failed." in report_words.outage(record, outage, back)
    old, looked_at = figures.old_answers(runs["home"], record.purges)
    assert "none had bytes from before" in report_words.purge(record.purges, len(old), looked_at)


def test_the_way_home_is_told_apart_from_the_work(whole):
    record, _ = whole
    asked = [made(ms=400, city="tokyo", tier="region", answered="ap-southeast", made="us-east")] * 3
    assert report_words.median_way(record, asked) == pytest.approx(7 + 78.5 + 217, abs=1)
    assert "400 ms at the median. The way alone, there and back, takes 302 ms." in report_words.home_trips(
        record, asked
    )
    assert math.isnan(report_words.median_way(record, [made(tier="region", answered="nowhere")]))


def test_warm_caches_come_nearer_to_what_nodes_do(whole):
    record, runs = whole
    steady = figures.within(runs["home"], record.phase("steady"))
    cold, warm = (report_words.warmed(record, Mix(), steady, requests) for requests in (0, 1e7))
    own, passed = report_words.split(steady)
    assert cold == pytest.approx(figures.spread(passed).under_limit)
    assert warm == pytest.approx(figures.spread(own).under_limit, abs=0.001)


def test_sentences_without_samples_say_so(whole):
    record, _ = whole
    assert report_words.purge([], 0, 0) == "No purge was carried out."
    assert report_words.origins((0, 0), (0, 0)) == "The comparison was not carried out."
    assert report_words.coldness(record, Mix(), []) == ""
    assert report_words.home_trips(record, []).startswith("No request went on")


def test_the_made_up_world_keeps_to_the_distances():
    assert synthetic_world.between("us-east", "eu-central") == 89
