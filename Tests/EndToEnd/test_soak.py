"""deploy/soak for a minute: a random mix with faults, and a report."""

import json
import subprocess

import pytest

from instance import REPOSITORY, run_script

SECONDS = 60
# Originals are made, an instance is started and stopped, and all has to be good again.
MOST_SECONDS = SECONDS + 240


@pytest.mark.long
def test_a_minute_of_faults_leaves_nothing_behind(workplace):
    report = workplace / "soak.json"
    script = REPOSITORY / "deploy" / "soak"
    command = [script, "--seconds", str(SECONDS), "--json", report, "--keep", workplace / "soak"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    assert report.exists(), done.stdout + done.stderr
    found = json.loads(report.read_text())
    assert done.returncode == 0 and found["clean"], done.stdout + done.stderr
    # Something was asked of everything, and every kind of fault was there.
    assert len(found["requests"]) > 30 and sum(found["requests"].values()) > 300, done.stdout
    assert len(found["faults"]) == 9, done.stdout
    assert found["purges"].get("completed", 0) > 0, done.stdout


@pytest.mark.parametrize("arguments", [["--seconds", "x"], ["--seconds", "5"], ["--seconds"], ["--other"]])
def test_bad_arguments_are_refused(arguments):
    done = run_script(REPOSITORY / "deploy" / "soak", *arguments, check=False)
    assert done.returncode == 1 and done.stderr.startswith("soak: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("script", ["soak", "fuzz"])
def test_scripts_say_how_they_are_used(script):
    done = run_script(REPOSITORY / "deploy" / script, "--help")
    assert done.stdout.startswith(f"usage: deploy/{script} ")


def test_a_fuzzer_that_there_is_not_is_refused():
    done = run_script(REPOSITORY / "deploy" / "fuzz", "Nothing", check=False)
    assert done.returncode == 1 and "there is no fuzzer 'Nothing'" in done.stderr
