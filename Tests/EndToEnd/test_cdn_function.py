"""The function that deploy/terraform puts at CloudFront, against what nginx does for its own cache."""

import itertools
import json
import re
import shutil
import subprocess

import pytest

from instance import REPOSITORY
from terraform_files import GLOBAL, SCRIPT_SECONDS

NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(NODE is None, reason="node, which runs CloudFront's function here, is not installed")


def reduced(*requests, width_names=(), pixel_ratio_names=()):
    """The requests' headers as the function leaves them."""
    code = (GLOBAL / "reduce.js.tftpl").read_text()
    code = code.replace("${width_names}", json.dumps(list(width_names)))
    code = code.replace("${pixel_ratio_names}", json.dumps(list(pixel_ratio_names)))
    assert "${" not in code
    program = f"""{code}
var requests = {json.dumps(requests)};
console.log(JSON.stringify(requests.map(function (request) {{
    return handler({{ version: '1.0', request: request }}).headers;
}})));"""
    done = subprocess.run(
        [NODE, "-"], input=program, capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def request(path="/demo/a.jpg", query=None, **headers):
    return {
        "method": "GET", "uri": path, "querystring": query or {},
        "headers": {name.replace("_", "-"): {"value": value} for name, value in headers.items()},
    }


def nginx_bucket(accept):
    """By the expressions that stand in nginx/accept.conf."""
    text = (REPOSITORY / "nginx/accept.conf").read_text()
    found = [
        kind for pattern, kind in re.findall(r'"~\*(.+)" "(image/\w+)";', text) if re.search(pattern, accept, re.I | re.A)
    ]
    assert len(re.findall(r'"~\*', text)) == 2
    return ",".join(sorted(found))


ACCEPTS = [
    "", "*/*", "image/*", "image/avif", "image/webp", "image/avif,image/webp", "image/webp,image/avif",
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "IMAGE/WEBP", "image/webp;q=0", "image/webp;q=0.0", "image/webp; q=0.000", "image/webp;q=0.1", "image/webp; Q=0",
    "image/webp;q = 0", "image/avif;q=0,image/webp", "image/avif ; q=1 , image/webp ; q=0", "image/webp;level=1;q=0",
    "image/webp;q=0;level=1", "image/webpx", "ximage/webp", "image/webp x", "image/webp;", "image/webp;;q=0", ";image/webp",
    "image/png,,image/webp", "image/webp;q=00", "image/webp;q=0x", "image/webp;q=", "image/avif\t;q=0", "\timage/avif",
]
PIECES = ["image/avif", "image/webp", "*/*", ";q=0", ";q=0.5", "; q=0.0", ",", ", ", " ", ";a=b"]


@needs_node
def test_accept_is_reduced_to_nginx_buckets():
    accepts = ACCEPTS + ["".join(words) for words in itertools.product(PIECES, repeat=4)]
    answers = reduced(*(request(accept=accept) for accept in accepts))
    for accept, headers in zip(accepts, answers):
        assert headers["accept"]["value"] == (nginx_bucket(accept) or "*/*"), accept


@needs_node
def test_a_missing_accept_and_one_that_came_twice():
    twice = request()
    twice["headers"]["accept"] = {
        "value": "image/png", "multiValue": [{"value": "image/png"}, {"value": "image/webp"}]
    }
    assert [headers["accept"]["value"] for headers in reduced(request(), twice)] == ["*/*", "image/webp"]


W, D, BOTH = "/demo/tr:w-auto/a.jpg", "/demo/tr:dpr-auto,w-9/a.jpg", "/demo/tr:w-auto,dpr-auto/a.jpg"
HINTS = [
    (W, {"sec_ch_width": "201"}, "300", None),
    (W, {"sec_ch_width": "300"}, "300", None),
    (W, {"sec_ch_width": "1"}, "100", None),
    (W, {"width": "0640"}, "700", None),
    (W, {"sec_ch_width": "200", "width": "900"}, "200", None),
    (W, {"sec_ch_width": "8001"}, "8000", None),
    (W, {"sec_ch_width": "99999999999999999999"}, "8000", None),
    (W, {"sec_ch_width": "0"}, None, None),
    (W, {"sec_ch_width": "wide"}, None, None),
    (W, {"sec_ch_dpr": "2"}, None, None),
    (D, {"sec_ch_dpr": "1.3"}, None, "1.5"),
    (D, {"sec_ch_dpr": "2.0"}, None, "2"),
    (D, {"dpr": ".4"}, None, "0.5"),
    (D, {"dpr": "17"}, None, "5"),
    (D, {"dpr": "0"}, None, None),
    (D, {"dpr": "1e3"}, None, None),
    (D, {"sec_ch_width": "300"}, None, None),
    (BOTH, {"sec_ch_width": "201", "sec_ch_dpr": "1.3"}, "201", "1.3"),
    (BOTH, {"sec_ch_width": "201", "sec_ch_dpr": "2.62517"}, "201", "2.625"),
    (BOTH, {"sec_ch_dpr": "1.3"}, None, "1.5"),
    ("/demo/a.jpg", {"sec_ch_width": "201", "sec_ch_dpr": "2", "dpr": "2", "width": "9"}, None, None),
]


@needs_node
def test_hints_stay_where_the_url_asks_for_them():
    answers = reduced(*(request(path, **hints) for path, hints, _, _ in HINTS))
    for (path, hints, width, ratio), headers in zip(HINTS, answers):
        said = [headers.get(name, {}).get("value") for name in ("sec-ch-width", "sec-ch-dpr")]
        assert said == [width, ratio], (path, hints)
        assert "width" not in headers and "dpr" not in headers


@needs_node
def test_hints_are_asked_for_in_queries_and_by_names_too():
    by_query = request("/demo/a.jpg", {"tr": {"value": "w-auto"}}, sec_ch_width="201")
    by_name = request("/demo/tr:n-fluid/a.jpg", sec_ch_width="201", sec_ch_dpr="1.3")
    first, second = reduced(by_query, by_name, width_names=["fluid"], pixel_ratio_names=["sharp"])
    assert first["sec-ch-width"]["value"] == second["sec-ch-width"]["value"] == "300"
    assert "sec-ch-dpr" not in second
