"""Every documented option of the official client's URL builder gives a URL that works, or the documented refusal.

The options' names are read off the client itself, so that one it gains later is missed here at once."""

import pytest
from imagekitio import ImageKit
from imagekitio.types.shared_params.overlay_position import OverlayPosition
from imagekitio.types.shared_params.overlay_timing import OverlayTiming
from imagekitio.types.shared_params.solid_color_overlay_transformation import SolidColorOverlayTransformation
from imagekitio.types.shared_params.src_options import SrcOptions
from imagekitio.types.shared_params.subtitle_overlay_transformation import SubtitleOverlayTransformation
from imagekitio.types.shared_params.text_overlay_transformation import TextOverlayTransformation
from imagekitio.types.shared_params.transformation import Transformation

from conformance import spellings, world
from conformance.assets import FILES
from conformance.client_options import OPTIONS
from conformance.client_overlays import OVERLAYS, POSITIONS, SOLID_COLOURS, SUBTITLES, TEXTS, TIMINGS
from conformance.shown import Shown
from conformance.signing import KEY


@pytest.fixture(scope="module")
def site(workplace):
    with world.running(workplace, "options") as site:
        yield site


def build(site, endpoint="/demo/png", **options):
    """The path of the URL that the client builds, with its spaces as HTTP clients send them."""
    base = site.instance.base
    url = ImageKit(private_key=KEY).helper.build_url(url_endpoint=base + endpoint, **options)
    assert url.startswith(base)
    return url[len(base) :].replace(" ", "%20")


@pytest.mark.parametrize(
    "documented, held",
    [
        (Transformation, {option.option for option in [*OPTIONS, *OVERLAYS]}),
        (TextOverlayTransformation, TEXTS),
        (SolidColorOverlayTransformation, SOLID_COLOURS),
        (SubtitleOverlayTransformation, SUBTITLES),
        (OverlayPosition, POSITIONS),
        (OverlayTiming, TIMINGS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_documented_option_is_left_out(documented, held):
    assert set(documented.__annotations__) == set(held)


@pytest.mark.parametrize("option", [*OPTIONS, *OVERLAYS], ids=str)
def test_option(site, option):
    built = {"src": option.name, "transformation": option.steps}
    in_path = site.get(build(site, transformation_position="path", **built))
    in_query = site.get(build(site, transformation_position="query", **built))
    assert in_path.status == in_query.status, (in_path, in_query)
    assert in_path.status != 200 or in_path.body == in_query.body
    for check in option.checks:
        check(Shown(in_path, site, option))


@pytest.mark.parametrize("row", spellings.ROWS, ids=lambda row: row.text)
def test_what_sdks_spell(site, row):
    shown = site.of(row)
    for check in row.checks:
        check(shown)


def test_no_documented_option_of_the_url_is_left_out():
    assert set(SrcOptions.__annotations__) == {
        "src",
        "url_endpoint",
        "transformation",
        "transformation_position",
        "query_parameters",
        "signed",
        "expires_in",
    }


@pytest.mark.parametrize("position", ["path", "query"])
@pytest.mark.parametrize("signature", [{"signed": True}, {"expires_in": 300}, {"signed": True, "expires_in": 300}])
@pytest.mark.parametrize("more", [{}, {"query_parameters": {"version": "1.0", "cache": "false"}}])
def test_what_the_url_carries_beside_the_transformation(site, position, signature, more):
    built = build(
        site,
        "/signing",
        src=f"{FILES}/future-search.png",
        transformation=[{"width": 60}, {"rotation": 90}],
        transformation_position=position,
        **signature,
        **more,
    )
    answer = site.get(built)
    assert answer.status == 200, (built, answer)
    assert answer.picture().size == (48, 60)


def test_an_absolute_source(site):
    url = f"{site.instance.base}/demo/png/chart300x200.jpg?v=2"
    answer = site.get(build(site, src=url, transformation=[{"width": 60}]))
    assert answer.status == 200, answer
    assert answer.picture().size == (60, 40)
