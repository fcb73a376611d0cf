"""Makes the requests of one city, inside its namespace: a job as JSON on standard input, samples on standard output.

Open loop: a request starts when it is due, whatever became of those before it, so that a slow answer delays nobody
else's. Connections are kept as browsers keep them.
"""

import csv
import http.client
import json
import sys
import threading
import time
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from world.load_mix import Request
from world.samples import Sample, row, tier_of

_MOST_THREADS = 48
ANSWER_SECONDS = 12
# nginx ends a kept connection after 65 s; well before that it is not used any more.
_IDLE_SECONDS = 30
_ACCEPT = "image/webp,image/*,*/*;q=0.8"
# What a kept connection does that its server ended while it was idle; a browser then asks once more.
_BROKEN = http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, http.client.CannotSendRequest


@dataclass(frozen=True)
class Job:
    """What one process is told."""

    city: str
    address: str  # HOST:PORT of the city's node or of a region
    region: str  # whose address this is; empty for a node
    host: str
    start: float  # moment 0 on the machine's monotonic clock
    paths: dict[int, list[str]]  # of each object, by variant
    requests: list[Request]

    @staticmethod
    def parsed(text: str) -> "Job":
        values = json.loads(text)
        values["paths"] = {int(number): paths for number, paths in values["paths"].items()}
        values["requests"] = [Request(*each) for each in values["requests"]]
        return Job(**values)


class Connections:
    """Kept connections to one address; the one used last is used first, so that few stay in use."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)
        self._lock = threading.Lock()
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []

    def take(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection, and whether it is a new one."""
        with self._lock:
            while self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < _IDLE_SECONDS:
                    return connection, False
                connection.close()
        return self.new(), True

    def new(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_SECONDS)

    def give_back(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._idle.append((time.monotonic(), connection))


class City:
    """Makes requests and tells what came of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connections = Connections(job.address)

    def sample(self, request: Request) -> Sample:
        begin = time.monotonic()
        late = max(0.0, begin - self._job.start - request.due) * 1000
        connection, is_new = self._connections.take()
        try:
            answer, body, connection, is_new = self._asked(connection, is_new, request)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            ms = (time.monotonic() - begin) * 1000
            return self._failure(request, ms, late, is_new, type(error).__name__)
        ms = (time.monotonic() - begin) * 1000
        self._connections.give_back(connection)
        return self._judged(request, answer, body, ms, late, is_new)

    def _asked(
        self, connection: http.client.HTTPConnection, is_new: bool, request: Request
    ) -> tuple[http.client.HTTPResponse, bytes, http.client.HTTPConnection, bool]:
        path = self._job.paths[request.object][request.variant]
        headers = {"Host": self._job.host, "Accept": _ACCEPT}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
        except _BROKEN:
            connection.close()
            if is_new:
                raise
            connection, is_new = self._connections.new(), True
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
        return answer, answer.read(), connection, is_new

    def _failure(self, request: Request, ms: float, late: float, is_new: bool, problem: str) -> Sample:
        return Sample(
            request.due,
            self._job.city,
            request.object,
            request.variant,
            0,
            ms,
            late,
            "none",
            "",
            "",
            False,
            0,
            0,
            is_new,
            problem,
        )

    def _judged(
        self, request: Request, answer: http.client.HTTPResponse, body: bytes, ms: float, late: float, is_new: bool
    ) -> Sample:
        tier = tier_of(answer.getheader("x-world-cache"), answer.getheader("x-apus-cache"))
        answered = "" if tier == "node" else answering_region(answer) or self._job.region
        problem = "" if answer.status == 200 else (answer.getheader("ik-error") or "").partition(" - ")[0]
        return Sample(
            request.due,
            self._job.city,
            request.object,
            request.variant,
            answer.status,
            ms,
            late,
            tier,
            answered,
            answer.getheader("x-apus-region") or "",
            answer.getheader("x-apus-stale") == "true",
            len(body),
            zlib.crc32(body),
            is_new,
            problem,
        )


def answering_region(answer: http.client.HTTPResponse) -> str:
    """The `region;desc="NAME"` of `Server-Timing`."""
    for stage in (answer.getheader("Server-Timing") or "").split(","):
        name, _, description = stage.strip().partition(";desc=")
        if name == "region":
            return description.strip('"')
    return ""


def run(job: Job) -> list[Sample]:
    """Makes all requests of the job, each when it is due."""
    city = City(job)
    futures: list[Future[Sample]] = []
    with ThreadPoolExecutor(_MOST_THREADS) as pool:
        for request in job.requests:
            if (wait := job.start + request.due - time.monotonic()) > 0:
                time.sleep(wait)
            futures.append(pool.submit(city.sample, request))
    return [future.result() for future in futures]


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(row(sample) for sample in run(Job.parsed(sys.stdin.read())))
