"""What the abuse suite's command says before it tries anything: options that lead nowhere end it at once."""

import os
import subprocess
import sys

import pytest

from conftest import PRIVATE_KEY
from instance import REPOSITORY
from ports import free_port

ABUSE = REPOSITORY / "Tests" / "Abuse"
SAMPLE = ("--sample", "quadrants.jpg")


def abuse(*options):
    """A run of one case, or of none."""
    done = subprocess.run(
        [sys.executable, "-m", "abuse", *options, "A14"],
        cwd=ABUSE, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_what_is_right_is_tried(apus):
    # The slash of an endpoint may be left out.
    status, text = abuse("--base", apus.base, "--endpoint", "demo", *SAMPLE)
    assert status == 0 and "A14  passed" in text, text


@pytest.mark.parametrize("base", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://h:x", "http://h/?a"])
def test_what_is_no_address_is_refused(base):
    status, text = abuse("--base", base)
    assert (status, f"--base: http(s)://host[:port][/path] is allowed, not '{base}'" in text) == (2, True), text


def test_nobody_there_is_said_once():
    base = f"http://127.0.0.1:{free_port()}"
    status, text = abuse("--base", base)
    assert status == 2 and text.startswith(f"nobody to abuse at {base}: ") and text.count("\n") == 1, text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sample", "none.jpg"), "/demo/none.jpg is answered 404"),
        (("--endpoint", "/nobody", *SAMPLE), "/nobody/quadrants.jpg is answered 404"),
        (("--sample", "tiny.png"), "/demo/tiny.png is 1 × 1; at least 100 × 100"),
        (("--sample", "drawing.svg"), "is no JPEG or PNG but image/svg+xml"),
        (("--endpoint", "/demo/signed", *SAMPLE), "is answered 401 EACCES - A signature is required here., not 200; a private"),
        (("--endpoint", "/demo/signed", *SAMPLE, "--key", "wrong"), "is answered 401"),
        ((*SAMPLE, "--named-endpoint", "/demo/named", "--named", "nobody"), "is answered 400 EINVAL"),
    ],
)  # fmt: skip
def test_an_option_that_leads_nowhere_ends_the_run(apus, options, words):
    status, text = abuse("--base", apus.base, *options)
    assert status == 2 and text.startswith("nothing was tried:\n") and words in text, text
    assert "A14" not in text


def test_an_origin_that_nobody_fetches_from_ends_the_run(apus):
    listen = ("--origin-listen", f"127.0.0.1:{free_port()}", "--origin-endpoint", "/demo/web")
    status, text = abuse("--base", apus.base, *SAMPLE, *listen)
    assert status == 2 and "--origin-endpoint: a picture of the suite's own origin (--help says" in text, text
    status, text = abuse("--base", apus.base, *SAMPLE, "--origin-listen", "127.0.0.1")
    assert status == 2 and "--origin-listen: HOST:PORT is allowed, not '127.0.0.1'" in text, text
