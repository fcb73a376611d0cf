"""Group E: purges."""

import json
import threading
import time
from contextlib import suppress

from abuse.cases import (
    Failed,
    Power,
    case,
    expect,
    expect_status,
    for_each,
    in_parallel,
)
from abuse.groups.cache import picture, switching
from abuse.looking import BLUE, BUCKETS, RED, shows
from abuse.origin import send
from abuse.pictures import colour_of, is_near, png
from abuse.purging import accept, call, purge

PURGING = (Power.API, Power.ORIGIN)


@case("E13", "what is being made while a purge comes brings nothing old back", needs=PURGING)
def purge_in_flight(target):
    for moment in ("while the origin answers", "while all wait for one"):
        go_on, asked = threading.Event(), threading.Event()
        state = {"colour": RED}

        def act(_, connection, state=state, go_on=go_on, asked=asked):
            body = png(64, 48, state["colour"])
            asked.set()
            go_on.wait(target.settings.total / 2)
            send(connection, body)

        name = target.origin.act(act)
        path = target.path("w-40,f-png", name, target.settings.origin_endpoint)
        count = 1 if "origin" in moment else 6
        threads = [threading.Thread(target=_ignore, args=(target, path), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        expect(asked.wait(10), "the origin was not asked")
        state["colour"] = BLUE
        accept(target, target.path("", name, target.settings.origin_endpoint, is_signed=False))
        go_on.set()
        for thread in threads:
            thread.join(30)
        purge(target, target.path("", name, target.settings.origin_endpoint, is_signed=False))
        for number in range(6):
            answer = target.get(path, headers={"Accept": BUCKETS[number % 4]})
            expect(shows(answer, BLUE), f"{moment}: {answer} shows the old picture, or none")


def _ignore(target, path):
    with suppress(OSError):
        target.get(path)


@case(
    "E14",
    "a purge means what it says: no neighbour, no folder of a similar name, no glob but a star at the end",
    needs=PURGING,
)
def literal_purges(target):
    endpoint = target.settings.origin_endpoint
    word = target.word()

    def prepared(folder):
        """A picture in a folder that is red, and blue from now on for whoever fetches it anew."""
        name, switch = switching(target, picture(RED), picture(BLUE))
        path = f"{folder}/{name}"
        expect(shows(target.ask("w-40,f-png", path, endpoint), RED), f"{path} is not there")
        switch.set()
        return path

    def act(pattern, folders, purged):
        paths = {folder: prepared(folder) for folder in folders}
        with suppress(Failed):  # Some patterns may be refused; they purge nothing then.
            purge(target, f"{target.base_path}{endpoint}/{pattern}")
        # So long what nginx keeps may be shown all the same.
        time.sleep(target.settings.edge_age + 1)
        for folder, path in paths.items():
            shown = colour_of(target.ask("w-40,f-png", path, endpoint).body)
            expect(
                is_near(shown, BLUE if folder in purged else RED),
                f"{pattern!r}: what is in {folder} was {'not ' * (folder in purged)}purged",
            )

    near, far = f"{word}/a", f"{word}/ab"
    for_each(
        [
            (f"{near}/*", (near, far), (near,)), (f"{near}*", (near, far), (near, far)), (f"{near}/", (near, far), ()),
            (f"{word}/[ab]/*", (near,), ()), (f"{word}/?/*", (near,), ()), (f"{word}/{{a,b}}/*", (near,), ()),
            (f"{word}/*/x*", (near,), ()), (f"*/{word}/*", (near,), ()), (f"{word}/./a/*", (near,), ()),
            (f"{word}/\\a/*", (near,), ()), (f"{word}%2F*", (near,), ()), (f"{near}/*?x=1", (near,), ()),
            (f"({near})/*", (near,), ()), ("..", (near,), ()),
        ],
        act,
    )  # fmt: skip


@case("E15", "a purge needs the account's own key, and says nothing to who has none", needs=(Power.API,))
def unauthorised_purges(target):
    url = target.settings.base + target.path("", is_signed=False)
    for key in ("", "private_of_nobody", target.settings.key + "x", target.settings.key[:-1], "demo"):
        expect_status(call(target, {"url": url}, key=key), (400, 401, 403), f"the key {key[:9]!r}")
        answer = call(target, None, key=key, path="/v1/files/purge/00000000-0000-4000-8000-000000000000", method="GET")
        expect_status(answer, (400, 401, 403), "somebody else's purge")
    for header in (
        "Basic",
        "Basic !!!",
        "Basic " + "A" * 9000,
        "Bearer " + target.settings.key,
        "Negotiate x",
        target.settings.key,
    ):
        answer = call(target, {"url": url}, key="", headers=[("Authorization", header)])
        expect_status(answer, (400, 401, 403, 431), f"Authorization: {header[:20]}")
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        expect_status(call(target, {"url": url}, method=method), (400, 404, 405), method)


@case("E15", "what is no URL of the account, or no call, purges nothing", needs=(Power.API,))
def foreign_purges(target):
    base, other = target.settings.base, target.settings.other_endpoint or "/nobody"
    rows = [
        {"url": f"{base}{other}/{target.settings.sample}"}, {"url": f"{base}{other}/*"}, {"url": f"{base}/*"},
        {"url": "*"}, {"url": base}, {"url": ""}, {"url": None}, {"url": 5}, {"url": ["a"]}, {"url": {}}, {}, [], "x",
        5, None, {"url": f"{base}/../{other}/*"}, {"url": f"{base}{target.settings.endpoint}/..{other}/*"},
        {"url": "file:///etc/passwd"}, {"url": "x" * 60000}, b"", b"{", b"\xff\xfe", b"[" * 30000,
        b'{"url": "' + b"\\u0000" * 99 + b'"}', {"url": f"{base}/\r\nSET x y"},
    ]  # fmt: skip

    def act(body):
        answer = call(target, body if body is not None else b"null")
        expect_status(answer, (400, 401, 403, 404, 413), str(body)[:80])
        with suppress(ValueError):
            expect("message" in json.loads(answer.body), f"{str(body)[:80]}: an error without message")

    for_each(rows, act)
    expect_status(call(target, b"x" * 3_000_000), (400, 413), "3 MB")


@case("E15", "a flood of purges is accepted or refused, and pictures are delivered meanwhile", needs=PURGING)
def purge_flood(target):
    word = target.word()
    name = target.origin.picture(BLUE)

    def flood(number):
        if number == 0:
            return [target.at_origin(name, "w-40,f-png") for _ in range(40)]
        bodies = (
            {"url": f"{target.settings.base}{target.settings.endpoint}/{word}/{number}-{count}"} for count in range(60)
        )
        return [call(target, body) for body in bodies]

    pictures, *floods = in_parallel(9, flood)
    statuses = {answer.status for answers in floods for answer in answers}
    expect(statuses <= {201, 429, 503}, f"purges were answered {statuses}")
    for answers in floods:
        for answer in answers:
            expect(answer.status == 201 or (answer["Retry-After"] or "").isdigit(), f"{answer} without Retry-After")
    expect(all(shows(answer, BLUE) for answer in pictures), "a picture failed during the flood")
    purge(target, target.path("", name, target.settings.origin_endpoint, is_signed=False))


@case("E16", "a purge of what a layer shows ends every picture that it is in", needs=PURGING)
def purged_layers(target):
    logo, switch = switching(target, picture(RED), picture(BLUE))
    base = target.origin.picture((255, 255, 255), 400, 300)
    steps = f"w-100,f-png,l-image,i-{logo},w-90,h-70,t-false,c-force,l-end"
    endpoint = target.settings.origin_endpoint
    before = target.ask(steps, base, endpoint)
    expect_status(before, 200, "a picture with a layer")
    expect(shows(before, RED), f"the layer is not in the middle: {colour_of(before.body)}")
    switch.set()
    purge(target, target.path("", logo, endpoint, is_signed=False))
    expect(shows(target.ask(steps, base, endpoint), BLUE), "the picture still has the old layer")
    other = target.ask(steps.replace("w-100", "w-101"), base, endpoint)
    expect(shows(other, BLUE), "a new picture has the old layer")
