"""The store behind Redis: what lies in it outlives Redis, and whatever becomes of it costs time and never a picture."""

import base64
import contextlib
import http.client
import itertools
import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
from imagekitio import ImageKit

from conftest import PRIVATE_KEY
from instance import Instance, kill, wait_for
from pictures import shows_quadrants
from s3_server import S3Server
from sites import in_parallel, metric

_numbers = itertools.count(1)
_variants = itertools.count()


def small():
    """A variant that nobody has asked for: a few kB."""
    number = next(_variants)
    return f"/demo/tr:w-{100 + number % 300},h-{100 + number // 300},c-force,f-png/quadrants.jpg"


def big():
    """The same, of noise, which no encoder makes small: 600 to 900 kB, more than `redis.maxValueBytes`."""
    number = next(_variants)
    return f"/demo/tr:w-{450 + number % 100},h-{450 + number // 100},c-force,f-png/noise.jpg"


def ask(instance, path):
    """Past the edge cache, whose key has the host; the internal cache's has not."""
    answer = instance.get(path, headers={"Host": f"visit{next(_numbers)}.example"})
    assert answer.status == 200, (path, answer)
    picture = answer.picture()
    assert "quadrants" not in path or shows_quadrants(picture), path
    return answer


def kept(instance, path=None):
    """A variant that lies in the store, as (path, answer)."""
    path = path or small()
    first = ask(instance, path)
    again = wait_for(lambda: in_store(instance, path), seconds=60, what="the variant from the store")
    assert again.body == first.body
    return path, again


def in_store(instance, path):
    """The store's answer, if it has one. Redis is emptied for it."""
    instance.redis("FLUSHALL")
    answer = ask(instance, path)
    return answer if answer.cache == "store" else None


def files(folder, kind="variants"):
    """The store's files of a kind; some may go while they are counted."""
    return {path for path in Path(folder, kind).rglob("*") if path.is_file()}


def keep_new(instance, folder, make=small):
    """A new variant and its file in the store's folder."""
    before = files(folder)
    path, answer = kept(instance, make())
    new = wait_for(lambda: files(folder) - before, what="its file")
    assert len(new) == 1
    return path, answer, new.pop()


@pytest.fixture(scope="module")
def apus(workplace, configure):
    """An instance with a store folder of its own."""
    store = {"type": "DISK", "path": str(workplace / "shared-store")}
    instance = Instance(configure("store-shared", store=store), workplace / "store-shared")
    instance.folder = workplace / "shared-store"
    instance.up()
    yield instance
    instance.down()


@pytest.fixture
def with_store(own_apus, workplace):
    """An instance whose store may be broken: `with_store("name", maxBytes="10MB")`; its folder is `.folder`."""

    def make(name, prepare=lambda folder: None, **settings):
        folder = workplace / f"{name}-folder{next(_numbers)}"
        prepare(folder)
        instance = own_apus(name, store={"type": "DISK", "path": str(folder), **settings})
        instance.folder = folder
        return instance

    return make


# --- Which tier has what


def test_big_variants_come_from_the_store(apus):
    path = big()
    first = ask(apus, path)
    assert first.cache == "render" and len(first.body) > 524288
    for _ in range(3):
        again = ask(apus, path)
        assert again.cache == "store"
        assert again.body == first.body and again["ETag"] == first["ETag"]


def test_small_variants_come_from_the_store_when_redis_is_empty_and_go_back(apus):
    path, answer = kept(apus)
    again = ask(apus, path)
    assert again.cache == "redis"
    assert again.body == answer.body and again["ETag"] == answer["ETag"]


def test_the_store_outlives_the_instance(apus):
    one, first = kept(apus)
    two, second = kept(apus, big())
    apus.down()
    apus.up()
    for path, answer in ((one, first), (two, second)):
        again = ask(apus, path)
        assert again.cache in ("store", "redis") and again.body == answer.body


@pytest.mark.long
def test_a_purge_outlives_redis_and_workers(apus):
    path, _ = kept(apus)
    purge(apus, path)
    apus.down()
    apus.up()
    assert ask(apus, path).cache == "render"
    kill(apus.pid("redis"))
    wait_for(lambda: apus.redis("PING") == "PONG", what="Redis' return")
    other, _ = kept(apus)
    purge(apus, other)
    apus.redis("FLUSHALL")
    assert ask(apus, other).cache == "render"


def purge_status(instance, path):
    """The status of asking for a purge."""
    login = base64.b64encode(f"{PRIVATE_KEY}:".encode()).decode()
    return instance.get(
        "/v1/files/purge",
        method="POST",
        body=json.dumps({"url": instance.base + path}).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    ).status


def purge(instance, path):
    client = ImageKit(private_key=PRIVATE_KEY, base_url=instance.base)
    asked = client.cache.invalidation.create(url=instance.base + path)
    wait_for(
        lambda: client.cache.invalidation.get(asked.request_id).status == "Completed", seconds=60, what="the purge"
    )


def test_size_and_use_are_in_the_metrics(apus):
    hits = metric(apus, "apus_cache_lookups_total", tier="store", result="hit")
    kept(apus, big())
    assert metric(apus, "apus_cache_lookups_total", tier="store", result="hit") > hits
    assert metric(apus, "apus_store_bytes") > 500000
    # The folders themselves take some of the limit.
    assert 9_990_000_000 < metric(apus, "apus_store_limit_bytes") <= 10_000_000_000


# --- Damaged entries


def flip(position):
    def damage(file, good):
        changed = bytearray(good)
        changed[int(position * (len(good) - 1))] ^= 0x10
        file.write_bytes(changed)

    return damage


def fifo(file, good):
    file.unlink()
    os.mkfifo(file)


def link(file, good):
    file.unlink()
    file.symlink_to("/etc/hostname")


def folder(file, good):
    file.unlink()
    file.mkdir()


def huge(file, good):
    """Mostly a hole."""
    os.truncate(file, 20_000_000_000)


DAMAGES = {
    "first byte": flip(0),
    "middle": flip(0.5),
    "last byte": flip(1),
    "truncated": lambda file, good: file.write_bytes(good[:-1]),
    "half": lambda file, good: file.write_bytes(good[: len(good) // 2]),
    "empty": lambda file, good: file.write_bytes(b""),
    "longer": lambda file, good: file.write_bytes(good + b"\0"),
    "foreign": lambda file, good: file.write_bytes(b"this is not ours\n" * 100),
    "zeros": lambda file, good: file.write_bytes(bytes(len(good))),
    "huge": huge,
    "fifo": fifo,
    "link": link,
    "folder": folder,
}


@pytest.mark.parametrize(
    "damage, make",
    [(damage, small) for damage in DAMAGES] + [(damage, big) for damage in ("middle", "half", "huge", "fifo")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_damaged_entry_is_a_miss(apus, damage, make):
    path, answer, file = keep_new(apus, apus.folder, make)
    DAMAGES[damage](file, file.read_bytes())
    apus.redis("FLUSHALL")
    again = ask(apus, path)
    assert again.cache == "render"
    assert again.body == answer.body
    # What was there is gone, and a right one lies in its place.
    wait_for(lambda: file.is_file() and not file.is_symlink() and in_store(apus, path), what="its return")
    wait_for(lambda: not files(apus.folder, "new"), what="the end of what was there")


def test_an_entry_under_another_s_name_is_a_miss(apus):
    one, first, one_file = keep_new(apus, apus.folder)
    two, second, two_file = keep_new(apus, apus.folder)
    assert first.body != second.body
    shutil.copyfile(one_file, two_file)
    apus.redis("FLUSHALL")
    again = ask(apus, two)
    assert again.cache == "render" and again.body == second.body
    assert ask(apus, one).body == first.body


def test_foreign_files_between_ours_do_no_harm(apus):
    _, _, file = keep_new(apus, apus.folder)
    for place in (apus.folder, file.parent, apus.folder / "purges", apus.folder / "new"):
        place.mkdir(exist_ok=True)
        (place / "README.txt").write_text("not ours")
        (place / ".hidden").write_text("not ours")
        (place / "a folder").mkdir(exist_ok=True)
    kept(apus)
    purge(apus, small())
    apus.down()
    apus.up()
    kept(apus)


# --- The folder goes


def test_a_store_that_is_deleted_is_made_again(with_store):
    instance = with_store("deleted")
    path, answer = kept(instance)
    shutil.rmtree(instance.folder)
    instance.redis("FLUSHALL")
    assert ask(instance, path).body == answer.body
    for number in range(5):
        ask(instance, small() if number % 2 else big())
    kept(instance)
    kept(instance, big())


def test_a_file_in_place_of_the_store_costs_no_picture(with_store):
    instance = with_store("replaced")
    path, answer = kept(instance)
    shutil.rmtree(instance.folder)
    instance.folder.write_text("not a folder")
    instance.redis("FLUSHALL")
    assert ask(instance, path).body == answer.body
    for _ in range(5):
        ask(instance, small())
        ask(instance, big())
    instance.folder.unlink()
    kept(instance, big())


@contextlib.contextmanager
def mounted(target, *arguments):
    """A file system of the test's own; skips where none may be mounted."""
    done = subprocess.run(["mount", *arguments, str(target)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(target)], check=False)


def test_a_store_that_is_read_only_is_read(with_store, workplace):
    folder = workplace / f"read-only{next(_numbers)}"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        instance = with_store("read-only", path=str(folder))
        path, answer = kept(instance)
        other, _ = kept(instance, big())
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        again = in_store(instance, path)
        assert again and again.body == answer.body
        assert ask(instance, other).cache == "store"
        for _ in range(5):
            ask(instance, big())
            new = small()
            ask(instance, new)
            assert ask(instance, new).cache == "redis"
        assert metric(instance, "apus_store_errors_total", kind="read_only") > 0
        # A purge that cannot be kept is not accepted, and does nothing.
        assert purge_status(instance, path) == 503
        assert ask(instance, path).cache in ("redis", "store")
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        kept(instance, big())
        purge(instance, path)
        assert ask(instance, path).cache == "render"
        instance.down()


def test_a_full_disk_costs_no_picture(with_store, workplace):
    """Full of something that is not ours: there is nothing to evict."""
    folder = workplace / f"full{next(_numbers)}"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        instance = with_store("full", path=str(folder))
        path, _ = kept(instance)
        fill(folder / "ballast")
        for _ in range(5):
            ask(instance, big())
            ask(instance, small())
        instance.redis("FLUSHALL")
        ask(instance, path)
        assert metric(instance, "apus_store_errors_total", kind="full") > 0
        # Evicting a variant may make room for a purge; what is accepted is kept.
        assert purge_status(instance, path) == (201 if files(folder, "purges") else 503)
        (folder / "ballast").unlink()
        purge(instance, path)
        kept(instance, big())
        instance.down()


def fill(path):
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))


def test_a_disk_that_is_smaller_than_the_limit_is_kept_from_filling_up(with_store, workplace):
    folder = workplace / f"tight{next(_numbers)}"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        instance = with_store("tight", path=str(folder))
        for _ in range(20):
            ask(instance, big())
        # The newest are there: the oldest made room for them.
        kept(instance, big())
        assert metric(instance, "apus_store_evictions_total") > 0
        instance.down()


# --- Killed writers


@pytest.mark.long
def test_what_killed_writers_leave_vanishes(with_store):
    instance = with_store("killed", maxBytes="200MB")
    kept(instance)
    for _ in range(3):
        stop = threading.Event()

        def storm():
            while not stop.is_set():
                with contextlib.suppress(OSError, AssertionError, http.client.HTTPException):
                    ask(instance, big())

        threads = [threading.Thread(target=storm) for _ in range(4)]
        for thread in threads:
            thread.start()
        workers = instance.workers()
        before = len(files(instance.folder))
        wait_for(lambda: len(files(instance.folder)) > before + 3, what="writes")
        for worker in workers:
            kill(worker)
        stop.set()
        for thread in threads:
            thread.join()
        wait_for(lambda: len(now := instance.workers()) == 2 and not set(now) & set(workers), what="the workers")
    # As one that was killed in the middle leaves it: no certain thing above.
    left = instance.folder / "new" / "value-0123456789abcdef"
    left.write_bytes(bytes(100_000))
    wait_for(lambda: not files(instance.folder, "new"), seconds=60, what="an empty folder of new files")
    kept(instance)
    kept(instance, big())


# --- The limit


def disk_usage(folder):
    """What `du` says; some of it may go meanwhile."""
    used = 0
    for path in (folder, *Path(folder).rglob("*")):
        with contextlib.suppress(OSError):
            used += path.lstat().st_blocks * 512
    return used


@pytest.mark.long
def test_the_limit_holds_in_a_storm_of_writes_by_two_workers(with_store):
    limit = 10_000_000
    instance = with_store("limit", maxBytes="10MB")
    stop, sizes = threading.Event(), []

    def look():
        while not stop.wait(0.01):
            sizes.append(disk_usage(instance.folder))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        in_parallel(6, lambda _: [ask(instance, big()) for _ in range(15)])
        in_parallel(6, lambda _: [ask(instance, small()) for _ in range(15)])
        kept(instance, big())
    finally:
        stop.set()
        watcher.join()
    assert limit // 4 < max(sizes) <= limit
    assert metric(instance, "apus_store_evictions_total") > 0
    assert metric(instance, "apus_store_evicted_bytes_total") > 0
    # The folders themselves take some of it.
    assert metric(instance, "apus_store_bytes") <= metric(instance, "apus_store_limit_bytes") <= limit


# --- A store in a bucket


@pytest.fixture
def bucket():
    server = S3Server()
    yield server
    server.mode = None
    server.stop()


def test_a_bucket_has_variants_and_the_purge_log(own_apus, bucket):
    instance = own_apus("bucket", store=bucket.configuration())
    path, answer = kept(instance)
    kept(instance, big())
    assert len(bucket.keys("variants/")) == 2
    purge(instance, path)
    assert bucket.keys("purges/")
    instance.down()
    instance.up()
    assert ask(instance, path).cache == "render"
    kept(instance, path)


def test_a_damaged_object_is_a_miss(own_apus, bucket):
    instance = own_apus("bucket-damaged", store=bucket.configuration())
    path, answer = kept(instance)
    (key,) = bucket.keys("variants/")
    for damaged in (bucket.objects[key][:-5], b"", b"foreign", bytes(1000)):
        with bucket.lock:
            bucket.objects[key] = damaged
        instance.redis("FLUSHALL")
        again = ask(instance, path)
        assert (again.cache, again.body) == ("render", answer.body)
        wait_for(lambda: in_store(instance, path), what="its return")


# What a request may take beside a bucket that is away; the way to it closes after two failures.
QUICK_SECONDS = 10


@pytest.mark.parametrize(
    "mode", ["refuse", "503", "read-only", *(pytest.param(mode, marks=pytest.mark.long) for mode in ("hang", "drip"))]
)
def test_a_bucket_that_is_away_costs_no_picture(own_apus, bucket, mode):
    instance = own_apus("bucket-away", store=bucket.configuration())
    path, answer = kept(instance)
    bucket.mode = mode
    instance.redis("FLUSHALL")
    for number in range(12):
        started = time.monotonic()
        ask(instance, small() if number % 2 else big())
        assert time.monotonic() - started < QUICK_SECONDS
    assert ask(instance, path).body == answer.body
    fresh = small()
    ask(instance, fresh)
    wait_for(lambda: ask(instance, fresh).cache == "redis", what="Redis in its place")
    # This server says that it has kept what it drips an answer to.
    assert purge_status(instance, path) == 503 or mode == "drip"
    bucket.mode = None
    kept(instance)
    kept(instance, big())


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_an_instance_starts_beside_a_bucket_that_is_away(own_apus, bucket, mode):
    bucket.mode = mode
    instance = own_apus("bucket-later", store=bucket.configuration())
    for _ in range(3):
        ask(instance, small())
    bucket.mode = None
    kept(instance)
