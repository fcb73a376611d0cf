"""moto (S3, IAM and STS on one port) as a process of its own: `amazon_server.py FOLDER PORT [TLSPORT CERTIFICATE KEY]`.
It checks signatures once it is told to; before it stands what Amazon refuses and moto lets pass. Every request's
method, host, path and access key is one line in FOLDER/requests, written before the answer."""

import datetime
import re
import sys
import threading
import urllib.parse
from pathlib import Path
from xml.sax.saxutils import escape

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, PermissionResult, create_access_key
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from moto.sts.models import sts_backends
from werkzeug.serving import make_server

HOST = "127.0.0.1"
PARTITION = "aws"
SKEW = datetime.timedelta(minutes=15)


class Refusal(Exception):
    def __init__(self, status, code, headers=(), **details):
        self.status, self.code, self.headers, self.details = status, code, list(headers), details

    def answer(self, start_response, method):
        details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in self.details.items())
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{self.code}</Code>{details}</Error>'
        body = b"" if method == "HEAD" else text.encode()
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body))), *self.headers]
        start_response(self.status, headers)
        return [body]


class Request:
    def __init__(self, environment):
        self.method = environment["REQUEST_METHOD"]
        self.host = environment.get("HTTP_HOST", "")
        self.path, _, self.query = environment["RAW_URI"].partition("?")
        self.headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environment.items() if name.startswith("HTTP_")
        }
        self.authorization = self.headers.get("authorization", "")
        fields = dict(part.strip().partition("=")[::2] for part in self.authorization.partition(" ")[2].split(","))
        scope = (fields.get("Credential", "").split("/") + [""] * 5)[:5]
        self.access_key, _, self.region, self.service, _ = scope
        self.signed = set(fields.get("SignedHeaders", "").split(";"))

    @property
    def line(self):
        return f"{self.method} {self.host} {self.path} {self.access_key or '-'}\n"

    @property
    def bucket_and_key(self):
        label, dot, _ = self.host.partition(".localhost")
        if dot:
            return label, urllib.parse.unquote(self.path[1:])
        bucket, _, key = self.path[1:].partition("/")
        return bucket, urllib.parse.unquote(key)


class Strict:
    """What stands before moto."""

    def __init__(self, moto, log):
        self._moto, self._log = moto, log
        self._lock = threading.Lock()

    def __call__(self, environment, start_response):
        request = Request(environment)
        if request.path.startswith("/moto-api/") or settings.INITIAL_NO_AUTH_ACTION_COUNT > 0:
            return self._moto(environment, start_response)
        with self._lock, self._log.open("a") as log:
            log.write(request.line)
        try:
            if request.service == "s3" or not request.authorization and request.method != "POST":
                check_bucket(request)
            if request.authorization:
                check_signed_parts(request)
                check_token(request)
            return self._asked(request, environment, start_response)
        except Refusal as refusal:
            return refusal.answer(start_response, request.method)

    def _asked(self, request, environment, start_response):
        """moto's answer, unless it tells of a missing object to someone who may not list the bucket."""

        def begin(status, headers, exc_info=None):
            key = request.service == "s3" and request.bucket_and_key[1]
            if key and status.startswith("404") and request.method in ("GET", "HEAD") and not may_list(request):
                raise Refusal("403 Forbidden", "AccessDenied")
            return start_response(status, headers, exc_info)

        return self._moto(environment, begin)


def check_bucket(request):
    """Without a signature, and with one for another region, Amazon still says where the bucket is."""
    name, _ = request.bucket_and_key
    bucket = s3_backends[ACCOUNT][PARTITION].buckets.get(name)
    where = [("x-amz-bucket-region", bucket.region_name)] if bucket else []
    if not request.authorization:
        raise Refusal("403 Forbidden", "AccessDenied", where)
    if bucket and request.region != bucket.region_name:
        code = "AuthorizationHeaderMalformed"
        raise Refusal("400 Bad Request", code, where, Region=bucket.region_name)


def check_signed_parts(request):
    stamp = request.headers.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", stamp):
        raise Refusal("403 Forbidden", "AccessDenied", Message="a valid date is required")
    asked = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs(asked - now()) > SKEW:
        raise Refusal("403 Forbidden", "RequestTimeTooSkewed")
    if request.service == "s3" and "x-amz-content-sha256" not in request.headers:
        raise Refusal("400 Bad Request", "MissingSecurityHeader")
    needed = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if not needed <= request.signed:
        raise Refusal("403 Forbidden", "AccessDenied", HeadersNotSigned=", ".join(sorted(needed - request.signed)))


def check_token(request):
    """A role's credentials have an end, and are none without their token."""
    for role in sts_backends[ACCOUNT][PARTITION].assumed_roles:
        if role.access_key_id == request.access_key:
            if "x-amz-security-token" not in request.headers:
                raise Refusal("403 Forbidden", "InvalidAccessKeyId")
            if role.expiration.replace(tzinfo=datetime.timezone.utc) < now():
                raise Refusal("400 Bad Request", "ExpiredToken")


def may_list(request):
    token = request.headers.get("x-amz-security-token")
    headers = {} if token is None else {"X-Amz-Security-Token": token}
    resource = f"arn:aws:s3:::{request.bucket_and_key[0]}"
    try:
        policies = create_access_key(ACCOUNT, PARTITION, request.access_key, headers).collect_policies()
    except CreateAccessKeyFailure:
        return False
    verdicts = {IAMPolicy(policy).is_action_permitted("s3:ListBucket", resource) for policy in policies}
    return PermissionResult.PERMITTED in verdicts and PermissionResult.DENIED not in verdicts


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def main(folder, port, tls_port=None, certificate=None, key=None):
    application = Strict(DomainDispatcherApplication(create_backend_app), Path(folder) / "requests")
    options = {"threaded": True, "request_handler": MotoRequestHandler}
    if tls_port:
        secure = make_server(HOST, int(tls_port), application, ssl_context=(certificate, key), **options)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
    make_server(HOST, int(port), application, **options).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
