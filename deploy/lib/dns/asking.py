"""Questions to a name server, by dig."""

import ipaddress
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dns.errors import Refused

SECONDS, TRIES = 3, 2
# Questions that one dig asks, one after another, and how many of it run at once.
AT_A_TIME, AT_ONCE = 24, 8
# dig's way of saying that nobody answered.
NO_ANSWER = 9
HEADER = ";; ->>HEADER<<-"


@dataclass(frozen=True)
class Question:
    name: str
    # A or AAAA.
    kind: str
    # Where somebody asks from; None: from here.
    network: str | None = None

    @property
    def words(self) -> list[str]:
        return [self.name, self.kind, *([f"+subnet={self.network}"] if self.network else [])]


@dataclass(frozen=True)
class NameServer:
    address: str
    port: int

    @classmethod
    def reading(cls, text: str) -> "NameServer":
        """Of `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`. Raises Refused."""
        if text.startswith("["):
            address, _, rest = text[1:].partition("]")
            port = rest.removeprefix(":")
        elif text.count(":") == 1:
            address, _, port = text.partition(":")
        else:
            address, port = text, ""
        try:
            ipaddress.ip_address(address)
            if port and not (port.isdecimal() and 0 < int(port) < 65536):
                raise ValueError
        except ValueError:
            raise Refused(f"{text}: ADDRESS or ADDRESS:PORT is wanted, [ADDRESS]:PORT for IPv6") from None
        return cls(address, int(port or 53))

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"

    def ask(self, questions: Sequence[Question]) -> dict[Question, list[str]]:
        """The addresses that each is given; none where there are none. Raises Refused where the server does not answer,
        or with an error."""
        once = list(dict.fromkeys(questions))
        parts = [once[start : start + AT_A_TIME] for start in range(0, len(once), AT_A_TIME)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = [answer for part in pool.map(self._ask, parts) for answer in part]
        return dict(zip(once, answers, strict=True))

    def _ask(self, questions: Sequence[Question]) -> list[list[str]]:
        where = f"@{self.address}", "-p", str(self.port), f"+time={SECONDS}", f"+tries={TRIES}"
        how = "+norecurse", "+noall", "+comments", "+answer"
        words = [word for question in questions for word in question.words]
        done = subprocess.run(["dig", "-r", *where, *how, *words], capture_output=True, text=True, check=False)
        if done.returncode == NO_ANSWER:
            raise Refused(f"{self} does not answer")
        if done.returncode != 0:
            raise Refused(f"dig: {(done.stderr or done.stdout).strip()}")
        answers = list(self._read(done.stdout, questions))
        if len(answers) != len(questions):
            raise Refused(f"{self} did not answer everything")
        return answers

    def _read(self, text: str, questions: Sequence[Question]) -> Iterator[list[str]]:
        for question, answer in zip(questions, text.split(HEADER)[1:]):
            status = answer.partition("status: ")[2].partition(",")[0]
            if status != "NOERROR":
                zone = "the zone as deploy/dns writes it now"
                raise Refused(f"{self} answers {status} for {question.name}: does it have {zone}?")
            rows = (line.split() for line in answer.splitlines() if not line.startswith(";"))
            yield [row[4] for row in rows if len(row) >= 5 and row[3] == question.kind]
