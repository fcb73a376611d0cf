"""What the contract suite asks of every kind of origin: one running real part that objects can be put into."""

import shutil
import subprocess

STOP_SECONDS = 10
# Keys that every part is to keep as they are.
ODD_NAMES = [
    "a b.jpg", "a+b.jpg", "c%2Bd.jpg", "e%2Ff.jpg", "100%.jpg", "图片/हिन्दी.jpg", "caf\u00e9.jpg", "cafe\u0301.jpg",
    "🦅.jpg", "it's \"so\" `or`.jpg", "a&b=c;d,e:f@g!$(h)*~_-.jpg", "[a]{b}|^<c>.jpg", "a#b.jpg", "a?b.jpg",
    "a..b/.hidden.jpg",
]


class OriginPart:
    """Started by its constructor, once per test session; ended by `stop()`. `kind` is what a test is called by: the
    type in the configuration and what is particular: "S3", "S3_COMPATIBLE (moto, path style)", …"""

    kind: str
    # Further fields of `network:`, such as {"caFile": …}.
    network: dict = {}

    def settings(self) -> dict:
        """The origin as the configuration file has it, without `id`."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Environment that `deploy/up` needs (AWS_…), because the configuration has no field for it."""
        return {}

    def put(
        self,
        key: str,
        body: bytes,
        content_type: str = "application/octet-stream",
        private: bool = False,
        headers: dict | None = None,
    ) -> None:
        """Stores an object, or replaces it, so that it is there for the next GET. The key is the decoded one
        ("photos/a b+c.jpg"), `private` says by the kind's own header that it is a private file, and `headers` are
        further ones that a GET shall answer (Cache-Control, …), where the kind can."""
        raise NotImplementedError

    def forbid(self, key: str) -> str | None:
        """Makes a GET of this key forbidden, or names another key that is, or says None where the kind cannot."""
        return None

    def requests(self) -> int | None:
        """How many GETs of objects were asked for so far; None where the kind cannot tell."""
        return None

    def stop(self) -> None:
        raise NotImplementedError


class Process:
    """A program that runs until `stop()`, in a folder of its own that goes with it."""

    def __init__(self, arguments, folder, **options):
        """What it says lies in `folder`/output."""
        self.folder = folder
        with (folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **options,
            )

    @property
    def pid(self):
        return self._process.pid

    @property
    def output(self):
        return (self.folder / "output").read_text(errors="replace")

    def check(self):
        """Fails when it has ended by itself."""
        if self._process.poll() is not None:
            raise AssertionError(f"{self._process.args[0]} ended with {self._process.returncode}:\n{self.output}")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
