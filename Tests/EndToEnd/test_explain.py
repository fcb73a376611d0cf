"""`/_apus/explain` and `apus explain`: what they say is what the installation does, and it opens nothing to anybody."""

import base64
import json
import subprocess
import urllib.parse

import pytest

from conftest import OLDER_KEY, PRIVATE_KEY
from contract_kinds import KINDS
from emulated_google import own_key_pair
from instance import PROGRAM, wait_for
from test_signatures import sign

COMMAND_SECONDS = 30
MODERN = "image/avif,image/webp,*/*"
SECRET_INPUT = base64.urlsafe_b64encode(b"https://user:top-secret@h.example/x.png?sig=top-secret").decode().rstrip("=")
# One of each kind, with what must never be seen.
KEYS = {"bucket": "b", "accessKey": "AKID-never-seen", "secretKey": "never-seen"}
ORIGINS = [
    {"type": "DISK", "path": "pictures"},
    {"type": "WEB_FOLDER", "baseUrl": "https://shop.example/media"},
    {"type": "WEB_PROXY"},
    {"type": "S3", **KEYS},
    {"type": "S3_COMPATIBLE", "endpoint": "https://s3.example", **KEYS},
    {"type": "CLOUDINARY_BACKUP", **KEYS},
    {
        "type": "GCS",
        "bucket": "bucket",
        "clientEmail": "never-seen@project.iam.gserviceaccount.com",
        "privateKey": own_key_pair()[0],
    },
    {"type": "AZURE_BLOB", "accountName": "store", "container": "pictures", "sasToken": "?sv=1&sig=never-seen"},
    {
        "type": "AKENEO_PIM",
        "baseUrl": "https://pim.example",
        "clientId": "client",
        "clientSecret": "never-seen",
        "username": "name-never-seen",
        "password": "word-never-seen",
    },
]


def ask(apus, url, **parameters):
    """The answer of a running installation, as JSON."""
    query = urllib.parse.urlencode({"url": url, **parameters}, quote_via=urllib.parse.quote)
    answer = apus.get(f"/_apus/explain?{query}")
    assert answer.status == 200, answer
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return json.loads(answer.body)


def run(configuration, *arguments):
    done = subprocess.run(
        [PROGRAM, "explain", "--config", configuration, *arguments],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def command(apus, *arguments):
    """The command's answer, as JSON."""
    status, text, error = run(apus.configuration, "--json", *arguments)
    assert not error, error
    explained = json.loads(text)
    assert status == (1 if "refusal" in explained else 0)
    return explained


def canonicals(steps):
    return [step["canonical"] for step in steps]


# --- Command and installation say the same


@pytest.mark.parametrize(
    "url",
    [
        "/demo/tr:w-300,h-200/quadrants.jpg",
        "/demo/tr:n-thumb:rt-90/quadrants.jpg?v=1",
        "http://images.shop.example/tr:w-0.5/quadrants.jpg",
        "/demo/second/tr:if-ar_gt_1,w-10,if-else,w-20,if-end/quadrants.jpg",
        "/demo/tr:orig-true/quadrants.jpg",
        "/demo/tr:w-300,nonsense-5/quadrants.jpg",
        "/demo/signed/tr:w-5/quadrants.jpg",
        "/nobody/a.jpg",
    ],
)
def test_the_command_says_what_the_installation_says(apus, url):
    ours = command(apus, "--accept", "avif,webp", "--size", "640x480", url)
    theirs = ask(apus, url, accept=MODERN, size="640x480")
    assert ours.pop("tiers") == "not looked into"
    theirs.pop("tiers")
    assert ours == theirs


def test_people_read_lines(apus):
    status, text, _ = run(apus.configuration, "--size", "640x480", "/demo/tr:w-300/quadrants.jpg")
    assert status == 0
    lines = [line.strip() for line in text.splitlines()]
    signed = "string to sign: tr:w-300/quadrants.jpg9999999999"
    for line in ("account: demo", "- disk (DISK)", "output: 300x225", signed):
        assert line in lines, text


# --- What they say is so


@pytest.mark.parametrize("accept", [None, "image/webp", MODERN])
@pytest.mark.parametrize(
    "transformation", ["w-300", "w-300,h-300:rt-90", "n-thumb", "w-200,f-png", "w-200,f-auto", "w-64,b-5_red"]
)
def test_sizes_and_format_are_those_of_the_answer(apus, transformation, accept):
    path = f"/demo/tr:{transformation}/quadrants.jpg"
    explained = ask(apus, path, accept=accept or "*/*", fetch="true")
    assert explained["original"]["format"] == "jpeg"
    assert explained["original"]["size"] == {"width": 640, "height": 480}
    answer = apus.get(path, accept=accept)
    assert answer["Content-Type"] == f"image/{explained['plan']['format']['chosen']}"
    picture = answer.picture()
    assert explained["sizes"]["output"] == {"width": picture.width, "height": picture.height}
    assert explained["sizes"]["steps"][-1]["size"] == explained["sizes"]["output"]


def test_hints_are_heeded(apus):
    url = "/demo/tr:w-auto,dpr-auto/quadrants.jpg"
    plain, hinted = ask(apus, url), ask(apus, url, width="390", dpr="2")
    assert "w-400" in hinted["plan"]["canonical"] and "w-400" not in plain["plan"]["canonical"]
    assert {"Sec-CH-Width", "Sec-CH-DPR"} <= set(hinted["plan"]["variesBy"])
    assert hinted == {**ask(apus, url, width="390", dpr="2"), "tiers": hinted["tiers"]}
    ours = command(apus, "--hint", "width=390", "--hint", "dpr=2", url)
    assert ours["key"] == hinted["key"] != plain["key"]


def test_steps_and_names_are_told(apus):
    explained = ask(apus, "/demo/tr:n-with_prefix,bl-5:e-grayscale,f-png/quadrants.jpg")
    steps = explained["transformation"]["steps"]
    assert canonicals(steps) == ["w-80:rt-90:bl-5", "e-grayscale"]
    name = steps[0]["parameters"][0]
    assert (name["name"], name["value"], name["text"]) == ("n", "with_prefix", "tr:w-80:rt-90")
    assert canonicals(name["steps"]) == ["w-80", "rt-90"]
    assert all(parameter["summary"] for step in steps for parameter in step["parameters"])
    assert explained["plan"]["canonical"].endswith(":w-80:rt-90:bl-5:e-grayscale")
    assert explained["limits"]["steps"] == 10 and explained["limits"]["sourceBytes"] == 8_000_000


def test_tiers_are_told_and_left_as_they_are(apus, unique):
    path = f"/demo/tr:w-77,f-png/quadrants.jpg?v={unique()}"
    for _ in range(2):
        assert ask(apus, path)["tiers"]["redis"] == "nothing"
    answer = apus.get(path)
    assert answer.cache == "render"
    found = ask(apus, path)["tiers"]["redis"]
    assert (found["kind"], found["state"], found["contentType"]) == ("variant", "fresh", "image/png")
    assert found["bytes"] == len(answer.body)
    assert 0 <= found["ageSeconds"] < 60 < found["freshForSeconds"]
    wait_for(lambda: ask(apus, path)["tiers"]["store"] != "nothing", what="the store")
    assert ask(apus, path)["tiers"]["store"]["bytes"] == len(answer.body)
    # Another client's variant lies under a name of its own.
    assert ask(apus, f"/demo/tr:w-77/quadrants.jpg?v={unique()}")["tiers"]["redis"] == "nothing"


def test_what_an_origin_says_is_told_when_it_is_asked(apus, unique):
    path = f"/demo/refused/{unique()}.jpg"
    assert "original" not in ask(apus, path)
    assert ask(apus, path, fetch="true")["original"]["failure"].startswith("404 ECONNREFUSED")
    assert ask(apus, path)["tiers"]["redis"] == "nothing"


def test_what_cannot_be_decoded_is_refused_when_it_is_asked_for(apus, folder, unique):
    name = f"{unique()}.jpg"
    (folder / name).write_text("no picture")
    path = f"/demo/tr:w-50/{name}"
    assert "refusal" not in ask(apus, path)
    refusal = ask(apus, path, fetch="true")["refusal"]
    answer = apus.get(path)
    assert (refusal["status"], f"{refusal['code']} - {refusal['message']}") == (answer.status, answer["ik-error"])


def svg(body, side=100):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}">{body}</svg>'


@pytest.mark.parametrize(
    "suffix, body",
    [
        (".svg", svg("<g>")),
        (".svg", svg("<g>" * 250 + "</g>" * 250)),
        (".svg", "<html><body>no picture</body></html>"),
        (".jpg", "<!DOCTYPE html><title>no picture</title>"),
        (".jpg", "%PDF-1.4\n"),
    ],
    ids=["broken", "too deep", "page as drawing", "page as photo", "document as photo"],
)
@pytest.mark.parametrize("endpoint", ["", "raster/"])
def test_what_does_not_go_out_untouched_is_refused(apus, folder, unique, endpoint, suffix, body):
    name = unique() + suffix
    (folder / name).write_text(body)
    path = f"/demo/{endpoint}tr:orig-true/{name}"
    assert "refusal" not in ask(apus, path)
    refusal = ask(apus, path, fetch="true")["refusal"]
    answer = apus.get(path)
    assert (refusal["status"], f"{refusal['code']} - {refusal['message']}") == (answer.status, answer["ik-error"])
    assert answer.status == 400


@pytest.mark.parametrize("endpoint", ["", "raster/"])
def test_a_drawing_that_goes_out_untouched_may_have_any_size(apus, folder, unique, endpoint):
    name = f"{unique()}.svg"
    (folder / name).write_text(svg("", side=9000))
    path = f"/demo/{endpoint}tr:orig-true/{name}"
    explained = ask(apus, path, fetch="true")
    assert "refusal" not in explained and "sizes" not in explained
    assert explained["original"]["size"] == {"width": 9000, "height": 9000}
    assert apus.get(path)["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "transformation, stays",
    [
        ("if-w_gt_10,w-60000,h-60000,c-force,if-end", True),
        ("if-w_gt_10,w-50,f-png,if-end", True),
        ("f-orig:if-w_gt_10,w-60000,h-60000,c-force,if-end", True),
        ("f-svg:if-w_gt_10,w-60000,h-60000,c-force,if-end", True),
        ("f-png:if-w_gt_10,w-60000,h-60000,c-force,if-end", False),
        ("raster", False),
    ],
)
def test_no_branch_does_anything_to_a_drawing_that_stays_one(apus, folder, unique, transformation, stays):
    name = f"{unique()}.svg"
    (folder / name).write_text(svg(""))
    path = f"/demo/tr:{transformation}/{name}"
    if transformation == "raster":
        path = f"/demo/raster/tr:if-w_gt_10,w-60000,h-60000,c-force,if-end/{name}"
    explained, answer = ask(apus, path, fetch="true"), apus.get(path)
    assert (answer.status, "refusal" in explained) == ((200, False) if stays else (400, True)), explained
    assert ("sizes" in explained) == (not stays)
    if stays:
        assert (explained["plan"]["format"]["chosen"], answer["Content-Type"]) == ("svg", "image/svg+xml")


def test_a_drawing_with_a_condition_has_a_limit_all_the_same(apus, folder, unique):
    """Its header is read for that, as it is not without one."""
    name = f"{unique()}.svg"
    (folder / name).write_text(svg("", side=9000))
    for transformation, status in (("if-w_gt_10,w-50,if-end", 400), ("w-50", 200)):
        path = f"/demo/tr:{transformation}/{name}"
        assert apus.get(path).status == status
        for size in ({}, {"size": "9000x9000"}):
            explained = ask(apus, path, fetch="true", **size)
            assert ("refusal" in explained) == (status == 400), explained
            assert "sizes" not in explained


@pytest.mark.parametrize("given", [{}, {"size": "9000x9000"}], ids=["no size", "a size"])
@pytest.mark.parametrize("count", [1_000, 1_500_000], ids=["held", "passed on while it comes"])
def test_a_file_has_no_format_and_no_sizes(apus, folder, unique, count, given):
    body = b"%PDF-1.4\n" + bytes(count)
    name = f"{unique()}.pdf"
    (folder / name).write_bytes(body)
    path = f"/demo/{name}"
    # Nobody knows yet that it is one.
    assert ("refusal" in ask(apus, path, **given)) == bool(given)
    explained, answer = ask(apus, path, fetch="true", **given), apus.get(path)
    assert (answer.status, answer.body) == (200, body)
    assert explained["original"]["format"] == "a file, which goes out as it is"
    assert explained["original"]["contentType"] == answer["Content-Type"]
    assert explained["original"]["bytes"] == len(body)
    assert "refusal" not in explained and "sizes" not in explained and "format" not in explained["plan"]


# --- What is wrong with a URL


@pytest.mark.parametrize(
    "url, status, parameter, value, offset",
    [
        ("/demo/tr:w-300,h-x200/quadrants.jpg", 400, "h", "x200", 6),
        ("/demo/quadrants.jpg?tr=q-900", 400, "q", "900", 0),
        ("/demo/tr:w-5:nonsense-1/quadrants.jpg", 400, "nonsense", None, 4),
        ("/demo/tr:n-nobody/quadrants.jpg", 400, "n", "nobody", 0),
    ],
)
def test_a_fault_is_told_with_its_place(apus, url, status, parameter, value, offset):
    refusal = ask(apus, url)["refusal"]
    assert (refusal["status"], refusal["parameter"], refusal.get("value")) == (status, parameter, value)
    assert refusal["position"] == {"text": 1, "offset": offset}
    answer = apus.get(url)
    assert answer.status == status
    assert answer["ik-error"] == f"{refusal['code']} - {refusal['message']}"
    status, text, _ = run(apus.configuration, url)
    assert status == 1 and f"parameter: {parameter}" in text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "?url=",
        "?size=4x4",
        "?url=/demo/a.jpg&size=big",
        "?url=/demo/a.jpg?a=1&b=2",
        "?url=%ff%00",
        "?url=/demo/a.jpg&fetch=yes",
    ],
)
def test_a_question_that_cannot_be_read_is_refused(apus, workers_live, query):
    answer = apus.get("/_apus/explain" + query)
    assert (answer.status, answer.error) == (400, "EINVAL")


@pytest.mark.parametrize(
    "url",
    ["x", "/", "//", "http://", "/demo", "/demo/%zz", "/demo/" + "a/" * 500, "/demo/tr:" + "w-1:" * 500, "é", "/v1/x"],
)
def test_any_url_is_answered(apus, workers_live, url):
    assert ask(apus, url)["refusal"]["status"] in (400, 404)
    assert command(apus, url)["refusal"]["status"] in (400, 404)


# --- Signatures and secrets


@pytest.mark.parametrize("key", [PRIVATE_KEY, OLDER_KEY])
def test_the_string_that_would_be_signed_is_told(apus, key):
    unsigned = ask(apus, "/demo/signed/tr:w-50/quadrants.jpg?v=1")
    assert unsigned["signature"]["state"] == "absent" and unsigned["signature"]["isRequired"]
    assert unsigned["refusal"]["status"] == 401
    assert unsigned["plan"]["canonical"].endswith("w-50")
    text = unsigned["signature"]["stringToSign"]
    assert text == "tr:w-50/quadrants.jpg?v=19999999999"
    path = "/demo/signed/" + sign("tr:w-50/quadrants.jpg?v=1", key=key)
    assert apus.get(path).status == 200
    signed = ask(apus, path)
    assert signed["signature"]["state"] == "valid" and "refusal" not in signed
    assert (signed["signature"]["stringToSign"], signed["key"]) == (text, unsigned["key"])
    assert path[-40:] not in json.dumps(signed)


@pytest.mark.parametrize("change, state", [(lambda path: path[:-1] + "x", "invalid"), (None, "expired")])
def test_a_bad_signature_is_told(apus, change, state):
    rest = sign("quadrants.jpg", expiry=1700000300 if state == "expired" else 9999999999)
    path = "/demo/signed/" + (change(rest) if change else rest)
    explained = ask(apus, path)
    assert explained["signature"]["state"] == state
    assert explained["refusal"]["status"] == apus.get(path).status == 401


def test_no_credential_is_told(tmp_path):
    # Of every kind of origin; nothing is fetched, so none of them runs.
    assert {kind.name.split()[0] for kind in KINDS} == {settings["type"] for settings in ORIGINS}
    origins = [{"id": f"origin{number}", **settings} for number, settings in enumerate(ORIGINS)]
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "insecure": True,
        "origins": origins,
        "urlEndpoints": [{"urlPrefix": origin["id"], "origins": [origin["id"]]} for origin in origins],
    }
    file = tmp_path / "explain.yaml"
    file.write_text(json.dumps({"accounts": [account]}))
    secrets = [PRIVATE_KEY, "0123456789abcdef", "never-seen", *own_key_pair()[0].splitlines()]
    for form in ([], ["--json"]):
        for origin in origins:
            _, text, error = run(file, *form, f"/demo/{origin['id']}/tr:w-5/a.jpg?ik-s=0123456789abcdef")
            assert origin["id"] in text and origin["type"] in text, text + error
            assert not [secret for secret in secrets if secret in text + error]


@pytest.mark.parametrize(
    "url",
    [
        "http://user:top-secret@h.example/demo/quadrants.jpg",
        f"/demo/tr:w-90,l-image,ie-{SECRET_INPUT},w-3,l-end/quadrants.jpg",
        f"/demo/tr:w-x,l-image,ie-{SECRET_INPUT},l-end/quadrants.jpg",
        "/demo/quadrants.jpg?%73ig=top-secret&ik-s=top-secret",
        "/demo/tr:l-image,i-https:@@@@user:top-secret@h.example@@x.png,l-end/quadrants.jpg",
    ],
)
def test_what_a_url_opens_is_not_told(apus, url):
    for told in (json.dumps(ask(apus, url)), json.dumps(command(apus, url)), run(apus.configuration, url)[1]):
        assert "top-secret" not in told and SECRET_INPUT[:24] not in told


def test_a_password_is_no_part_of_the_host(apus):
    url = "http://user:top-secret@images.shop.example/quadrants.jpg"
    assert command(apus, url)["host"] == ask(apus, url)["host"] == "images.shop.example"


def test_a_bucket_s_keys_are_not_told_by_an_installation(own_apus):
    bucket = {
        "id": "bucket",
        "type": "S3_COMPATIBLE",
        "endpoint": "http://127.0.0.1:1",
        "bucket": "b",
        "accessKey": "AKIDNEVERSEEN",
        "secretKey": "secret-never-seen",
    }
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "origins": [bucket],
        "urlEndpoints": [{"urlPrefix": "", "origins": ["bucket"]}],
    }
    apus = own_apus("bucket", accounts=[account])
    for more in ({}, {"fetch": "true"}):
        explained = json.dumps(ask(apus, "/demo/tr:w-5/a.jpg", **more))
        assert "S3_COMPATIBLE" in explained
        assert not [secret for secret in (PRIVATE_KEY, "AKIDNEVERSEEN", "secret-never-seen") if secret in explained]


# --- What the access log tells


@pytest.fixture
def logged(apus, eventually):
    """The line of a request."""

    def find(word):
        return eventually(
            lambda: next((line for line in apus.log("access.log").splitlines() if word in line), None), what="the line"
        )

    return find


@pytest.mark.parametrize("path", ["/_apus/explain", "/_apus/explain/", "/_apus/live"])
def test_the_access_log_has_no_question(apus, logged, unique, path):
    word = unique()
    url = urllib.parse.quote("/demo/signed/quadrants.jpg?ik-t=1&ik-s=top-secret", safe="")
    apus.get(f"{path}?url={url}", headers={"User-Agent": word})
    line = logged(word)
    assert json.loads(line)["uri"] == f"{path}?-"
    assert "top-secret" not in line


@pytest.mark.parametrize(
    "uri, shown",
    [
        ("/demo/tr:w-9,l-image,ie-{0},w-3,l-end/{1}.jpg?v=1", "/demo/tr:w-9,l-image,ie--,w-3,l-end/{1}.jpg?v=1"),
        ("/demo/tr:l-image%2C%69e%2D{0}%3D%2Cl-end/{1}.jpg", "/demo/tr:l-image%2C%69e%2D-%2Cl-end/{1}.jpg"),
        ("/demo/{1}.jpg?tr=l-image,ie-{0},l-end&ik-s=top-secret&b=2", "/demo/{1}.jpg?tr=l-image,ie--,l-end&ik-s=-&b=2"),
        (
            "/demo/tr:l-image,ie-{0},l-end,l-text,i-a,l-end:l-image,ie-{0},w-5,l-end/{1}.jpg",
            "/demo/tr:l-image,ie--,w-5,l-end/{1}.jpg",
        ),
        ("/demo/{1}.jpg?ik-s=top-secret&ik-s=x&b=2", "/demo/{1}.jpg?ik-s=-&b=2"),
        ("/demo/{1}.jpg?a=1&ik%2Ds=top-secret&%69%6B-%73%3Dtop-secret", "/demo/{1}.jpg?a=1&ik%2Ds=-"),
        ("/demo/{1}.jpg%3Fik-s=top-secret", "/demo/{1}.jpg%3Fik-s=-"),
        ("/demo/movie-{1}.jpg?v=ie,w-5", "/demo/movie-{1}.jpg?v=ie,w-5"),
    ],
)
def test_the_logs_have_no_input_of_a_layer(apus, logged, unique, uri, shown):
    word = unique()
    apus.get(uri.format(SECRET_INPUT, word))
    line = logged(word)
    assert json.loads(line)["uri"] == shown.format(SECRET_INPUT, word)
    for told in (line, apus.log()):
        assert SECRET_INPUT[:24] not in told and "top-secret" not in told


def test_the_program_s_log_has_no_input_of_a_layer(apus, eventually, unique):
    word = unique()
    assert apus.get(f"/demo/tr:l-image,ie-{SECRET_INPUT},l-end/{word}.svgz").status != 200
    apus.get(f"/demo/tr:w-x,l-image,ie-{SECRET_INPUT}*,l-end/{word}.jpg")
    eventually(lambda: word in apus.log() or None, what="the line")
    assert SECRET_INPUT[:24] not in apus.log()
