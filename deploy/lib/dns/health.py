"""How a name server finds out whether a region is well.

`/_apus/ready` and not `/_apus/live`: it proves by a picture of one pixel that pictures can be made, where a worker
whose render processes fail is still `live`. It costs a render process a moment each time, and a region that is merely
busy says `ready` as long as it has made a picture in the last 15 seconds."""

from dataclasses import dataclass

from dns.errors import Refused


@dataclass(frozen=True)
class Checks:
    # Seconds between two questions to one address.
    interval: int
    # So many failures without as many successes in a row between them make it down (gdnsd; PowerDNS: one).
    failures: int
    # So many successes in a row bring it back (gdnsd; PowerDNS: one).
    successes: int
    # A file of authorities, in PEM, instead of the system's; by the whole path that it has on the name server.
    authorities: str | None

    def __post_init__(self) -> None:
        if not 2 <= self.interval <= 255:
            raise Refused("--interval: 2 to 255 seconds")
        if not (1 <= self.failures <= 100 and 1 <= self.successes <= 100):
            raise Refused("--failures and --successes: 1 to 100")

    @property
    def timeout(self) -> int:
        """Seconds; always below the interval."""
        return min(5, self.interval - 1)


# In the files, and on the screen.
PERMISSION = (
    "/_apus/ready is answered to the addresses in network.operations only: list this name server's there, in the file",
    "of all regions. It needs IPv6 itself if regions have IPv6 addresses; else it takes all of those for down.",
)
