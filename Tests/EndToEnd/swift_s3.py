"""S3 as OpenStack Swift serves it (Debian's python3-swift: account, container, object and proxy server with s3api and
tempauth), which has nothing in common with moto. Region, signature, time and access lists are checked."""

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import boto3
from botocore.config import Config

import swift_servers
from amazon_s3 import put_object
from instance import wait_for
from origin_part import OriginPart, Process
from ports import free_port

# Debian's own: python3-swift is none of the environment's packages.
PYTHON = "/usr/bin/python3"
PROGRAM = Path(swift_servers.__file__)
START_SECONDS = 30


class SwiftBucket(OriginPart):
    """A bucket of the owner's, whose objects the reader may read one by one."""

    def __init__(self, kind="S3_COMPATIBLE (Swift)", bucket="pictures"):
        self.kind, self.bucket = kind, bucket
        ports = [free_port() for _ in range(4)]
        self.port = ports[0]
        self.folder = Path(tempfile.mkdtemp(prefix="apus-swift-"))
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = Process([PYTHON, PROGRAM, self.folder, *ports], self.folder, env=environment)
        try:
            wait_for(lambda: all(map(self._listens, ports)), START_SECONDS, "Swift")
            self._objects = self.client(swift_servers.OWNER)
            self._objects.create_bucket(Bucket=bucket)
            self._objects.put_bucket_acl(Bucket=bucket, GrantRead=f'id="{access_key(swift_servers.READER)}"')
        except BaseException:
            self.stop()
            raise

    def _listens(self, port):
        self._process.check()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self, user, region=swift_servers.REGION):
        """Of boto3, for one of the users of `swift_servers`."""
        settings = Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 0},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.client(
            "s3", endpoint_url=self.endpoint, aws_access_key_id=access_key(user), aws_secret_access_key=user[2],
            region_name=region, config=settings,
        )

    def settings(self):
        return {
            "type": "S3_COMPATIBLE", "endpoint": self.endpoint, "bucket": self.bucket, "s3ForcePathStyle": True,
            "accessKey": access_key(swift_servers.READER), "secretKey": swift_servers.READER[2],
        }

    def put(self, key, body, content_type="application/octet-stream", private=False, headers=None):
        reader = f'id="{access_key(swift_servers.READER)}"'
        put_object(self._objects, self.bucket, key, body, content_type, private, headers, GrantRead=reader)

    def forbid(self, key):
        """Only its owner may read it from now on."""
        put_object(self._objects, self.bucket, key, b"forbidden", "text/plain", False, None)
        return key

    def requests(self):
        with suppress(FileNotFoundError):
            lines = (self.folder / "requests").read_text(encoding="latin-1").splitlines()
            return sum(line.startswith(f"GET /{self.bucket}/") for line in lines)
        return 0

    def stop(self):
        self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def access_key(user):
    account, name, *_ = user
    return f"{account}:{name}"
