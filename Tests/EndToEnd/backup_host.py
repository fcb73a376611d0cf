"""A made-up host below a folder, on which deploy/region backup and restore work: nothing of it runs, and what would be
called on a real one (systemctl, the release's own `receive`) only notes that it was."""

import os
import shutil
import subprocess

from instance import REPOSITORY

PROGRAM = """#!/bin/sh
# apus check --settings
case " $* " in *" check "*) cat "${0%/*}/settings" ;; esac
"""

# What the real one does of interest here: it takes over what was given.
RECEIVE = """#!/bin/sh
set -eu
tree=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
[ "$1" = receive ]
[ ! -e "$APUS_HOST_ROOT/broken" ] || exit 1
echo "receive" >>"$APUS_HOST_ROOT/calls"
mv "$tree/given/apus.yaml" "$tree/given/settings" "$tree/deploy/"
for name in environment certificate.pem key.pem; do
    if [ -e "$tree/given/$name" ]; then cp "$tree/given/$name" "$tree/deploy/$name"; fi
done
mv "$tree" "${tree%.part}"
ln -sfn "releases/$(basename "${tree%.part}")" "$APUS_HOST_ROOT/opt/apus/current"
"""

NOTE = """#!/bin/sh
echo "${0##*/} $*" >>"$APUS_HOST_ROOT/calls"
"""

RELEASE = "20260101-000000-abcdef1"


class Host:
    """`store` is where its configuration says that the store is, if that is another place than a host's own."""

    def __init__(self, root, store=None, store_type="DISK", configuration="accounts: []\n"):
        self.root = root
        self.commands = root / "commands"
        self.store = store or root / "var/lib/apus/store"
        self.release = root / "opt/apus/releases" / RELEASE
        for folder in ("run", "etc/apus/tls", "etc/letsencrypt", "var/lib/apus/store", "commands"):
            (root / folder).mkdir(parents=True)
        self.write(self.release / "bin/apus", PROGRAM, 0o755)
        values = {
            "slots": 256, "totalSeconds": 20, "stallSeconds": 5, "region": "eu", "relays": "no", "widthNames": "",
            "pixelRatioNames": "", "storeType": store_type, "storePath": store or "",
        }
        self.write(self.release / "bin/settings", "".join(f"{name}={value}\n" for name, value in values.items()))
        self.write(self.release / "deploy/region", RECEIVE, 0o755)
        self.write(self.release / "deploy/apus.yaml", configuration)
        self.write(self.release / "deploy/settings", "role=all\nregion=eu\n")
        (root / "opt/apus/current").symlink_to(f"releases/{RELEASE}")
        self.command("systemctl", NOTE)

    def write(self, path, text, mode=0o644):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def command(self, name, text):
        """A program that stands before the system's own."""
        self.write(self.commands / name, text, 0o755)

    def run(self, *words, check=True):
        done = subprocess.run(
            [str(REPOSITORY / "deploy/region"), *map(str, words)],
            capture_output=True, text=True, timeout=120, check=False,
            env={
                **os.environ, "APUS_HOST_ROOT": str(self.root),
                "PATH": f"{self.commands}:{os.environ['PATH']}",
            },
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    @property
    def current(self):
        return (self.root / "opt/apus/current").resolve()

    @property
    def calls(self):
        file = self.root / "calls"
        return file.read_text().splitlines() if file.exists() else []

    # --- what is in it

    def purge(self, number, request="00112233445566778899aabbccddeeff", text="a rule"):
        return self.write(self.store / "purges" / f"{number:020d}-{request}", text, 0o600)

    def purges(self):
        return sorted(path.name for path in (self.store / "purges").iterdir())

    def variant(self, name="7f/picture", kind="variants"):
        return self.write(self.store / kind / name, "bytes")

    def letsencrypt(self, lineage="apus", text="a certificate"):
        folder = self.root / "etc/letsencrypt"
        self.write(folder / f"archive/{lineage}/cert1.pem", text)
        live = folder / f"live/{lineage}"
        live.mkdir(parents=True)
        (live / "cert.pem").symlink_to(f"../../archive/{lineage}/cert1.pem")
        self.write(folder / f"renewal/{lineage}.conf", "authenticator = webroot\n")
        self.write(folder / "accounts/acme/regr.json", "{}")

    def tls(self, issued):
        """A certificate and its key, as nginx has them."""
        for source, name in zip(issued, ("certificate.pem", "key.pem")):
            shutil.copy(source, self.root / "etc/apus/tls" / name)

    def snapshot(self):
        """Everything on the host, to see whether it was touched."""
        return {
            str(path.relative_to(self.root)): os.readlink(path) if path.is_symlink() else path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if (path.is_symlink() or path.is_file()) and "run" not in path.relative_to(self.root).parts[:1]
        }
