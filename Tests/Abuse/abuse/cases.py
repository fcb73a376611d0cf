"""What a case is: a function with a number of the list of abuses, that fails or not, and the powers that it needs."""

import enum
import importlib
import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass

# How many numbers each group of the list has.
GROUPS = {"A": 28, "B": 20, "C": 20, "D": 27, "E": 27, "F": 13}
NUMBERS = [f"{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]
MODULES = (
    "signatures", "routes", "paths", "names", "hosts", "transformations", "address", "redirects", "references",
    "address_world", "origins", "origins_in_time", "origins_of_kinds", "bombs", "media", "limits", "crashes", "formats",
    "answers", "cache", "purges", "cache_faults", "nodes", "connections", "http2", "overload", "lifecycle",
)  # fmt: skip


class Power(enum.Enum):
    """What the suite may do or look at; the value says what is missing without it."""

    OPEN = "the endpoint answers nobody without a signature"
    FREE = (
        "without a signature the endpoint makes pictures of some sizes, qualities or parameters alone "
        "(a ladder: --endpoint without one, or --key)"
    )
    SIGN = "no private key was given (--key)"
    SIGNED = "no endpoint that requires signatures was given (--signed-endpoint)"
    SIGNED_ORIGIN = (
        "no endpoint was given that requires signatures and fetches from the suite (--signed-origin-endpoint)"
    )
    NAMED = "no named transformation was given (--named)"
    NAMED_ENDPOINT = "no endpoint was given that allows named transformations only (--named-endpoint)"
    PROXY = "no endpoint with a WEB_PROXY origin was given (--proxy-endpoint)"
    ORIGIN = "the suite may not be an origin (--origin-listen, --origin-endpoint)"
    NAMES = "no domain was given whose names lead to the address in them (--names)"
    API = "the HTTP API may not be called (--api, and --key)"
    LOCAL = "the server is on another machine, so traps on loopback would prove nothing"
    OPERATIONS = "/_apus/ is not answered to this machine"
    CONFIGURE = "the suite may not start servers of its own (--deploy)"
    NAMESPACES = "needs --deploy and network namespaces (root, or user namespaces)"


class Failed(AssertionError):
    """The server did not do what the list of abuses expects of it."""


class LeftOut(Exception):
    """Raised by a case that finds out only on its way that it cannot be tried; with the reason."""


@dataclass(frozen=True)
class Case:
    number: str
    summary: str
    needs: tuple[Power, ...]
    act: Callable
    # Takes minutes.
    is_long: bool
    # What it may take before it is given up.
    seconds: int

    @property
    def name(self):
        return self.act.__name__

    def missing(self, powers):
        return [power for power in self.needs if power not in powers]


_cases: list[Case] = []


def case(number, summary, needs=(), long=False, seconds=180):
    """Registers a function as a case. A number may have several, for example when parts of it need other powers."""
    if number not in NUMBERS:
        raise ValueError(f"{number} is no number of the list")

    def register(act):
        _cases.append(Case(number, summary, tuple(needs), act, long, seconds))
        return act

    return register


def all_cases():
    """Every case, in the order of the list."""
    for module in MODULES:
        name = f"abuse.groups.{module}"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    return sorted(_cases, key=lambda one: NUMBERS.index(one.number))


# --- what cases say


def expect(condition, sentence):
    if not condition:
        raise Failed(sentence)


def expect_status(answer, statuses, what, error=None):
    """`statuses`: one or several. `error`: the code that `ik-error` must begin with, or several."""
    statuses = (statuses,) if isinstance(statuses, int) else tuple(statuses)
    errors = (error,) if isinstance(error, str) else error
    wanted = " or ".join(map(str, statuses)) + (f" {' or '.join(errors)}" if errors else "")
    if answer.status not in statuses or (errors and answer.status >= 400 and answer.error not in errors):
        raise Failed(f"{what}: {answer}, not {wanted}")


def for_each(rows, act):
    """Tries every row and fails with all that failed, so that one report shows the whole table."""
    wrong = []
    for row in rows:
        try:
            act(*row) if isinstance(row, tuple) else act(row)
        except Failed as failure:
            wrong.append(str(failure))
    if wrong:
        more = f" (and {len(wrong) - 8} more)" if len(wrong) > 8 else ""
        raise Failed("; ".join(wrong[:8]) + more)


def in_parallel(count, act):
    """Runs act(n) on `count` threads at once and returns what they returned; the first error of any is raised."""
    results, errors = [None] * count, []
    gate = threading.Barrier(count)

    def run(number):
        try:
            gate.wait()
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
