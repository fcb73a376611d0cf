"""Servers that the suite starts and stops by the scripts of a clone of Apus."""

import copy
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from abuse.origin import Origin
from abuse.pictures import png
from abuse.processes import Instance
from abuse.target import Settings, Target

KEY, OLDER_KEY, OTHER_KEY = "private_abused", "private_abused_before", "private_other"
ERROR_AGE, EDGE_AGE, TOTAL = 2, 1, 8
SAMPLE, TEXT = "kleiber.jpg", "notes.txt"


class Deployment:
    def __init__(self, repository):
        """`repository`: a clone; its tests' helpers can be imported afterwards."""
        self.repository = Path(repository).resolve()
        # A short path: sockets lie in it.
        self.folder = Path(tempfile.mkdtemp(prefix="abuse-"))
        self._numbers = itertools.count(1)
        self._open, self._shared, self._up = ExitStack(), {}, []
        helpers = str(self.repository / "Tests" / "EndToEnd")
        if helpers not in sys.path:
            sys.path.append(helpers)
        self.pictures = self.folder / "pictures"
        self._write_pictures()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends what was started, also by cases that did not end."""
        self._open.close()
        for instance in list(self._up):
            instance.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_pictures(self):
        for folder in (self.pictures, self.folder / "other"):
            folder.mkdir()
        shutil.copy(self.repository / "deploy" / "samples" / SAMPLE, self.pictures)
        (self.pictures / TEXT).write_text("Words that are no picture.\n" * 400)
        # Another picture under the same name, and one beside the folder that nobody may reach.
        (self.folder / "other" / SAMPLE).write_bytes(png(200, 150, (0, 0, 250)))
        (self.folder / "secret.png").write_bytes(png(120, 120, (250, 250, 0)))

    @staticmethod
    def has_namespaces():
        done = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
        return done.returncode == 0

    @staticmethod
    def free_port():
        """A port for a server: as the clone's tests take theirs, which may run at the same time."""
        from ports import free_port

        return free_port()

    def shared(self, name, make):
        """Something that several cases use, made by the first of them: `make()` is a context manager, which is left
        when the suite ends."""
        if name not in self._shared:
            self._shared[name] = self._open.enter_context(make())
        return self._shared[name]

    @contextmanager
    def running(self, edit=None, prefix=(), port=None, connect=None, **changes):
        """A server with the suite's configuration, as a Target. `edit(configuration)` changes it in place."""
        number = next(self._numbers)
        origin = Origin()
        configuration = self.configuration(origin, **changes)
        if edit:
            edit(configuration)
        path = self.folder / f"server{number}.yaml"
        path.write_text(json.dumps(configuration, indent=2))
        state = self.folder / f"server{number}"
        instance = Instance(self.repository, path, state, port or self.free_port(), prefix)
        self._up.append(instance)
        try:
            instance.up()
            yield Target(self.settings(instance), origin, self, instance, connect).look()
        finally:
            instance.down()
            self._up.remove(instance)
            origin.stop()
            shutil.rmtree(state, ignore_errors=True)

    def settings(self, instance):
        return Settings(
            base=instance.base,
            endpoint="/demo",
            sample=SAMPLE,
            file=TEXT,
            key=KEY,
            older_key=OLDER_KEY,
            signed_endpoint="/demo/signed",
            signed_origin_endpoint="/demo/signed-web",
            named_endpoint="/demo/named",
            named="small",
            proxy_endpoint="/demo/proxy",
            proxy_is_signed=True,
            origin_endpoint="/demo/web",
            other_endpoint="/other",
            api=instance.base,
            error_age=ERROR_AGE,
            total=TOTAL,
            edge_age=EDGE_AGE,
        )

    def configuration(self, origin, **changes):
        """Short times and an endpoint for each rule. JSON is YAML too."""
        web = {"type": "WEB_FOLDER", "baseUrl": f"http://127.0.0.1:{origin.port}"}
        demo = {
            "id": "demo",
            "publicKey": "public_abused",
            "privateKeys": [KEY, OLDER_KEY],
            "origins": [
                {"id": "disk", "type": "DISK", "path": str(self.pictures)},
                {"id": "web", **web},
                {"id": "proxy", "type": "WEB_PROXY"},
            ],
            "urlEndpoints": [
                {"urlPrefix": "", "origins": ["disk"]},
                {"urlPrefix": "web", "origins": ["web"]},
                {"urlPrefix": "signed", "origins": ["disk"], "unsigned": "deny"},
                {"urlPrefix": "signed-web", "origins": ["web"], "unsigned": "deny"},
                {"urlPrefix": "named", "origins": ["disk"], "unsigned": "named"},
                {"urlPrefix": "proxy", "origins": ["proxy"], "unsigned": "deny"},
            ],
            "namedTransformations": {"small": "w-60,h-40"},
        }
        other = {
            "id": "other",
            "publicKey": "public_other",
            "privateKeys": [OTHER_KEY],
            "origins": [{"id": "disk", "type": "DISK", "path": str(self.folder / "other")}],
            "urlEndpoints": [{"urlPrefix": "", "origins": ["disk"]}],
        }
        standard = {
            "workers": {"processes": 2, "slots": 64, "renders": 2},
            "cache": {"edgeAge": f"{EDGE_AGE}s", "errorAge": f"{ERROR_AGE}s"},
            "timeouts": {
                "total": f"{TOTAL}s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "6s",
            },
            "accounts": [demo, other],
        }  # fmt: skip
        return copy.deepcopy({**standard, **changes})
