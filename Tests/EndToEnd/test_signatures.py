"""Signed URLs: what the official client signs is accepted, everything else is 401 where a signature is required."""

import hashlib
import hmac
import subprocess
import time

import pytest
from imagekitio import ImageKit

from conftest import OLDER_KEY, PRIVATE_KEY
from instance import PROGRAM


def sign(rest, expiry=9999999999, key=PRIVATE_KEY):
    """The path after the endpoint, with its signature: what ImageKit's rule says, written out."""
    signature = hmac.new(key.encode(), f"{rest}{expiry}".encode(), hashlib.sha1).hexdigest()
    time_part = "" if expiry == 9999999999 else f"ik-t={expiry}&"
    return f"{rest}{'&' if '?' in rest else '?'}{time_part}ik-s={signature}"


# Whoever configures the account's endpoint and writes the prefix in the path uses the query form: in the path form the
# prefix would come after the transformation, where it is none.
@pytest.mark.parametrize(
    "endpoint, prefix, position",
    [
        ("/demo/signed", "", "path"),
        ("/demo/signed/", "", "path"),
        ("/demo/signed", "", "query"),
        ("/demo", "signed/", "query"),
    ],
)
@pytest.mark.parametrize("expires_in", [None, 300])
@pytest.mark.parametrize("key", [PRIVATE_KEY, OLDER_KEY], ids=["first-key", "older-key"])
def test_what_the_official_client_signs_is_accepted(apus, endpoint, prefix, position, expires_in, key):
    url = ImageKit(private_key=key).helper.build_url(
        src=f"{prefix}quadrants.jpg",
        url_endpoint=apus.base + endpoint,
        transformation=[{"width": 120}],
        transformation_position=position,
        signed=True,
        **({"expires_in": expires_in} if expires_in else {}),
    )
    answer = apus.get(url[len(apus.base) :])
    assert answer.status == 200, (url, answer)
    assert answer.picture().size == (120, 90)


@pytest.mark.parametrize(
    "rest",
    [
        "quadrants.jpg",
        "tr:w-100,h-50/quadrants.jpg",
        "quadrants.jpg?tr=w-100%2Ch-50",
        "quadrants.jpg?version=1.0&cache=false",
        "%C3%BCmlaut.jpg",
        "with%20space.jpg?tr=w-100",
    ],
)
def test_the_bytes_as_received_are_signed(apus, rest):
    assert apus.get("/demo/signed/" + sign(rest)).status == 200


def test_order_of_time_and_signature_does_not_matter(apus):
    expiry = int(time.time()) + 100
    signed = sign("quadrants.jpg?v=1", expiry)
    rest, _, parameters = signed.partition("?")
    one, two, three = parameters.split("&")
    for order in ([one, two, three], [one, three, two], [three, two, one], [two, one, three]):
        assert apus.get(f"/demo/signed/{rest}?{'&'.join(order)}").status == 200, order


def spoilt(signed):
    """Every way in which a signed URL must not work."""
    at = signed.index("ik-s=") + 5
    signature = signed[at : at + 40]
    flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
    yield "flipped", signed.replace(signature, flipped)
    yield "truncated", signed[:-1]
    yield "upper case", signed.replace(signature, signature.upper()) if signature.upper() != signature else signed[:-2]
    yield "padded", signed + "0"
    yield "another path", signed.replace("quadrants.jpg", "noise.jpg")
    yield "another transformation", signed.replace("w-100", "w-101")
    yield "more parameters", signed + "&v=2"
    yield "twice", signed + "&ik-s=" + signature
    yield "time added later", signed.replace("ik-s=", "ik-t=9999999998&ik-s=")
    yield "missing", signed[: at - 6]
    yield "empty", signed[:at]


def test_what_is_not_signed_exactly_is_401(apus):
    good = sign("tr:w-100/quadrants.jpg")
    assert apus.get("/demo/signed/" + good).status == 200
    for what, path in spoilt(good):
        answer = apus.get("/demo/signed/" + path)
        assert answer.status == 401, (what, path, answer)


@pytest.mark.parametrize(
    "expiry", ["1", "-1", "999999999", "99999999999", "01700000000", "+9999999999", "17e8", "", "9999999998 "]
)
def test_an_expiry_is_exactly_ten_digits(apus, expiry):
    rest = "tr:w-100/quadrants.jpg"
    signature = hmac.new(PRIVATE_KEY.encode(), f"{rest}{expiry}".encode(), hashlib.sha1).hexdigest()
    path = f"/demo/signed/{rest}?ik-t={expiry.replace(' ', '%20')}&ik-s={signature}"
    assert apus.get(path).status == 401


def test_digits_cannot_move_between_url_and_time(apus):
    """The scheme has no separator between them, so the length of the time is fixed."""
    good = sign("quadrants.jpg?v=12", 1999999999)
    assert apus.get("/demo/signed/" + good).status == 200
    for before, after in (("1", "21999999999"), ("", "121999999999"), ("121", "999999999")):
        moved = good.replace("v=12&", f"v={before}&").replace("ik-t=1999999999", f"ik-t={after}")
        assert apus.get("/demo/signed/" + moved).status == 401, moved


def test_an_expired_url_is_401_and_a_fresh_one_is_not_kept_past_its_time(apus, eventually):
    expiry = int(time.time()) + 3
    path = "/demo/signed/" + sign("tr:w-111/quadrants.jpg", expiry)
    fresh = apus.get(path)
    assert fresh.status == 200
    max_age = next(part for part in fresh["Cache-Control"].split(",") if "max-age" in part and "s-" not in part)
    assert int(max_age.split("=")[1]) <= 5
    eventually(lambda: apus.get(path).status == 401, seconds=15, what="the URL to expire")
    assert apus.get("/demo/signed/" + sign("quadrants.jpg", 1700000000)).status == 401


def test_a_wrong_signature_is_401_where_none_is_required(apus):
    assert apus.get("/demo/quadrants.jpg?ik-s=" + "0" * 40).status == 401
    assert apus.get("/demo/" + sign("quadrants.jpg")).status == 200


def test_nothing_is_fetched_without_a_signature(apus, origin, unique):
    word = unique()
    assert apus.get(f"/demo/signed-web/ok/{word}.jpg").status == 401
    assert origin.count(word) == 0
    assert apus.get("/demo/signed-web/" + sign(f"ok/{word}.jpg")).status == 200
    assert origin.count(word) == 1


def test_a_client_s_expiry_is_not_sent_to_the_origin(apus, origin, unique):
    word = unique()
    assert apus.get("/demo/signed-web/" + sign(f"ok/{word}.jpg?keep=1")).status == 200
    path = next(path for path, _ in origin.requests if word in path)
    assert "ik-s" not in path


def test_unsigned_named_allows_named_transformations_alone(apus):
    assert apus.get("/demo/named/tr:n-thumb/quadrants.jpg").status == 200
    assert apus.get("/demo/named/quadrants.jpg?tr=n-thumb").status == 200
    for path in ("tr:w-100/quadrants.jpg", "tr:n-thumb,q-50/quadrants.jpg", "tr:n-thumb:rt-90/quadrants.jpg"):
        assert apus.get("/demo/named/" + path).status == 401, path
        assert apus.get("/demo/named/" + sign(path)).status == 200, path


def test_a_private_original_needs_a_signature_from_its_first_request_on(apus, unique):
    path = f"private/{unique()}.jpg"
    assert apus.get(f"/demo/web/{path}").status == 401
    assert apus.get(f"/demo/web/tr:w-100/{path}").status == 401
    assert apus.get("/demo/web/" + sign(f"tr:w-100/{path}")).status == 200
    assert apus.get(f"/demo/web/tr:w-100/{path}").status == 401
    assert apus.get(f"/demo/web/tr:n-thumb/{path}").status == 200


def test_apus_sign_signs_what_is_accepted(apus):
    url = f"{apus.base}/demo/signed/tr:w-90/quadrants.jpg?v=3"
    for more in ([], ["--expires", "100"], ["--expires", "15m"]):
        done = subprocess.run(
            [str(PROGRAM), "sign", "--config", str(apus.configuration), url, *more],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        signed = done.stdout.strip()
        assert ("ik-t=" in signed) == bool(more)
        assert apus.get(signed[len(apus.base) :]).status == 200, signed


@pytest.mark.parametrize(("written", "seconds"), [("100", 100), ("90s", 90), ("1500ms", 2), ("15m", 900), ("1d", 86400)])
def test_a_time_of_expiry_is_written_as_in_the_configuration(apus, written, seconds):
    before = int(time.time())
    done = signed_by_command(apus, "--expires", written)
    told = int(done.stdout.split("ik-t=")[1].split("&")[0])
    assert before <= told - seconds <= time.time(), done


@pytest.mark.parametrize("written", ["0", "-5", "1.5d", "tomorrow", "1D", "99999999999999999999d"])
def test_what_is_no_time_of_expiry_is_refused(apus, written):
    done = signed_by_command(apus, f"--expires={written}")
    assert done.returncode == 64 and "such as 90, 90s, 15m, 2h or 1d" in done.stderr, done


@pytest.mark.parametrize("ending", ["#frag", "#", "?v=3#frag", "#frag?v=3"])
def test_a_url_with_a_fragment_is_not_signed(apus, ending):
    done = signed_by_command(apus, path="quadrants.jpg" + ending)
    assert done.returncode != 0 and not done.stdout and "a fragment is never sent" in done.stderr, done


def signed_by_command(apus, *options, path="quadrants.jpg"):
    url = f"{apus.base}/demo/signed/{path}"
    return subprocess.run(
        [PROGRAM, "sign", "--config", apus.configuration, url, *options],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
