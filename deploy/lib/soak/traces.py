"""What a run needs on the disk, and what it leaves there: logs that tell of crashes, files that nobody took away."""

import json
import re
from collections import Counter

from soak import originals
from soak.mix import FILES
from soak.settings import configuration

_KILLED = 128 + 9
_GRAVE = re.compile(r"\[(alert|crit|emerg)\] .*")


def write_originals(folder, pictures):
    folder.mkdir(parents=True, exist_ok=True)
    for original in [*pictures.plain, pictures.large, *pictures.changing]:
        (folder / original.name).write_bytes(original.bytes())
    for original in pictures.animated:
        (folder / original.name).write_bytes(originals.animation(original))
    for original in pictures.plain[:20]:
        (folder / f"s{original.number}.svg").write_bytes(originals.drawing(original))
        (folder / f"d{original.number}.pdf").write_bytes(originals.page(original))
    for name, length in FILES:
        (folder / name).write_bytes(originals.file_bytes(name, length))
    (folder / "html.jpg").write_bytes(b"<!DOCTYPE html><p>no picture")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.png").write_bytes(b"hello, this is text\n" * 40)
    (folder / "huge.png").write_bytes(originals.huge())


def write_configuration(folder, disk, web, bad, slow):
    file = folder / "soak.yaml"
    file.write_text(json.dumps(configuration(disk, web.base, bad.base, slow.base), indent=1))
    return file


def problems(instance, killed):
    """Processes that ended without being killed by us, words of a runtime, and what should have been taken away."""
    yield from _said_by_apus(instance.log(), killed)
    graves = Counter(re.sub(r"\d+", "N", found[0])[:200] for found in _GRAVE.finditer(instance.log("nginx-error.log")))
    for sentence, count in graves.items():
        yield f"nginx ({count} times): {sentence}"
    left = [path for path in (instance.state / "temporary").rglob("*") if path.is_file()]
    if left:
        yield f"{len(left)} temporary files, as {left[0].name}"


def _said_by_apus(log, killed):
    for line in log.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            yield f"apus.log: {line[:300]}"
            continue
        if said.get("message") != "worker ended":
            continue
        status, pid = int(said["status"]), int(said["pid"])
        if status not in (0, _KILLED):
            yield f"a worker ended with {status} after {said.get('seconds')} s"
        elif status == _KILLED and pid not in killed:
            yield f"worker {pid} was killed, but not by us"
