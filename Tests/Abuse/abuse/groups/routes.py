"""Group A: keys, and other ways to what needs a signature."""

import json
import threading
import time
from collections import Counter

from abuse.cases import LeftOut, Power, case, expect, expect_status, for_each
from abuse.waiting import wait_for


@case("A6", "an older key is good while it is configured; no other is", needs=(Power.SIGNED,))
def older_keys(target):
    rest = f"tr:w-58/{target.settings.sample}"
    for key in ("private_of_nobody", target.settings.key[:-1], target.settings.key + "0", "public_" + "x" * 20):
        expect_status(target.get(target.signed(rest, key=key)), 401, "signed with another key")
    if not target.settings.older_key:
        raise LeftOut("no older key was given (--older-key); another's is refused")
    expect_status(target.get(target.signed(rest, key=target.settings.older_key)), 200, "the older key")


@case("A6", "keys are rotated under load: no signed URL fails before its key is gone, none works after",
      needs=(Power.CONFIGURE,), seconds=240)  # fmt: skip
def rotated_keys(target):
    old, new = "private_rotated_before", "private_rotated_after"

    with target.own(edit=lambda configuration: _set_keys(configuration, [old])) as server:
        failures, stopped, answered = [], threading.Event(), Counter()
        accepted = [old]

        def ask():
            number = 0
            while not stopped.is_set():
                number += 1
                for key in list(accepted):
                    rest = f"tr:w-{60 + number % 20}/{server.settings.sample}"
                    answer = server.get(server.signed(rest, key=key))
                    if answer.status != 200 and key in accepted:
                        failures.append(str(answer))
                    answered[key] += 1

        def wait_for_more(what):
            goal = answered[new] + 100
            wait_for(lambda: answered[new] >= goal, 30, what)

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            _set_keys_of(server, [new, old])
            accepted.append(new)
            wait_for_more("requests with either key")
            accepted.remove(old)
            wait_for_more("requests with the newer key")
            _set_keys_of(server, [new])
            # So long what nginx keeps may be given to the older key all the same.
            time.sleep(server.settings.edge_age + 1)
        finally:
            stopped.set()
            for thread in threads:
                thread.join(30)
        expect(not failures, f"{len(failures)} requests failed, the first with {failures[:1]}")
        for number in range(60, 80):
            path = server.signed(f"tr:w-{number}/{server.settings.sample}", key=old)
            expect_status(server.get(path), 401, "the old key, after it was taken away")


def _set_keys(configuration, keys):
    configuration["accounts"][0]["privateKeys"] = keys


def _set_keys_of(server, keys):
    """A running server gets another configuration, by the script that replaces it."""
    configuration = json.loads(server.instance.configuration.read_text())
    _set_keys(configuration, keys)
    server.instance.configuration.write_text(json.dumps(configuration))
    server.instance.up()


ROUTES = [
    "{e}/{s}", "{e}//{s}", "{e}/./{s}", "{e}/x/../{s}", "/{e}/{s}", "{e}%2F{s}", "{e}/tr:w-40/{s}", "{e}/{s}?tr=w-40",
    "{e}/{s}?tr=orig-true", "{e}/tr:orig-true/{s}", "{e}/tr:n-{n}/{s}", "{e}/{s}?tr=n-{n}", "{e}/ik-seo/{s}/words.jpg",
    "{e}/ik-seo/tr:w-40/{stem}/words.jpg", "{e}/ik-seo/{stem}/words.jpg", "{e}/{s}/ik-thumbnail.jpg",
    "{e}/{s}/ik-video.mp4", "{e}/{s}/ik-gif-video.mp4", "{e}/tr:/{s}", "{e}/tr:w-40//{s}", "{e}/tr:w-40/{s}/",
    "{e}/{s}%20", "{e}/{s}%00", "{e}/{s};ik-s=x", "{e}/{s}?", "{e}/{s}?ik-s", "{e}/{s}#ik-s=x", "{upper}/{s}",
    "{encoded}/{s}", "{e}/{first}", "{e}/{s}?ik-attachment=true", "{e}/{s}?v=1", "{e}/image/upload/w_40/{s}",
    "{e}/unsafe/40x40/{s}", "{e}/tr:w-40/../{s}", "{e}\\{s}", "{e}/%2e/{s}", "{e}/..{e}/{s}", "{e}/tr%3Aw-40/{s}",
]  # fmt: skip


@case("A24", "no other spelling or route leads to what needs a signature", needs=(Power.SIGNED,))
def alternate_routes(target):
    given = target.settings
    endpoint = given.signed_endpoint
    head, _, last = endpoint.rpartition("/")
    names = {
        "e": endpoint, "s": given.sample, "stem": given.sample.rpartition(".")[0], "n": given.named or "thumb",
        "upper": f"{head}/{last.upper()}", "encoded": f"{head}/%{ord(last[0]):02x}{last[1:]}",
        "first": f"%{ord(given.sample[0]):02X}{given.sample[1:]}",
    }  # fmt: skip
    expect_status(target.get(target.signed(given.sample)), 200, "signed")

    def act(route):
        path = target.base_path + route.format(**names)
        answer = target.get(path)
        expect_status(answer, (400, 401, 404), path)
        expect(not answer.kind.startswith("image/"), f"{path}: {answer} is a picture")

    for_each(ROUTES, act)
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Accel-Redirect", "Destination"):
        path = target.base_path + f"{endpoint}/{given.sample}"
        expect_status(target.get(path, headers={name: f"{given.endpoint}/{given.sample}"}), 401, name)


@case("A24", "where named transformations are free, nothing is free beside them", needs=(Power.NAMED_ENDPOINT,))
def beside_named_transformations(target):
    given = target.settings
    expect_status(target.ask(f"n-{given.named}", endpoint=given.named_endpoint, query=""), 200, "the name alone")
    rows = [
        (f"n-{given.named},w-70", ""), (f"n-{given.named}:w-70", ""), (f"w-70:n-{given.named}", ""),
        (f"n-{given.named},q-10", ""), (f"n-{given.named},f-png", ""), (f"n-{given.named},orig-true", ""),
        ("", ""), ("w-70", ""), ("orig-true", ""), (f"n-{given.named}", "tr=w-70"), ("", f"tr=n-{given.named},w-70"),
        ("", "tr=w-70"), (f"n-{given.named},di-x.jpg", ""), (f"n-{given.named},l-image,i-x.png,l-end", ""),
    ]  # fmt: skip

    def act(steps, query):
        path = target.path(steps, endpoint=given.named_endpoint, query=query, is_signed=False)
        expect_status(target.get(path), (400, 401), path)

    for_each(rows, act)


@case("A26", "a private original needs a signature from its first request on; a named transformation may show it",
      needs=(Power.ORIGIN, Power.SIGN, Power.OPEN))  # fmt: skip
def private_originals(target):
    endpoint = target.settings.origin_endpoint

    def ask(name, steps="", is_signed=False):
        return target.get(target.path(steps, name, endpoint, is_signed=is_signed))

    for header in ("x-amz-meta-isprivatefile", "Is-Private-File", "X-Goog-Meta-IsPrivateFile"):
        headers = [(header, "true"), ("Cache-Control", "public, max-age=1000")]
        rows = [("", 401), ("w-40", 401), ("orig-true", 401)]
        for steps, status in rows:
            name = target.origin.picture(headers=headers)
            expect_status(ask(name, steps), status, f"{header}, {steps or 'plain'}, first request")
            answer = ask(name, steps, is_signed=True)
            expect_status(answer, 200, f"{header}, {steps or 'plain'}, signed")
            expect_status(ask(name, steps), status, f"{header}, {steps or 'plain'}, once it has been delivered")
        if target.settings.named:
            name = target.origin.picture(headers=headers)
            expect_status(ask(name, f"n-{target.settings.named}"), 200, f"{header}, by a named transformation")
            expect_status(ask(name, f"n-{target.settings.named},w-9"), 401, f"{header}, with an addition to it")
            expect_status(ask(name), 401, f"{header}, plain after the named transformation")


@case("A24", "a custom host is no way round the signature of its endpoint", needs=(Power.CONFIGURE,))
def custom_hosts(target):
    def edit(configuration):
        endpoints = configuration["accounts"][0]["urlEndpoints"]
        next(one for one in endpoints if one["urlPrefix"] == "signed")["hosts"] = ["signed.abuse.example"]

    with target.own(edit=edit) as server:
        sample, host = server.settings.sample, {"Host": "signed.abuse.example"}
        rest = f"tr:w-40/{sample}"
        expect_status(server.get(server.signed(rest, ""), headers=host), 200, "signed")
        expect_status(server.get(server.signed(rest)), 200, "signed, by the account's path")
        spellings = (
            "signed.abuse.example.",
            "SIGNED.abuse.example",
            "signed.abuse.example:80",
            "signed.abuse.example:1",
        )
        for name in ("signed.abuse.example", *spellings):
            for path in (f"/{rest}", f"/{sample}", f"//{sample}", f"/demo/{sample}", f"/demo/signed/{sample}"):
                answer = server.get(path, headers={"Host": name})
                expect_status(answer, (400, 401, 404), f"{path} at {name}")
        for headers in ({"X-Forwarded-Host": "signed.abuse.example"}, {"Forwarded": "host=signed.abuse.example"}):
            expect_status(server.get(f"/{sample}", headers=headers), 404, f"{headers} makes a custom host")
        # What the edge keeps of one host is not given at another, whose rules differ.
        expect_status(server.get(server.path("w-40")), 200, "the open endpoint")
        expect_status(server.get(server.path("w-40"), headers=host), (400, 401, 404), "its path at the custom host")
