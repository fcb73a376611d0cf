"""deploy/region backup and restore, on a made-up host; and with the store of a real instance."""

import io
import os
import tarfile

import pytest

import purging
from backup_host import Host
from certificates import DAY, session_authority

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a region's backup is root's")

SECRET = "DEMO_KEY=only-here"


@pytest.fixture
def host(tmp_path):
    """One that runs since long: it has everything that a host can have."""
    host = Host(tmp_path / "host", configuration="accounts: [{ id: demo }]\n")
    host.write(host.release / "deploy/environment", SECRET + "\n", 0o600)
    host.letsencrypt()
    host.letsencrypt("somebody-else")
    host.tls(session_authority().issue("backed-up"))
    for number in (3, 4, 5):
        host.purge(number)
    host.variant()
    host.variant("ab/original", "originals")
    return host


@pytest.fixture
def fresh(tmp_path):
    """One that was installed just now, with the sample."""
    fresh = Host(tmp_path / "fresh", configuration="accounts: [{ id: sample }]\n")
    fresh.tls(session_authority().issue("first-look", self_signed=True))
    return fresh


@pytest.fixture
def backup(host, tmp_path):
    host.run("backup", tmp_path / "backup.tar.gz")
    return tmp_path / "backup.tar.gz"


def names(file):
    with tarfile.open(file) as archive:
        return {member.name for member in archive if not member.isdir()}


def repack(file, change):
    """The same backup with other members: change(name, bytes) gives the bytes, None to leave it out."""
    with tarfile.open(file) as archive:
        members = [(member, archive.extractfile(member).read() if member.isfile() else None) for member in archive]
    with tarfile.open(file, "w:gz") as archive:
        for member, data in members:
            if data is not None:
                data = change(member.name, data)
                if data is None:
                    continue
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data) if data is not None else None)


# --- Backup


def test_a_backup_holds_what_cannot_be_fetched_again_and_no_more(backup):
    held = names(backup)
    for name in (
        "manifest", "checksums", "files/apus.yaml", "files/environment", "files/settings", "files/certificate.pem",
        "files/key.pem", "files/letsencrypt/live/apus/cert.pem", "files/letsencrypt/archive/apus/cert1.pem",
        "files/letsencrypt/renewal/apus.conf", "files/letsencrypt/accounts/acme/regr.json",
    ):
        assert name in held, name
    assert sum(name.startswith("files/purges/") for name in held) == 3
    assert not [name for name in held if "variants" in name or "originals" in name or "somebody-else" in name]


def test_a_backup_is_for_root_alone(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_backup_that_fails_leaves_the_older_one(host, backup):
    before = backup.read_bytes()
    host.command("gzip", "#!/bin/sh\nhead -c 100\nexit 1\n")
    done = host.run("backup", backup, check=False)
    assert done.returncode == 1 and "cannot be written" in done.stderr
    assert backup.read_bytes() == before
    assert sorted(path.name for path in backup.parent.iterdir()) == ["backup.tar.gz", "host"]


def test_a_rule_that_gets_another_number_meanwhile_is_in_the_backup(host, tmp_path):
    """Its new file is there before the old one goes, and both may happen between the look and the copy."""
    folder = host.store / "purges"
    old, new = (f"{number:020d}-00112233445566778899aabbccddeeff" for number in (4, 9))
    host.command(
        "cp",
        f"#!/bin/sh\nif [ -e {folder}/{old} ]; then /bin/cp {folder}/{old} {folder}/{new}; rm {folder}/{old}; fi\n"
        'exec /bin/cp "$@"\n',
    )
    host.run("backup", tmp_path / "backup")
    held = {name.rpartition("/")[2] for name in names(tmp_path / "backup") if "/purges/" in name}
    assert held == set(host.purges()) and new in held


def test_a_rule_that_is_accepted_meanwhile_is_whole_or_not_there(host, tmp_path):
    new = host.store / "new"
    host.write(new / "purge-0badcafe", "half")
    host.run("backup", tmp_path / "backup")
    assert not [name for name in names(tmp_path / "backup") if "0badcafe" in name]


def test_a_link_in_the_purge_log_is_not_followed(host, tmp_path):
    secret = host.write(tmp_path / "secret", "of root")
    (host.store / "purges" / f"{7:020d}-00112233445566778899aabbccddeeff").symlink_to(secret)
    host.run("backup", tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as archive:
        assert not [member.name for member in archive if f"{7:020d}" in member.name]


def test_the_log_of_a_bucket_stays_there(tmp_path):
    host = Host(tmp_path / "host", store_type="S3")
    host.purge(1)
    host.run("backup", tmp_path / "backup")
    assert not [name for name in names(tmp_path / "backup") if "purges/" in name]


def test_files_that_only_the_configuration_names_are_told(host, tmp_path):
    host.write(host.release / "deploy/apus.yaml", 'regionSecret: "${file:/run/secrets/x}"\n')
    assert "${file:" in host.run("backup", tmp_path / "backup").stdout


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_nothing_installed(tmp_path, command, backup):
    host = Host(tmp_path / "empty")
    (host.root / "opt/apus/current").unlink()
    done = host.run(command, backup, check=False)
    assert done.returncode == 1 and "nothing is installed" in done.stderr


# --- Restore


def test_onto_a_fresh_host(fresh, backup):
    fresh.variant()
    fresh.run("restore", backup)
    assert (fresh.current / "deploy/apus.yaml").read_text() == "accounts: [{ id: demo }]\n"
    assert SECRET in (fresh.current / "deploy/environment").read_text()
    assert (fresh.current / "deploy/certificate.pem").exists()
    assert (fresh.root / "etc/letsencrypt/live/apus/cert.pem").read_text() == "a certificate"
    assert [int(name[:20]) for name in fresh.purges()] == [3, 4, 5]


def test_what_was_made_before_the_log_came_back_is_not_believed(fresh, backup):
    """Purges accepted after the backup are known to nobody."""
    for kind in ("variants", "originals"):
        fresh.variant(kind=kind)
    fresh.write(fresh.store / "ledger", "sum")
    edge = fresh.write(fresh.root / "var/cache/apus/edge/7/f0/copy", "bytes")
    fresh.purge(1, "ffffffffffffffffffffffffffffffff")
    fresh.run("restore", backup)
    assert sorted(path.name for path in fresh.store.iterdir()) == ["purges"]
    assert [int(name[:20]) for name in fresh.purges()] == [1, 3, 4, 5]
    stop, redis, nginx, start = (call for call in fresh.calls if call.startswith("systemctl"))
    assert stop == "systemctl stop apus.socket apus@*.service"
    assert redis == "systemctl try-restart apus-redis.service"
    assert nginx == "systemctl try-reload-or-restart apus-nginx.service"
    assert not edge.exists()
    assert start == f"systemctl start apus.socket apus@{fresh.current.name}.service"


@pytest.mark.parametrize("newest", [5, 6])
def test_a_log_that_has_gone_on_stays_and_the_pictures_with_it(host, backup, newest):
    host.purge(newest)
    picture = host.variant()
    host.run("restore", backup)
    assert max(int(name[:20]) for name in host.purges()) == newest
    assert picture.exists()
    assert not [call for call in host.calls if "stop" in call]


def test_saved_originals_only_if_asked_for_twice(host, fresh, tmp_path):
    host.run("backup", tmp_path / "all", "--originals")
    assert "originals/ab/original" in names(tmp_path / "all")
    other = Host(tmp_path / "other")
    other.run("restore", tmp_path / "all")
    assert not (other.store / "originals").exists()
    said = fresh.run("restore", tmp_path / "all", "--originals").stdout
    assert (fresh.store / "originals/ab/original").read_text() == "bytes"
    assert "purge again" in said


@pytest.mark.parametrize(
    "there, expected",
    [
        ({"self_signed": True}, True),
        ({"valid_for": DAY / 2}, True),
        ({"valid_for": DAY * 30}, False),
    ],
    ids=["self-signed", "ends-sooner", "ends-later"],
)
def test_which_certificate_stays(host, tmp_path, fresh, there, expected):
    host.run("backup", tmp_path / "backup")
    fresh.tls(session_authority().issue("there", **there))
    fresh.run("restore", tmp_path / "backup")
    assert (fresh.current / "deploy/certificate.pem").exists() is expected


def test_an_expired_certificate_does_not_come_back(host, fresh, tmp_path):
    host.tls(session_authority().issue("old", valid_for=-DAY))
    host.run("backup", tmp_path / "backup")
    fresh.run("restore", tmp_path / "backup")
    assert not (fresh.current / "deploy/certificate.pem").exists()


def test_the_certificate_that_certbot_has_stays(host, backup):
    host.write(host.root / "etc/letsencrypt/archive/apus/cert1.pem", "a newer one")
    said = host.run("restore", backup).stdout
    assert (host.root / "etc/letsencrypt/live/apus/cert.pem").read_text() == "a newer one"
    assert "stays" in said


def test_a_configuration_that_does_not_work_changes_nothing_else(fresh, backup):
    picture = fresh.variant()
    (fresh.root / "broken").touch()
    done = fresh.run("restore", backup, check=False)
    assert done.returncode == 1 and "does not work" in done.stderr
    assert picture.exists() and not (fresh.store / "purges").exists()
    assert fresh.calls == []


def flip(name, data):
    return data[:-1] + bytes([data[-1] ^ 1]) if name == "files/apus.yaml" else data


DAMAGE = {
    "a-changed-byte": lambda file: repack(file, flip),
    "a-missing-file": lambda file: repack(file, lambda name, data: None if name == "files/environment" else data),
    "no-checksums": lambda file: repack(file, lambda name, data: None if name == "checksums" else data),
    "another-form": lambda file: repack(file, lambda name, data: data.replace(b"backup 1", b"backup 2")),
    "cut-off": lambda file: file.write_bytes(file.read_bytes()[:-300]),
    "no-archive": lambda file: file.write_bytes(b"no archive"),
    "empty": lambda file: file.write_bytes(b""),
    "one-more-file": lambda file: add(file, "files/extra"),
    "foreign-file": lambda file: add(file, "etc/passwd"),
    "above": lambda file: add(file, "files/../../evil"),
    "link": lambda file: add(file, "files/link", "/etc"),
}


def add(file, name, target=None):
    with tarfile.open(file) as archive:
        members = [(member, archive.extractfile(member) and archive.extractfile(member).read()) for member in archive]
    with tarfile.open(file, "w:gz") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data) if data is not None else None)
        member = tarfile.TarInfo(name)
        if target:
            member.type, member.linkname = tarfile.SYMTYPE, target
        archive.addfile(member)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_backup_touches_nothing(fresh, backup, damage):
    fresh.variant()
    damage(backup)
    before = fresh.snapshot()
    done = fresh.run("restore", backup, check=False)
    assert done.returncode == 1 and "backup" in done.stderr
    assert fresh.snapshot() == before
    assert not (backup.parent / "evil").exists()


# --- The store of a real instance


@pytest.mark.long
def test_bytes_that_were_purged_after_the_backup_do_not_come_back(own_apus, tmp_path):
    instance = own_apus("backup", redis={"maxValueBytes": 1024})
    host = Host(tmp_path / "host", store=instance.state / "store")
    (host.root / "var/cache").mkdir()
    (host.root / "var/cache/apus").symlink_to(instance.state)
    picture, other = (f"{instance.base}/demo/{name}.jpg" for name in ("quadrants", "other"))

    def cache_of(path):
        return instance.get(f"/demo/tr:w-301/{path}.jpg").cache

    first = purging.accept(instance, url=other)
    assert cache_of("quadrants") == "render"
    host.run("backup", tmp_path / "backup")
    purging.purge(instance, url=picture)
    instance.down()
    # The disk dies, but for the pictures; the log comes back as it was.
    for file in (instance.state / "store/purges").iterdir():
        file.unlink()
    host.run("restore", tmp_path / "backup")
    assert any(first.replace("-", "") in name.replace("-", "") for name in host.purges())
    instance.up()
    assert cache_of("quadrants") == "render"
