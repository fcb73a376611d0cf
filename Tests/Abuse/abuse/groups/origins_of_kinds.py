"""Group C, third part: buckets, TLS, and several origins."""

import ssl
import time

from abuse.cases import LeftOut, Power, case, expect, expect_status
from abuse.groups.traps import GOOD, answers, falls_silent, first_then, floods, head, whole
from abuse.origin import Listener, Origin, send
from abuse.pictures import png

RED = (200, 30, 30)
# An answer may come so much later than the time that the server promises.
SLACK_SECONDS = 2

# --- C18, C19: buckets and TLS


def s3_error(status, code, *lines):
    body = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>no</Message></Error>'.encode()
    return answers(whole(body, "Content-Type: application/xml", *lines, status=status))


FAR_FUTURE = "Date: Fri, 31 Dec 9999 23:59:59 GMT"
NO_REGION, OTHER_REGION = "x-amz-bucket-region: evil.example/#", "x-amz-bucket-region: eu-west-1"
# What it answers, our code, and how often it is asked.
BUCKET = {
    "no such bucket": (s3_error("404 No", "NoSuchBucket"), "UNIDENTIFIED", 1),
    "no such key": (s3_error("404 No", "NoSuchKey"), "ENOENT", 1),
    "expired token": (s3_error("400 No", "ExpiredToken"), "EACCES", 1),
    "clock skew for ever": (s3_error("403 No", "RequestTimeTooSkewed", FAR_FUTURE), "EACCES", 2),
    "a region that is none": (s3_error("301 No", "PermanentRedirect", NO_REGION), "UNIDENTIFIED", 1),
    "another region for ever": (s3_error("400 No", "AuthorizationHeaderMalformed", OTHER_REGION), "UNIDENTIFIED", 2),
    "overloaded for ever": (s3_error("503 No", "SlowDown"), "UNIDENTIFIED", 2),
    "archived": (s3_error("403 No", "InvalidObjectState"), "EACCES", 1),
    "an endless refusal": (floods(b"<Code>" + b"x" * 65536, head(status="403 No")), "EACCES", 1),
}


@case(
    "C18",
    "a bucket's refusals have their codes; what passes is tried once more, and no more",
    needs=(Power.CONFIGURE,),
    seconds=300,
)
def buckets(target):
    origins = [Origin() for _ in range(len(BUCKET) + 1)]

    def edit(configuration):
        demo = configuration["accounts"][0]
        for number, origin in enumerate(origins):
            settings = {"id": f"bucket{number}", "type": "S3_COMPATIBLE", "bucket": "b", "s3ForcePathStyle": True}
            settings |= {"accessKey": "AKIAABUSE", "secretKey": "abuse-secret"}
            demo["origins"].append({**settings, "endpoint": f"http://127.0.0.1:{origin.port}"})
            demo["urlEndpoints"].append({"urlPrefix": f"bucket{number}", "origins": [f"bucket{number}"]})

    try:
        with target.own(edit=edit) as other:
            for number, (what, (behaviour, code, times)) in enumerate(BUCKET.items()):
                name = origins[number].act(behaviour, ".jpg")
                expect_status(other.ask("w-40", name, f"/demo/bucket{number}"), 404, what, error=code)
                expect(
                    origins[number].count(name) == times,
                    f"{what}: asked {origins[number].count(name)} times, not {times}",
                )
            behaviour = first_then(s3_error("503 Slow Down", "SlowDown"), answers(whole(GOOD)))
            name = origins[-1].act(behaviour, ".jpg")
            expect_status(other.ask("w-40", name, f"/demo/bucket{len(BUCKET)}"), 200, "overloaded once")
            expect("abuse-secret" not in other.instance.log(), "the secret key stands in the log")
    finally:
        for origin in origins:
            origin.stop()


class SecureOrigin(Listener):
    """Speaks TLS as its context says, and gives a picture to whoever accepts that."""

    def __init__(self, context):
        self.context, self.answered = context, 0
        super().__init__()

    def serve(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as secured:
            if not secured.recv(65536):
                return
            self.answered += 1
            send(secured, GOOD, "image/jpeg", [("Connection", "close")])


def ancient(files, version):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(*files)
    made.minimum_version = made.maximum_version = version
    return made


def modern(files):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*files)
    return made


@case("C19", "TLS that is expired, of another host, self-signed or ancient: 404 UNIDENTIFIED, and no request is sent",
      needs=(Power.CONFIGURE,))  # fmt: skip
def bad_tls(target):
    try:
        from datetime import timedelta

        from certificates import Authority
    except ImportError:
        raise LeftOut("the package cryptography is not installed") from None
    ours = Authority(target.deployment.folder / f"authority{target.word()}")
    theirs = Authority(target.deployment.folder / f"authority{target.word()}", "Another authority")
    good = ours.issue("good")
    made = {
        "good": modern(good),
        "expired": modern(ours.issue("expired", valid_for=timedelta(days=-1))),
        "of another host": modern(ours.issue("other", hosts=("other.example",))),
        "self-signed": modern(ours.issue("alone", self_signed=True)),
        "of another authority": modern(theirs.issue("strange")),
        "TLS 1.0": ancient(good, ssl.TLSVersion.TLSv1),
        "TLS 1.1": ancient(good, ssl.TLSVersion.TLSv1_1),
    }
    origins = {what: SecureOrigin(context) for what, context in made.items()}

    def edit(configuration):
        configuration["network"] = {"caFile": str(ours.file)}
        demo = configuration["accounts"][0]
        for number, origin in enumerate(origins.values()):
            demo["origins"].append(
                {"id": f"tls{number}", "type": "WEB_FOLDER", "baseUrl": f"https://localhost:{origin.port}"}
            )
            demo["urlEndpoints"].append({"urlPrefix": f"tls{number}", "origins": [f"tls{number}"]})

    try:
        with target.own(edit=edit) as other:
            for number, (what, origin) in enumerate(origins.items()):
                answer = other.ask("w-40", "a.jpg", f"/demo/tls{number}")
                expect_status(
                    answer, 200 if what == "good" else 404, what, error=None if what == "good" else "UNIDENTIFIED"
                )
                expect(origin.answered == (what == "good"), f"{what}: {origin.answered} requests were sent")
    finally:
        for origin in origins.values():
            origin.stop()


# --- C20: several origins


@case(
    "C20",
    "several origins: every failure moves on to the next, within one deadline; the worst error is told",
    needs=(Power.CONFIGURE,),
)
def several_origins(target):
    made = {word: Origin() for word in ("missing", "failing", "silent", "closed", "good")}
    made["failing"].act(answers(whole(b"no", status="500 No")), name="a.png")
    made["silent"].act(falls_silent(), name="a.png")
    made["good"].act(lambda request, connection: send(connection, png(64, 48, RED)), name="a.png")
    made["closed"].stop()
    rows = [
        (("missing", "good"), 200, None),
        (("failing", "good"), 200, None),
        (("silent", "good"), 200, None),
        (("closed", "good"), 200, None),
        (("missing", "failing"), 404, "UNIDENTIFIED"),
        (("failing", "missing"), 404, "UNIDENTIFIED"),
        (("missing", "missing"), 404, "ENOENT"),
        (("closed", "missing"), 404, "ECONNREFUSED"),
        (("silent", "missing"), 404, "ETIMEDOUT"),
    ]

    def edit(configuration):
        demo = configuration["accounts"][0]
        for word, origin in made.items():
            for turn in ("", "-again"):
                demo["origins"].append(
                    {"id": word + turn, "type": "WEB_FOLDER", "baseUrl": f"http://127.0.0.1:{origin.port}"}
                )
        for number, ((first, second), *_) in enumerate(rows):
            demo["urlEndpoints"].append({"urlPrefix": f"both{number}", "origins": [first, f"{second}-again"]})

    try:
        with target.own(edit=edit) as other:
            for number, (words, status, code) in enumerate(rows):
                started = time.monotonic()
                answer = other.ask("w-40,f-png", "a.png", f"/demo/both{number}")
                expect_status(answer, status, " then ".join(words), error=code)
                expect(time.monotonic() - started < other.settings.total + SLACK_SECONDS, f"{words}: too late")
    finally:
        for origin in made.values():
            origin.stop()
