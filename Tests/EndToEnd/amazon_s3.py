"""S3 as moto serves it, with every signature checked: one server, and a part for each way to reach a bucket of it."""

import json
import shutil
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from certificates import HERE, session_authority
from instance import wait_for
from origin_part import OriginPart, Process
from ports import free_port

SERVER = Path(__file__).with_name("amazon_server.py")
START_SECONDS = 30
FORBIDDEN = "forbidden/"
# As many buckets as may stand in the host's name with TLS; its certificate names each, as `*.localhost` is too wide.
NAMED_BUCKETS = 40
ANYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
TRUST = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]}]


class AmazonServer:
    """Buckets, users and roles on one port, and with TLS on another. `AmazonServer.shared()` is one for all who ask;
    it ends with the last `stop()`. `ca_file` is the authority of its certificate."""

    _shared, _uses = None, 0
    _lock = threading.Lock()

    @classmethod
    def shared(cls):
        with cls._lock:
            cls._shared = cls._shared or cls()
            cls._uses += 1
            return cls._shared

    def __init__(self):
        self.port, self.tls_port = free_port(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="apus-amazon-"))
        authority = session_authority()
        self.ca_file = authority.file
        self._names = [f"bucket{number}" for number in range(NAMED_BUCKETS)]
        files = authority.issue("s3", hosts=(*HERE, *(f"{name}.localhost" for name in self._names)))
        command = [sys.executable, SERVER, self.folder, self.port, self.tls_port, *files]
        self._process = Process(command, self.folder)
        try:
            wait_for(self._answers, START_SECONDS, "moto")
            self._checks_signatures(False)
            self.administrator = ("any", "any")
            self.administrator = self.user("administrator", ANYTHING)
            self.account = self.client("sts").get_caller_identity()["Account"]
            self._checks_signatures(True)
        except BaseException:
            self._process.stop()
            raise

    def _answers(self):
        self._process.check()
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.endpoint}/moto-api/data.json", timeout=START_SECONDS).ok

    def _checks_signatures(self, yes):
        headers = {"Content-Type": "text/plain"}
        first_checked = "0" if yes else "inf"
        requests.post(
            f"{self.endpoint}/moto-api/reset-auth", first_checked, headers=headers, timeout=START_SECONDS
        ).raise_for_status()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self, service="s3", keys=None, region="us-east-1"):
        """Of boto3, with (access key, secret key) or (access key, secret key, token), else the administrator's."""
        access_key, secret_key, token = (*(keys or self.administrator), None)[:3]
        settings = Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 0},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            parameter_validation=False,
        )
        return boto3.client(
            service, endpoint_url=self.endpoint, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
            aws_session_token=token, region_name=region, config=settings,
        )

    def new_name(self):
        """For a bucket."""
        with self._lock:
            return self._names.pop(0)

    def user(self, name, statements):
        """A new user who may do that; its access key and secret key."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy(statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def role(self, name, statements):
        """A new role that may do that, or what it may from now on; its ARN."""
        iam = self.client("iam")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy(statements))
        return f"arn:aws:iam::{self.account}:role/{name}"

    def assume(self, role, seconds):
        """Credentials of a role, `(access key, secret key, token)`, and their end, from which on it refuses them."""
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="session", DurationSeconds=seconds)
        made = answer["Credentials"]
        return (made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]), made["Expiration"]

    def trade_identity(self, fields):
        """moto's answer to AssumeRoleWithWebIdentity. It wants that signed too, and looks at no identity token."""
        request = AWSRequest("POST", self.endpoint, data=fields)
        SigV4Auth(Credentials(*self.administrator), "sts", "us-east-1").add_auth(request)
        return requests.post(self.endpoint, fields, headers=dict(request.headers.items()), timeout=START_SECONDS)

    def requests(self, bucket):
        """The GETs of objects of this bucket so far, as (path, access key)."""
        lines = (self.folder / "requests").read_text() if (self.folder / "requests").exists() else ""
        found = []
        for method, host, path, access_key in map(str.split, lines.splitlines()):
            by_host = host.startswith(f"{bucket}.localhost:") and len(path) > 1
            if method == "GET" and (by_host or path.startswith(f"/{bucket}/") and len(path) > len(bucket) + 2):
                found.append((path, access_key))
        return found

    def stop(self):
        with self._lock:
            if self is AmazonServer._shared:
                AmazonServer._uses -= 1
                if AmazonServer._uses > 0:
                    return
                AmazonServer._shared = None
        self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def policy(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def reading(bucket, may_list):
    """What someone may do who only fetches: ListBucket is what makes Amazon say 404 instead of 403."""
    allowed = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]
    if may_list:
        allowed.append({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"})
    return [
        *allowed, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/{FORBIDDEN}*"}
    ]


class AmazonBucket(OriginPart):
    """A bucket of its own, and a user who may read all of it but what lies under `forbidden/`."""

    def __init__(self, kind="S3", server=None, region="us-east-1", may_list=True, path_style=False, secure=False):
        """`kind` begins with the type. Where the bucket is part of the host's name, that is `BUCKET.localhost`."""
        self.kind, self.type = kind, kind.split()[0]
        self.server = server or AmazonServer.shared()
        self.bucket = self.server.new_name()
        self.path_style, self.secure = path_style, secure
        self.network = {"caFile": str(self.server.ca_file)} if secure else {}
        self.rules = reading(self.bucket, may_list)
        self._objects = self.server.client(region=region)
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self._objects.create_bucket(Bucket=self.bucket, **place)
        self.keys = self.server.user(f"reader-of-{self.bucket}", self.rules)

    def settings(self):
        scheme, port = ("https", self.server.tls_port) if self.secure else ("http", self.server.port)
        # Before an address no bucket can stand, so that S3, which has no field for it, would go to the path as well.
        host = "127.0.0.1" if self.path_style else "localhost"
        style = {"s3ForcePathStyle": self.path_style} if self.type == "S3_COMPATIBLE" else {}
        place = {"endpoint": f"{scheme}://{host}:{port}", "bucket": self.bucket}
        return {"type": self.type, **place, **self.credentials(), **style}

    def credentials(self):
        return {"accessKey": self.keys[0], "secretKey": self.keys[1]}

    def put(self, key, body, content_type="application/octet-stream", private=False, headers=None):
        put_object(self._objects, self.bucket, key, body, content_type, private, headers)

    def forbid(self, key):
        self.put(FORBIDDEN + key, b"forbidden")
        return FORBIDDEN + key

    def requests(self):
        return len(self.server.requests(self.bucket))

    def stop(self):
        self.server.stop()


def put_object(client, bucket, key, body, content_type, private, headers, **more):
    """Stores an object by boto3. Of `headers` those that S3 has as fields of an object, and x-amz-meta-…"""
    fields, metadata = {}, {"isprivatefile": "true"} if private else {}
    for name, value in (headers or {}).items():
        if name.lower().startswith("x-amz-meta-"):
            metadata[name.lower().removeprefix("x-amz-meta-")] = value
        else:
            fields[name.replace("-", "")] = value
    client.put_object(
        Bucket=bucket, Key=key, Body=body, ContentType=content_type, Metadata=metadata, **fields, **more
    )
