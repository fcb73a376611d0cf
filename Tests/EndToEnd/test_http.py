"""What an answer carries, conditions, HEAD, other methods, operations."""

import json
import re
import time
from email.utils import formatdate

import pytest

from conftest import EDGE_SECONDS

PATH = "/demo/tr:w-130,f-webp/quadrants.jpg"
DEFAULT_CACHE_CONTROL = "public, s-maxage=15552000, max-age=15552000, must-revalidate"


def test_every_answer_carries_what_the_contract_says(apus, unique):
    answer = apus.get(f"/demo/web/tr:w-131,f-webp/ok/{unique()}.jpg")
    assert answer.status == 200
    assert answer["Content-Type"] == "image/webp"
    assert int(answer["Content-Length"]) == len(answer.body)
    assert re.fullmatch(r'"[^"]{8,126}"', answer["ETag"])
    assert answer["Cache-Control"] == DEFAULT_CACHE_CONTROL
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["x-server"] == "Apus"
    assert re.fullmatch(r"[0-9a-f]{32}", answer["x-request-id"])
    assert answer.cache == "render"
    assert answer["x-apus-region"]
    assert answer["x-apus-stale"] is None
    assert answer["Set-Cookie"] is None
    names = re.findall(r"(?:^|,)\s*([a-z]+)", re.sub(r'"[^"]*"', "", answer["Server-Timing"]))
    assert names[:2] == ["download", "transformation"], answer["Server-Timing"]
    assert {"total", "region"} <= set(names)


def test_internal_headers_stay_inside(apus):
    answer = apus.get(PATH)
    for name in ("X-Accel-Expires", "X-Powered-By", "Status"):
        assert answer[name] is None
    assert answer["Server"] == "nginx"


def test_every_answer_has_its_own_request_id(apus):
    assert len({apus.get(PATH)["x-request-id"] for _ in range(4)}) == 4


def test_the_edge_says_that_it_answered(apus):
    path = "/demo/tr:w-132,f-webp/quadrants.jpg"
    first, second = apus.get(path), apus.get(path)
    assert second.cache == "edge"
    assert "transformation" not in second["Server-Timing"] and "region;" in second["Server-Timing"]
    assert second.body == first.body
    for name in ("ETag", "Cache-Control", "Content-Type", "x-apus-region"):
        assert second[name] == first[name]


def test_the_edge_revalidates_after_its_time(apus, origin, unique):
    word = unique()
    path = f"/demo/web/tr:w-133/ok/{word}.jpg"
    first = apus.get(path)
    time.sleep(EDGE_SECONDS + 1)
    second = apus.get(path)
    assert (second.status, second.body) == (200, first.body)
    assert second.cache == "edge"
    assert origin.count(word) == 1


@pytest.mark.parametrize("condition", ['"none", {etag}', "{etag}", "W/{etag}", "*"])
def test_if_none_match_is_answered_304(apus, condition):
    etag = apus.get(PATH)["ETag"]
    answer = apus.get(PATH, headers={"If-None-Match": condition.format(etag=etag)})
    assert (answer.status, answer.body) == (304, b"")
    assert answer["ETag"] == etag
    assert answer["Cache-Control"] == DEFAULT_CACHE_CONTROL


def test_another_etag_gets_the_picture(apus):
    assert apus.get(PATH, headers={"If-None-Match": '"other"'}).status == 200


def test_if_none_match_wins_over_a_date(apus):
    headers = {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert apus.get(PATH, headers=headers).status == 200


def test_the_date_of_the_original_is_sent_and_answered_304(apus, folder):
    date = apus.get(PATH)["Last-Modified"]
    seconds = int((folder / PATH.rpartition("/")[2]).stat().st_mtime)
    assert date == formatdate(seconds, usegmt=True)
    answer = apus.get(PATH, headers={"If-Modified-Since": date})
    assert (answer.status, answer.body) == (304, b"")


def test_a_bad_date_is_ignored(apus):
    assert apus.get(PATH, headers={"If-Modified-Since": "yesterday"}).status == 200


def test_the_etag_is_that_of_its_inputs(apus, folder, eventually, unique):
    name = f"{unique()}.jpg"
    (folder / name).write_bytes((folder / "quadrants.jpg").read_bytes())
    one = apus.get(f"/demo/tr:w-50,f-png/{name}")["ETag"]
    assert apus.get(f"/demo/tr:w-51,f-png/{name}")["ETag"] != one
    assert apus.get(f"/demo/tr:w-50,f-jpg/{name}")["ETag"] != one
    assert apus.get("/demo/tr:w-50,f-png/quadrants.jpg")["ETag"] != one


def test_cold_head_then_get(apus, unique):
    path = f"/demo/web/tr:w-134/ok/{unique()}.jpg"
    head = apus.get(path, method="HEAD")
    got = apus.get(path)
    assert head.status == got.status == 200
    assert head.body == b"" and len(got.body) > 100
    assert int(head["Content-Length"]) == len(got.body)
    for name in ("ETag", "Content-Type", "Cache-Control", "x-apus-region"):
        assert head[name] == got[name]


@pytest.mark.parametrize(
    "path", [PATH, "/demo/no-such-file.jpg", "/demo/tr:w-x/quadrants.jpg", "/demo/signed/quadrants.jpg"]
)
def test_head_is_get_without_a_body(apus, path):
    head, got = apus.get(path, method="HEAD"), apus.get(path)
    assert head.status == got.status
    assert head.body == b""
    assert head["ik-error"] == got["ik-error"]
    assert head["Content-Length"] == got["Content-Length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_are_405(apus, method):
    answer = apus.get(PATH, method=method)
    assert answer.status == 405
    assert {word.strip() for word in answer["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_a_body_is_thrown_away(apus):
    assert apus.get(PATH, method="POST", body=b"x" * 1000).status == 405
    assert apus.get(PATH, method="POST", body=b"x" * 1_000_000).status in (405, 413)
    assert apus.get(PATH, body=b"x" * 100).status == 200


def test_a_header_cannot_change_the_method(apus):
    assert apus.get(PATH, headers={"X-HTTP-Method-Override": "DELETE"}).status == 200


def test_preflight(apus):
    headers = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-a",
    }
    answer = apus.get(PATH, method="OPTIONS", headers=headers)
    assert answer.status in (200, 204)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert not answer.body


@pytest.mark.parametrize("path", [PATH, "/demo/no-such-file.jpg"])
def test_pictures_and_errors_may_be_read_by_scripts_of_other_sites(apus, path):
    for origin in ({}, {"Origin": "https://shop.example"}):
        assert apus.get(path, headers=origin)["Access-Control-Allow-Origin"] == "*"


def test_a_client_s_headers_change_nothing_for_others(apus, unique):
    path = f"/demo/web/tr:w-135/ok/{unique()}.jpg"
    first = apus.get(
        path,
        headers={
            "Cookie": "a=b",
            "Authorization": "Basic eDp5",
            "X-Forwarded-Host": "evil.example",
            "X-Original-URL": "/demo/noise.jpg",
            "X-Rewrite-URL": "/demo/noise.jpg",
            "Cache-Control": "no-store",
            "Pragma": "no-cache",
            "Accept-Encoding": "gzip",
            "Range": "bytes=0-3",
        },
    )
    second = apus.get(path)
    assert (first.status, second.status) == (200, 200)
    assert second.body == first.body
    assert second["Content-Encoding"] is None
    assert second.cache == "edge"


def test_an_error_is_short_plain_text(apus):
    answer = apus.get("/demo/no-such-file.jpg")
    assert answer.status == 404
    assert re.fullmatch(r"ENOENT - .+", answer["ik-error"])
    assert answer["Content-Type"].startswith("text/plain")
    assert len(answer.body) < 100 and b"no-such" not in answer.body
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["x-request-id"]
    ages = [int(age) for age in re.findall(r"max-age=(\d+)", answer["Cache-Control"])]
    assert all(age <= 60 for age in ages)


@pytest.mark.parametrize("query, disposition", [("", None), ("?ik-attachment=true", "attachment")])
def test_attachment(apus, query, disposition):
    sent = apus.get(f"/demo/tr:w-40/quadrants.jpg{query}")["Content-Disposition"]
    assert (sent or "").split(";")[0] == (disposition or "")
    if disposition:
        assert "quadrants.jpg" in sent


def test_live_and_ready(apus):
    for _ in range(2):
        for path in ("/_apus/live", "/_apus/ready"):
            answer = apus.get(path)
            assert answer.status == 200, answer
            assert answer.cache != "edge"


def test_operations_have_no_other_spelling(apus):
    for path in ("/%5fapus/live", "/x/../_apus/live", "//_apus/live", "/_apus/../demo/quadrants.jpg", "/_apus/nothing"):
        answer = apus.get(path)
        assert answer.status in (400, 404), (path, answer)


@pytest.mark.parametrize("operation", ["live", "ready", "metrics", "explain?url=/demo/quadrants.jpg"])
def test_operations_are_not_for_what_an_apus_sends(apus, operation):
    """A web proxy that may reach this host would show them to anybody."""
    answer = apus.get(f"/_apus/{operation}", headers={"Via": "1.1 apus-00000000"})
    assert (answer.status, answer.error) == (403, "EACCES"), answer


def test_an_absolute_request_is_the_same_as_a_relative_one(apus):
    answer = apus.raw(
        f"GET http://elsewhere.example{PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.status == 200
    old = apus.raw(f"GET {PATH} HTTP/1.0\r\n\r\n".encode())
    assert old.status == 200


def test_the_access_log_is_json_without_signatures(apus, eventually, unique):
    word = unique()
    apus.get(f"/demo/{word}.jpg?a=1&ik-s={'5' * 40}&b=2", headers={"User-Agent": 'quote " and \\ back'})
    line = eventually(
        lambda: next((line for line in apus.log("access.log").splitlines() if word in line), None), what="the log line"
    )
    entry = json.loads(line)
    assert entry["status"] == 401
    assert "55555" not in line and "a=1" in entry["uri"] and "b=2" in entry["uri"]
