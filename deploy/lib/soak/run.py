"""One run: instance and origins up, warm-up, faults, all of them at once, the time until everything is good again."""

import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from instance import Instance

from soak import originals, origins, sampling, traces
from soak.client import Client
from soak.faults import GENTLE, SEVERE, Faults
from soak.mix import Mix, Wrong
from soak.purges import Purger, Versions
from soak.settings import CLIENTS, MOST_SHED, RECOVERY_SECONDS

_MOST_PROBLEMS = 200
# Shares of the run: until when there are only requests, all faults, and faults that let every process live.
_WARM_UP, _SEVERE = 0.12, 0.6
_LAST_SECONDS = 4
_LONGEST_RECOVERY = RECOVERY_SECONDS + 45


@dataclass
class Results:
    seed: int
    seconds: int
    requests: Counter = field(default_factory=Counter)  # by kind
    statuses: Counter = field(default_factory=Counter)
    tiers: Counter = field(default_factory=Counter)
    excused: Counter = field(default_factory=Counter)  # (what, why)
    problems: list = field(default_factory=list)
    problem_count: int = 0
    slowest: dict = field(default_factory=lambda: defaultdict(float))
    faults: Counter = field(default_factory=Counter)
    purges: Counter = field(default_factory=Counter)
    slowest_purge: float = 0.0
    growth: dict = field(default_factory=dict)
    series: dict = field(default_factory=dict)
    rest_before: dict = field(default_factory=dict)
    rest_after: dict = field(default_factory=dict)
    recovery: float | None = None

    def problem(self, what, sentence):
        self.problem_count += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append((what, sentence))


class Run:
    def __init__(self, instance, pictures, versions, origin, seed, seconds, say):
        self._instance, self._pictures, self._versions, self._origin = instance, pictures, versions, origin
        self._seed, self._say = seed, say
        self.results = Results(seed, seconds)
        self._lock = threading.Lock()
        self._asked = {}  # by client
        self._stopped = threading.Event()
        self._faults = Faults(instance, origin, self._dice("faults"), self._names_asked)
        self._begin = self._last_excused = 0.0

    def _dice(self, name):
        return random.Random(f"{self._seed} {name}")

    def _names_asked(self):
        return [name for names in list(self._asked.values()) for name in names]

    def go(self):
        """Every wait in here has an end, so the run has one."""
        seconds, growth = self.results.seconds, sampling.Sampling(self._instance)
        purger = Purger(self._instance.port, self._pictures, self._versions, self._dice("purges"))
        clients = [threading.Thread(target=self._client, args=(number,), daemon=True) for number in range(CLIENTS)]
        self._begin = time.monotonic()
        for client in clients:
            client.start()
        purger.start()
        growth.start()
        self._wait_until(_WARM_UP * seconds)
        self.results.rest_before = sampling.largest(growth.now())
        self._do_faults(SEVERE + GENTLE, _SEVERE * seconds)
        self._do_faults(GENTLE, seconds - _LAST_SECONDS)
        calm = time.monotonic()
        self._say("everything at once")
        self._faults.all_at_once(_LAST_SECONDS)
        self._recover()
        self._stopped.set()
        for client in clients:
            client.join()
        purger.stop()
        time.sleep(3)
        self.results.rest_after = sampling.largest(growth.now())
        growth.stop()
        self._conclude(growth, calm, purger)

    def _wait_until(self, moment):
        time.sleep(max(0, self._begin + moment - time.monotonic()))

    def _do_faults(self, kinds, until):
        """Each kind once, and again as long as there is time; in a short run they are short as well."""
        dice, end, left, is_first = self._dice(f"faults {len(kinds)}"), self._begin + until, [], True
        scale = min(1.0, self.results.seconds / 240)
        while True:
            if not left:
                left, is_first = dice.sample(kinds, len(kinds)), not self._faults.counts.keys() >= set(kinds)
            lasting, pause = scale * dice.uniform(2, 6), scale * dice.uniform(1, 12)
            if time.monotonic() + lasting + pause > end and not is_first:
                break
            self._say(kind := left.pop())
            self._faults.do(kind, lasting)
            time.sleep(pause)
        self._wait_until(until)

    # --- Clients

    def _client(self, number):
        dice, client = self._dice(f"client {number}"), Client(self._instance.port)
        mix = Mix(dice, self._pictures, self._versions)
        while not self._stopped.is_set():
            request = mix.next()
            self._ask(client, request, number, dice.random() < 0.9)
            time.sleep(dice.uniform(0, 0.08))
        client.close()

    def _ask(self, client, request, number, keeps):
        self._asked[number] = request.names
        begin = time.monotonic()
        if request.leaves is not None:
            client.leave(request.path, request.leaves)
            with self._lock:
                self.results.requests[request.kind] += 1
            return
        if request.raw is not None:
            answer = client.raw(request.raw)
        else:
            answer = client.ask(request.method, request.path, request.headers, request.body, keeps)
        end = time.monotonic()
        self._asked[number] = ()
        self._record(request, answer, begin, end)

    def _record(self, request, answer, begin, end):
        try:
            problem = "no answer" if answer.lost else request.judge(answer) or ("cut off" if answer.cut else "")
            what = {"no answer": "no answer", "cut off": "cut off"}.get(problem, "another answer")
        except Wrong as wrong:
            problem, what = wrong.sentence, "wrong"
        why = ""
        if problem and what not in ("wrong", "no answer"):
            why = self._faults.excuse(request, answer, begin, end)
        with self._lock:
            self.results.requests[request.kind] += 1
            self.results.statuses[answer.status] += 1
            self.results.tiers[answer.headers.get("x-apus-cache", "none")] += 1
            self.results.slowest[request.kind] = max(self.results.slowest[request.kind], end - begin)
            if why:
                if why != "quarantine":
                    self._last_excused = end
                said = f"{answer.status} {answer.error} {'cut off' if answer.cut else ''}".strip()
                self.results.excused[said, why] += 1
            elif problem:
                at = begin - self._begin
                self.results.problem(
                    what, f"{at:.1f} s, {request.method} {request.path[:200]} {request.headers or ''}: {problem} "
                    f"({answer}; {1000 * (end - begin):.0f} ms)")

    # --- The end

    def _recover(self):
        """Asks for originals of every endpoint, in a new size, until all of them are good in one go, and tells when
        the last answer was given that was not: to these questions or to the clients'."""
        begin, client, bad, last = time.monotonic(), Client(self._instance.port), None, 0.0
        while time.monotonic() - begin < _LONGEST_RECOVERY:
            bad = self._sweep(client)
            if bad is None:
                break
            last = time.monotonic()
            time.sleep(0.3)
        client.close()
        results, last = self.results, max(last, self._last_excused)
        results.recovery = max(0.0, last - begin)
        if bad:
            results.problem("recovery", f"after {results.recovery:.0f} s still: {bad}")
        elif results.recovery > RECOVERY_SECONDS:
            results.problem("recovery", f"{results.recovery:.1f} s (at most {RECOVERY_SECONDS})")

    def _sweep(self, client):
        """The first answer that is not good; `None` where all are."""
        mix = Mix(self._dice("sweep"), self._pictures, self._versions)
        for number, original in enumerate(self._pictures.plain[::3]):
            request = mix.sized(("", "web/", "saved/", "obeying/")[number % 4], f"w-{20 + number}", original)
            answer = client.ask("GET", request.path)
            try:
                problem = answer.lost or request.judge(answer) or answer.cut
            except Wrong as wrong:
                self.results.problem("wrong", f"{request.path}: {wrong.sentence}")
                continue
            now = time.monotonic()
            if problem and self._faults.excuse(request, answer, now, now) != "quarantine":
                return f"{request.path}: {answer}"
        return None

    def _conclude(self, growth, calm, purger):
        results = self.results
        results.faults = self._faults.counts
        results.purges, results.slowest_purge = purger.results, purger.slowest
        results.growth, results.series = growth.growth(calm), growth.told()
        if purger.results["never completed"]:
            results.problem("purge", f"{purger.results['never completed']} never completed")
        shed = sum(count for (_, why), count in results.excused.items() if why == "shed")
        if shed > MOST_SHED * sum(results.requests.values()):
            results.problem("shed", f"{shed} requests were refused for others (at most {MOST_SHED:.0%})")
        for sentence in sampling.problems_of_growth(results.growth):
            results.problem("growth", sentence)
        for sentence in sampling.problems_of_rest(results.rest_before, results.rest_after):
            results.problem("growth", sentence)
        for sentence in traces.problems(self._instance, self._faults.killed_pids):
            results.problem("traces", sentence)


def soak(folder, state, seed, seconds, say, options=()):
    """Runs everything from an instance that starts to one that is stopped; returns the results."""
    pictures, versions = originals.Originals.made(), Versions()
    traces.write_originals(folder, pictures)
    web, bad, slow = (origins.Origin(handler) for handler in (
        origins.good(pictures, versions), origins.Bad, origins.slow(pictures)))
    file = traces.write_configuration(folder.parent, folder, web, bad, slow)
    instance = Instance(file, state)
    try:
        say("starting an instance")
        instance.up(*options)
        run = Run(instance, pictures, versions, web, seed, seconds, say)
        run.go()
    finally:
        say("stopping it")
        instance.down()
        for origin in (web, bad, slow):
            origin.stop()
    return run.results
