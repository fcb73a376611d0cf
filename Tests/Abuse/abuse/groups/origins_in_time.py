"""Group C, second part: origins that go away, come back, and change; and what they say of lifetimes."""

import threading
import time

from abuse.cases import Power, case, expect, expect_status
from abuse.groups.traps import closes
from abuse.origin import send
from abuse.pictures import colour_of, is_near, png
from abuse.waiting import wait_for

RED, BLUE = (200, 30, 30), (30, 30, 200)
PAGE = b"<!DOCTYPE html><html><body>Service is being maintained</body></html>"


# --- C10 to C13: away and back


def obeying(configuration):
    """Another endpoint with the same origin, that does what the origin's headers say."""
    configuration["accounts"][0]["urlEndpoints"].append(
        {"urlPrefix": "obeys", "origins": ["web"], "cacheControl": "origin"}
    )


OBEYS = "/demo/obeys"


@case("C10", "an origin that fails every other time: what was once good is always answered", needs=(Power.CONFIGURE,))
def flapping(target):
    with target.own(edit=obeying, cache={"edgeAge": "1s", "errorAge": "1s"}) as other:
        turns = []

        def flap(request, connection):
            turns.append(request)
            if len(turns) % 2:
                return send(
                    connection, png(64, 48, RED), headers=[("Cache-Control", "max-age=1"), ("ETag", f'"{len(turns)}"')]
                )
            return send(connection, b"no", "text/plain", status="503 Away")

        name = other.origin.act(flap)
        end = time.monotonic() + 12
        while time.monotonic() < end:
            answer = other.ask("w-40,f-png", name, OBEYS)
            expect_status(answer, 200, "a picture that had been good")
            expect(is_near(colour_of(answer.body), RED), "another picture")
            time.sleep(0.1)
        expect(len(turns) > 2, "the origin was not asked again")


@case(
    "C11",
    "an origin that is away: the old copy, marked x-apus-stale and kept for a short time",
    needs=(Power.CONFIGURE,),
)
def stale_copy(target):
    with target.own(edit=obeying) as other:
        away = threading.Event()

        def behave(request, connection):
            if away.is_set():
                return False
            return send(connection, png(64, 48, RED), headers=[("Cache-Control", "max-age=1"), ("ETag", '"one"')])

        name = other.origin.act(behave)
        first = other.ask("w-40,f-png", name, OBEYS)
        expect_status(first, 200, "while the origin is there")
        away.set()

        def old():
            answer = other.ask("w-40,f-png", name, OBEYS)
            expect_status(answer, 200, "while the origin is away")
            return answer if answer["x-apus-stale"] == "true" else None

        answer = wait_for(old, 20, "an answer that is marked as stale")
        expect(answer.body == first.body, "the old copy has other bytes")
        expect(answer.max_age <= 60, f"an old copy may be kept for {answer.max_age} s")
        other_variant = other.ask("w-41,f-png", name, OBEYS)
        expect_status(other_variant, 404, "a variant that was never made")


@case("C12", "the original away or missing, a default image there: 200 and the default image, for the error age only",
      needs=(Power.ORIGIN,))  # fmt: skip
def default_image(target):
    default = target.origin.picture(BLUE)
    rows = {
        "missing": "nothing.png",
        "forbidden": target.origin.put(b"no", "text/plain", status="403 Forbidden"),
    }
    for what, name in rows.items():
        answer = target.at_origin(name, f"w-40,f-png,di-{default}")
        expect_status(answer, 200, what)
        expect(is_near(colour_of(answer.body), BLUE), f"{what}: not the default image")
        expect(answer.max_age <= target.settings.error_age, f"{what}: may be kept for {answer.max_age} s")
    down = target.at_origin(target.origin.act(closes(), ".jpg"), f"w-40,f-png,di-{default}")
    expect(down.status in (200, 404), f"the original's server away: {down}")


@case(
    "C13",
    "a default image that is missing, broken, or the original itself: the first error, and no circle",
    needs=(Power.ORIGIN,),
)
def broken_default_image(target):
    origin = target.origin
    expect_status(target.at_origin("nothing1.png", "w-40,f-png,di-nothing2.png"), 404, "both missing", error="ENOENT")
    page = origin.put(PAGE, "image/png")
    answer = target.at_origin("nothing3.png", f"w-40,f-png,di-{page}")
    expect_status(answer, (400, 404), "a default image that is a page", error=("EINVAL", "ENOENT"))
    expect_status(
        target.at_origin("nothing4.png", "w-40,di-nothing4.png"), 404, "its own default image", error="ENOENT"
    )
    expect(origin.count("nothing4") <= 3, f"asked for {origin.count('nothing4')} times")


# --- C14 to C17: headers of origins, and objects that change


@case(
    "C14",
    "whatever an origin says of lifetimes is obeyed within limits, and private is never shared",
    needs=(Power.CONFIGURE,),
)
def lifetimes(target):
    longest = 180 * 86400
    with target.own(edit=obeying) as other:

        def ask(*headers):
            name = other.origin.picture(headers=headers)
            return name, other.ask("w-40,f-png", name, OBEYS)

        rows = [
            ("max-age=99999999999999999999", lambda age: age <= longest),
            ("max-age=100, immutable", lambda age: age <= 100),
            ("s-maxage=50, max-age=100", lambda age: age <= 100),
            ("max-age=-1", lambda age: age <= longest),
            ("max-age=0", lambda age: age == 0),
            ("no-cache", lambda age: age == 0),
            ("max-age=abc", lambda age: age <= longest),
            ("a=b, " * 2000 + "max-age=100", lambda age: age <= longest),
        ]
        for said, holds in rows:
            _, answer = ask(("Cache-Control", said))
            expect_status(answer, 200, said[:40])
            expect(holds(answer.max_age), f"“{said[:40]}” may be kept for {answer.max_age} s")
        _, aged = ask(("Cache-Control", "max-age=100"), ("Age", "99999"))
        expect(aged.status == 200 and aged.max_age == 0, f"older than its max-age: {aged}, {aged['Cache-Control']}")
        _, past = ask(("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"))
        expect(past.status == 200 and past.max_age == 0, f"expired in 1970: {past}, {past['Cache-Control']}")
        _, varied = ask(("Vary", "*"), ("Cache-Control", "max-age=100"))
        expect(varied.status == 200 and "*" not in (varied["Vary"] or ""), f"Vary: * became {varied['Vary']}")
        for said in ("private", "no-store", "private, max-age=100"):
            name, answer = ask(("Cache-Control", said))
            again = other.ask("w-40,f-png", name, OBEYS)
            expect("public" not in (again["Cache-Control"] or ""), f"“{said}” became {again['Cache-Control']}")
            expect(other.origin.count(name) == 2, f"“{said}” was kept in a cache that many share")


@case("C15", "cookies and other headers of an origin are not passed on", needs=(Power.ORIGIN,))
def origin_headers(target):
    secret = [("Set-Cookie", "session=secret"), ("Server", "secret/1.0"), ("X-Powered-By", "secret"),
              ("Access-Control-Allow-Credentials", "true"), ("Link", "</secret>"), ("Refresh", "0; //secret"),
              ("Clear-Site-Data", '"*"'), ("Content-Security-Policy", "secret"), ("Strict-Transport-Security", "a"),
              ("X-Accel-Redirect", "/secret"), ("X-Accel-Expires", "99999999"), ("Location", "/secret")]  # fmt: skip
    for steps in ("w-40,f-png", "orig-true", ""):
        answer = target.at_origin(target.origin.picture(headers=secret), steps)
        expect_status(answer, 200, steps or "untransformed")
        for name, value in answer.headers.items():
            expect("secret" not in value, f"{steps or 'untransformed'}: {name}: {value}")
        for name in (
            "Set-Cookie",
            "Clear-Site-Data",
            "X-Accel-Expires",
            "Access-Control-Allow-Credentials",
            "Strict-Transport-Security",
        ):
            own = name == "Strict-Transport-Security" and target.wire.is_tls
            expect(answer[name] is None or own, f"{steps or 'untransformed'}: {name}: {answer[name]}")


@case("C16", "ETags that are weak, broken or 10 kB long: the picture, with an ETag of our own", needs=(Power.ORIGIN,))
def odd_etags(target):
    for etag in ('W/"a"', "no-quotes", '"unclosed', '""', '"' + "a" * 10_000 + '"', '"a", "b"', "*", '"ü"', "W/"):
        answer = target.at_origin(
            target.origin.picture(headers=[("ETag", etag), ("Last-Modified", "never")]), "w-40,f-png"
        )
        expect_status(answer, 200, f"ETag {etag[:20]}")
        own = answer["ETag"] or ""
        expect(own.startswith('"') and 3 < len(own) < 128, f"ETag {etag[:20]} became {own[:140]}")


@case("C17", "an object that changes between two variants: each is wholly of one of them, with an ETag of its own",
      needs=(Power.CONFIGURE,))  # fmt: skip
def changing_object(target):
    with target.own(edit=obeying) as other:
        name = other.origin.act(lambda request, connection: None)

        def becomes(colour, etag):
            headers = [("ETag", etag), ("Cache-Control", "max-age=1")]
            other.origin.act(
                lambda request, connection: send(connection, png(64, 48, colour), headers=headers), name=name
            )

        becomes(RED, '"one"')
        first = other.ask("w-40,f-png", name, OBEYS)
        becomes(BLUE, '"two"')
        second = wait_for(
            lambda: (answer := other.ask("w-41,f-png", name, OBEYS)).status == 200 and answer, 10, "the second variant"
        )
        expect(is_near(colour_of(first.body), RED), "the first variant is not of the first object")

        def renewed():
            answer = other.ask("w-40,f-png", name, OBEYS)
            shown = colour_of(answer.body)
            expect(
                is_near(shown, RED) == (answer["ETag"] == first["ETag"]),
                "an ETag of one object with the bytes of another",
            )
            return is_near(shown, BLUE)

        wait_for(renewed, 15, "the changed object")
        shown = wait_for(
            lambda: is_near(colour_of(other.ask("w-41,f-png", name, OBEYS).body), BLUE),
            15,
            "the second variant's change",
        )
        expect(shown and second["ETag"] != first["ETag"], "both variants have one ETag")
