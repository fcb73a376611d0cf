"""The abuse suite itself: that it finds a server that withstands nothing, and says what it cannot try."""

import http.server
import json
import subprocess
import sys
import threading
import xml.etree.ElementTree as XML

import pytest

from instance import REPOSITORY
from pictures import encoded, quadrants

ABUSE = REPOSITORY / "Tests" / "Abuse"
PICTURE = encoded(quadrants(), "PNG")


class Gullible(http.server.BaseHTTPRequestHandler):
    """Answers everything with a picture."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PICTURE)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def gullible():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gullible)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "abuse", *map(str, arguments)],
        cwd=ABUSE, env={"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def outcomes(file):
    found = {}
    for case in json.loads(file.read_text())["cases"]:
        found.setdefault(case["number"], set()).add(case["outcome"])
    return found


def test_a_server_that_withstands_nothing_is_found_out(gullible, tmp_path):
    done = run(
        *(
            "--base",
            gullible,
            "--key",
            "private_x",
            "--signed-endpoint",
            "/demo/signed",
            "--proxy-endpoint",
            "/demo/proxy",
        ),
        *("--json", tmp_path / "report.json", "--junit", tmp_path / "report.xml"),
        *("A1", "A2", "A3", "A5", "A7", "A16", "A24", "A27", "A28", "B2", "B12", "B13", "E7", "E10"),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found = outcomes(tmp_path / "report.json")
    assert len(found) == 14
    assert all("failed" in said for said in found.values()), found
    suite = XML.parse(tmp_path / "report.xml").getroot()
    assert int(suite.get("failures")) >= 14


def test_what_cannot_be_tried_is_named_with_its_reason(apus, tmp_path):
    done = run(
        "--base", apus.base, "--sample", "quadrants.jpg", "--error-age", 2, "--json", tmp_path / "r.json", "A", "B"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = outcomes(tmp_path / "r.json")
    assert found["A7"] == {"passed"} and found["A1"] == found["B1"] == {"left out"}
    assert "no private key was given (--key)" in done.stdout or "(--signed-endpoint)" in done.stdout
    assert "not tried at all: " in done.stdout


def test_a_server_that_is_not_there_is_no_failure_of_it():
    done = run("--base", "http://127.0.0.1:9", "A7")
    assert done.returncode == 2 and "nobody" in done.stdout, done.stdout


def test_it_says_what_it_has():
    listed = run("--list").stdout
    assert run("--help").returncode == 0
    assert all(f"\n{number} " in "\n" + listed for number in ("A1", "A28", "B20", "E27"))
