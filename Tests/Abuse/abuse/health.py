"""Whether the server is as well after a case as before."""

from abuse.cases import Power
from abuse.waiting import soon

# A server that was flooded a moment ago may take so long until it answers.
RECOVERY_SECONDS = 20
# What a process may hold more than when the suite began, and how long it may take to give it back.
WORKER_BYTES = 150_000_000
RENDER_BYTES = 400_000_000
RELEASE_SECONDS = 15


class Health:
    def __init__(self, target):
        self._target = target
        self._workers = self._resident = None
        self._renders = 0
        if target.instance:
            self._workers = sorted(target.instance.workers())
            self._renders = len(target.instance.render_processes())
            self._resident = max(target.instance.resident(pid) for pid in self._workers)

    def complaints(self):
        """Sentences on what is wrong with the server, and on answers that broke what always holds."""
        target = self._target
        found = target.violations[:5]
        target.violations.clear()
        if not soon(self._answers, RECOVERY_SECONDS):
            found.append("the sample picture is not answered with 200 any more")
        if Power.OPERATIONS in target.powers and not soon(self._is_alive, RECOVERY_SECONDS):
            found.append("/_apus/live is not 200")
        return found + self._processes() if target.instance else found

    def _is_alive(self):
        return self._target.wire.request("/_apus/live").status == 200

    def _answers(self):
        # One that no cache has.
        steps = "w-48" if Power.FREE in self._target.powers else ""
        path = self._target.path(steps, query=f"v={self._target.word()}")
        return self._target.wire.request(path).status == 200

    def _processes(self):
        instance, found = self._target.instance, []
        if sorted(instance.workers()) != self._workers:
            found.append(f"workers were replaced: {self._workers} before, {sorted(instance.workers())} after")
            self._workers = sorted(instance.workers())
        if not soon(lambda: len(instance.render_processes()) >= self._renders, RELEASE_SECONDS):
            found.append(f"{len(instance.render_processes())} render processes, {self._renders} before")
        if not soon(self._is_small, RELEASE_SECONDS):
            sizes = [instance.resident(pid) // 1_000_000 for pid in instance.workers() + instance.render_processes()]
            found.append(f"memory does not go back: {sizes} MB in workers and render processes")
        return found

    def _is_small(self):
        instance = self._target.instance
        workers = all(instance.resident(pid) < self._resident + WORKER_BYTES for pid in instance.workers())
        return workers and all(instance.resident(pid) < RENDER_BYTES for pid in instance.render_processes())
