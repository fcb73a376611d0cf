"""Group A: signatures, and whatever might pass them by."""

import time
from urllib.parse import quote

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.signing import signature

STANDARD_SECONDS = 400 * 86400
# Some clients sign for this very second, by their own clock: so long after its time a URL may still be good.
LEEWAY_SECONDS = 2


@case("A1", "without the signature that is required: 401, and the origin is not asked", needs=(Power.SIGNED,))
def missing_signature(target):
    for steps in ("", "w-50", "orig-true"):
        path = target.path(steps, endpoint=target.settings.signed_endpoint, is_signed=False)
        expect_status(target.get(path), 401, path)


@case("A1", "the origin of a URL without its signature is not asked", needs=(Power.SIGNED_ORIGIN,))
def missing_signature_asks_no_origin(target):
    name = target.origin.picture()
    endpoint = target.settings.signed_origin_endpoint
    expect_status(target.get(target.path("w-40", name, endpoint, is_signed=False)), 401, "unsigned")
    expect(target.origin.count(name) == 0, "the origin was asked")
    expect_status(target.get(target.path("w-40", name, endpoint, is_signed=True)), 200, "signed")
    expect(target.origin.count(name) == 1, f"the origin was asked {target.origin.count(name)} times, not once")


def _with(signed, change):
    """A signed path whose signature is changed."""
    head, _, sign = signed.rpartition("ik-s=")
    return f"{head}ik-s={change(sign)}"


SPOILT = {
    "one bit flipped": lambda sign: f"{int(sign[0], 16) ^ 1:x}{sign[1:]}",
    "the last bit flipped": lambda sign: f"{sign[:-1]}{int(sign[-1], 16) ^ 1:x}",
    "truncated": lambda sign: sign[:-1],
    "half of it": lambda sign: sign[:20],
    "only its first digit": lambda sign: sign[:1],
    "empty": lambda sign: "",
    "padded": lambda sign: sign + "0",
    "padded in front": lambda sign: "0" + sign,
    "twice in a row": lambda sign: sign + sign,
    "with a space": lambda sign: sign + "%20",
    "with a NUL": lambda sign: sign + "%00",
    "SHA-256 of the same": lambda sign: sign + sign[:24],
    "another's alphabet": lambda sign: "g" * 40,
    "as base64": lambda sign: "kiN1E2uUEn6XhaWcxzYT2sAbVwk=",
    "a list": lambda sign: f"{sign},{sign}",
}


@case("A2", "a signature that is flipped, cut, padded, in capitals or doubled is 401", needs=(Power.SIGNED,))
def spoilt_signatures(target):
    good = target.signed(f"tr:w-51/{target.settings.sample}")
    expect_status(target.get(good), 200, "the signature itself")
    for_each(SPOILT, lambda what: expect_status(target.get(_with(good, SPOILT[what])), 401, what))
    # Of digits alone, capitals would be the same.
    rows = (target.signed(f"{target.settings.sample}?v={number}") for number in range(50))
    lettered = next(row for row in rows if any(letter in row.rpartition("=")[2] for letter in "abcdef"))
    expect_status(target.get(_with(lettered, str.upper)), 401, "in capitals")


@case("A3", "the signature of another path, endpoint, transformation or query is 401", needs=(Power.SIGNED,))
def foreign_signatures(target):
    sample, key = target.settings.sample, target.settings.key
    base = f"{target.base_path}{target.settings.signed_endpoint}/"
    rest = f"tr:w-52/{sample}"
    expect_status(target.get(f"{base}{rest}?ik-s={signature(key, rest)}"), 200, "its own")
    others = [
        f"tr:w-53/{sample}", sample, f"{sample}?tr=w-52", f"/tr:w-52/{sample}", f"tr:w-52/{sample}.jpg", "",
        base + rest, target.settings.base + base + rest, f"tr:w-52/{sample}?", f"tr%3Aw-52/{sample}", rest.upper(),
    ]  # fmt: skip

    def act(other):
        path = f"{base}{rest}?ik-s={signature(key, other)}"
        expect_status(target.get(path), 401, f"with the signature of {other!r}")

    for_each(others, act)
    good = signature(key, rest)
    for_each(
        [f"{rest}?v=1&ik-s={good}", f"{rest}?ik-s={good}&v=1", f"{rest}?ik-s={good}&tr=w-200",
         f"{rest}?tr=w-200&ik-s={good}", f"tr:w-999/{sample}?ik-s={good}", f"{rest}:w-9?ik-s={good}"],
        lambda path: expect_status(target.get(base + path), 401, path),
    )  # fmt: skip
    for host in ("evil.example", "img.example:8080"):
        # A host is no part of what is signed: it opens nothing more, and nothing less.
        answer = target.get(f"{base}{rest}?ik-s={signature(key, 'x')}", headers={"Host": host})
        expect_status(answer, (401, 404, 421), f"at {host}")


# --- time


@case("A4", "a time in the past, negative, of other than ten digits or no number is 401", needs=(Power.SIGNED,))
def odd_times(target):
    rest, key, now = f"tr:w-54/{target.settings.sample}", target.settings.key, int(time.time())
    wrong = [
        str(now - LEEWAY_SECONDS - 2), str(now - 86400), "0", "1", "-1", str(-now), "253402300799", "9" * 20,
        "99999999999", "abc", "", "0x6553f100", f"{now + 100}.0", "17e8", "NaN", "4294967295x", "２０００００００００",
        f"0{now + 100}",
    ]  # fmt: skip

    def act(text):
        path = f"{target.base_path}{target.settings.signed_endpoint}/{rest}"
        answer = target.get(f"{path}?ik-t={quote(text)}&ik-s={signature(key, rest, text)}")
        expect_status(answer, 401, f"ik-t={text!r}")

    for_each(wrong, act)
    answer = target.get(target.signed(rest, expiry=int(time.time())))
    expect_status(answer, (200, 401), "a time that is now")
    expect(answer.max_age <= LEEWAY_SECONDS, f"a time that is now: it may be kept for {answer.max_age} s")


@case("A4", "nothing made of a URL is kept beyond the time of that URL", needs=(Power.SIGNED,))
def times_end_caches(target):
    expiry = int(time.time()) + 4
    path = target.signed(f"tr:w-55/{target.settings.sample}", expiry=expiry)
    for _ in range(2):
        answer = target.get(path)
        left = expiry - time.time()
        expect_status(answer, 200, "before its time")
        expect(answer.max_age <= left + 1, f"it may be kept for {answer.max_age} s, and has {left:.0f}")
    while time.time() < expiry + LEEWAY_SECONDS + 1.2:
        # Asked for again and again, so that whoever keeps it has it.
        expect(target.get(path).max_age <= max(0, expiry + 1 - time.time()), "it may be kept beyond its time")
        time.sleep(0.2)
    expect_status(target.get(path), 401, "after its time, although it has just been answered")
    far = target.get(target.signed(f"tr:w-55/{target.settings.sample}", expiry=9999999998))
    expect_status(far, 200, "a time far ahead")
    expect(far.max_age <= STANDARD_SECONDS, f"it may be kept for {far.max_age} s")


@case("A5", "a time that was added later, moved or taken away is 401", needs=(Power.SIGNED,))
def added_times(target):
    rest, soon = f"tr:w-56/{target.settings.sample}", int(time.time()) + 1000
    forever, timed = target.signed(rest), target.signed(rest, expiry=soon)
    for path in (forever, timed):
        expect_status(target.get(path), 200, path)
    for_each(
        {
            "added": forever.replace("ik-s=", f"ik-t={soon}&ik-s="),
            "added behind": f"{forever}&ik-t={soon}",
            "the time that stands for none": timed.replace(str(soon), "9999999999"),
            "prolonged": timed.replace(str(soon), str(soon + 1000)),
            "taken away": timed.replace(f"ik-t={soon}&", ""),
            "emptied": timed.replace(str(soon), ""),
        }.items(),
        lambda what, path: expect_status(target.get(path), 401, what),
    )


@case("A27", "digits cannot move between the URL and its time", needs=(Power.SIGNED,))
def moved_digits(target):
    rest, key = f"{target.settings.sample}?v=12", target.settings.key
    sign = signature(key, rest, 1999999999)
    base = f"{target.base_path}{target.settings.signed_endpoint}/{target.settings.sample}"
    expect_status(target.get(f"{base}?v=12&ik-t=1999999999&ik-s={sign}"), 200, "as it was signed")
    rows = [
        ("v=1", "21999999999"), ("v=", "121999999999"), ("v=121", "999999999"), ("v=1219", "99999999"),
        ("v=121999999999", ""), ("v=12", "01999999999"), ("v=12", "+1999999999"), ("v=12", "%201999999999"),
        ("v=12", "1999999999%20"), ("v=12", "1999999999.0"), ("v=12", "1_999_999_999"),
    ]  # fmt: skip
    for_each(
        rows,
        lambda query, moved: expect_status(
            target.get(f"{base}?{query}&ik-t={moved}&ik-s={sign}"), 401, f"{query} with ik-t={moved!r}"
        ),
    )
    forever = signature(key, rest)
    for query, moved in (("v=129", "999999999"), ("v=12999999999", "9"), ("v=1", "29999999999")):
        expect_status(target.get(f"{base}?{query}&ik-t={moved}&ik-s={forever}"), 401, f"{query} with {moved!r}")


@case(
    "A28", "signature and time given twice or under other spellings of their names open nothing", needs=(Power.SIGNED,)
)
def doubled_parameters(target):
    rest, soon, key = f"tr:w-57/{target.settings.sample}", int(time.time()) + 1000, target.settings.key
    base = f"{target.base_path}{target.settings.signed_endpoint}/{rest}"
    good, timed, past = signature(key, rest), signature(key, rest, soon), signature(key, rest, 1700000000)
    zeros = "0" * 40
    rows = [
        f"ik-s={good}&ik-s={good}", f"ik-s={good}&ik-s={zeros}", f"ik-s={zeros}&ik-s={good}",
        f"ik-t={soon}&ik-t={soon}&ik-s={timed}", f"ik-t=1700000000&ik-t={soon}&ik-s={past}",
        f"ik-t={soon}&ik-t=1700000000&ik-s={past}", f"IK-S={good}", f"Ik-s={good}", f"ik_s={good}", f"iks={good}",
        f"IK-T={soon}&ik-s={timed}", f"%69k-s={good}", f"ik%2Ds={good}", f"ik-s%3D{good}", f"ik-s[]={good}",
        f"ik-s={good}%26", f"%69k-t={soon}&ik-s={timed}", f"ik-s=&ik-s={good}", f"ik-t&ik-s={timed}", f"x&ik-s={good}",
    ]  # fmt: skip
    for_each(rows, lambda query: expect_status(target.get(f"{base}?{query}"), (400, 401), query))
    # One rule for their order: either does, or only one.
    answers = [target.get(f"{base}?ik-t={soon}&ik-s={timed}"), target.get(f"{base}?ik-s={timed}&ik-t={soon}")]
    expect(answers[0].status == 200 and answers[1].status in (200, 400, 401), "their order has no rule")
