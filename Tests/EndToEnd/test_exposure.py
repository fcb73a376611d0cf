"""What is open to strangers because the file says that it is meant: told by `apus check` and at the start, and no more."""

import json
import subprocess

from instance import PROGRAM

KEY = "a private key, long enough"
ANY = {"id": "any", "type": "WEB_PROXY"}
NO_KEY = "account demo: insecure: it has no private key, so that nothing can be signed, and nothing kept from anybody"
PROXY = "insecure: anybody may have origin any (WEB_PROXY) fetch any URL, because unsigned is allow"


def check(folder, **account):
    file = folder / "apus.yaml"
    file.write_text(json.dumps({"accounts": [{"id": "demo", **account}]}))
    return subprocess.run([PROGRAM, "check", file], capture_output=True, text=True, timeout=20, check=False)


def warnings_of(done):
    assert done.returncode == 0, done.stderr
    return [line.removeprefix("warning: ") for line in done.stdout.splitlines() if line.startswith("warning: ")]


def test_what_is_insecure_is_told_in_a_line_and_the_file_is_valid(tmp_path):
    web = {"id": "shop", "type": "WEB_FOLDER", "baseUrl": "https://shop.example"}
    assert warnings_of(check(tmp_path, insecure=True, origins=[web])) == [NO_KEY]
    endpoints = [
        {"urlPrefix": "", "origins": ["shop"]},
        {"urlPrefix": "p", "origins": ["shop", "any"], "insecure": True},
        {"urlPrefix": "q", "origins": ["any"], "unsigned": "deny"},
    ]
    told = warnings_of(check(tmp_path, privateKeys=[KEY], origins=[web, ANY], urlEndpoints=endpoints))
    assert told == [f'account demo, URL endpoint "p": {PROXY}']
    named = [{"urlPrefix": "n", "origins": ["any"], "unsigned": "named"}]
    (told,) = warnings_of(check(tmp_path, privateKeys=[KEY], origins=[ANY], urlEndpoints=named))
    assert told.startswith('account demo, URL endpoint "n": unsigned is named, so anybody may have origin any (WEB_PROXY)')
    told = warnings_of(check(tmp_path, insecure=True, origins=[ANY]))
    assert told == [NO_KEY, f'account demo, URL endpoint "": {PROXY}']
    # The word alone opens nothing.
    assert not warnings_of(check(tmp_path, insecure=True, privateKeys=[KEY], origins=[web]))


def test_what_is_refused_says_what_is_meant_to_stand_there(tmp_path):
    done = check(tmp_path, privateKeys=[KEY], origins=[ANY])
    assert done.returncode == 1
    assert done.stderr.startswith("accounts[0].urlEndpoints: required, because without it anybody may use origin any")


def test_a_folder_with_the_configuration_in_it_is_warned_of(tmp_path):
    file = tmp_path / "inner" / "apus.yaml"
    file.parent.mkdir()
    (file.parent / "pictures").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    paths = ("pictures", ".", "..", "../link")
    origins = [{"id": f"o{number}", "type": "DISK", "path": path} for number, path in enumerate(paths)]
    file.write_text(json.dumps({"accounts": [{"id": "demo", "privateKeys": [KEY], "origins": origins}]}))
    done = subprocess.run([PROGRAM, "check", file], capture_output=True, text=True, timeout=20, check=True)
    words = "its folder has this configuration in it, which anybody may ask for, with its keys"
    lines = [line for line in done.stdout.splitlines() if words in line]
    assert lines == [f"warning: account demo, origin o{number}: {words}" for number in (1, 2, 3)], done.stdout


def test_the_start_says_it_too(apus):
    lines = [json.loads(line) for line in apus.log().splitlines() if '"insecure"' in line]
    assert {line["level"] for line in lines} == {"warning"}
    proxy = PROXY.replace("origin any", "origin proxy")
    assert f'account demo, URL endpoint "proxy": {proxy}' in {line["insecure"] for line in lines}
