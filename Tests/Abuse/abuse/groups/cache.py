"""Group E: keys, errors, flights and purges."""

import threading

from abuse.cases import (
    LeftOut,
    Power,
    case,
    expect,
    expect_status,
    for_each,
    in_parallel,
)
from abuse.looking import BLUE, BUCKETS, shows, slow_picture
from abuse.origin import send
from abuse.pictures import png
from abuse.waiting import wait_for


@case("E6", "parameters that mean nothing change no picture; an empty query and `?` alone are the plain URL")
def queries(target):
    plain = target.ask("w-81,f-jpg")
    expect_status(plain, 200, "without query")
    word = target.word()

    def act(query):
        answer = target.ask("w-81,f-jpg", query=query)
        expect_status(answer, (200, 400), query[:60])
        expect(answer.status == 400 or answer.body == plain.body, f"{query[:60]} is another picture")

    for_each(
        [
            f"v={word}", f"utm_source={word}&gclid=1", f"a=1&b=2&c={word}", f"c={word}&b=2&a=1", "&&&", "=", "=&=",
            "tr", "TR=w-9", "Tr=w-9", "tr%3Dw-9", "x[tr]=w-9", "a=%00", "a=%zz", "a=%ff", "ik-nosuch=1", "?tr=w-9",
            "a?tr=w-9", ";tr=w-9", "a=1;tr=w-9",
        ],
        act,
    )  # fmt: skip
    bare = target.get(target.path("w-81,f-jpg") + ("?" if "?" not in target.path() else "&"))
    expect(bare.status in (200, 401) and (bare.status == 401 or bare["ETag"] == plain["ETag"]), f"`?` alone is {bare}")


def switching(target, first, second):
    """The name of a thing at the origin that is `first(connection)` until `switch` is set, and that event."""
    switch = threading.Event()
    name = target.origin.act(lambda _, connection: (second if switch.is_set() else first)(connection))
    return name, switch


def picture(colour, *headers):
    return lambda connection: send(connection, png(64, 48, colour), headers=headers)


def _failure(status):
    return lambda connection: send(connection, b"no", "text/plain", status=status)


@case("E12", "an error is kept for a moment, no longer than it says, and replaced by success", needs=(Power.ORIGIN,))
def errors_end(target):
    if target.settings.error_age > 15:
        raise LeftOut(f"errors are kept for {target.settings.error_age} s here (--error-age)")

    def act(status):
        name, mended = switching(target, _failure(status), picture(BLUE))
        for _ in range(8):
            answer = target.at_origin(name, "w-40,f-png")
            expect_status(answer, 404, status)
            expect(answer.max_age <= target.settings.error_age, f"{status}: it may be kept for {answer.max_age} s")
        expect(
            target.origin.count(name) <= 4,
            f"{status}: the origin was asked {target.origin.count(name)} times for 8 errors",
        )
        mended.set()
        patience = target.settings.error_age + target.settings.edge_age + 4
        wait_for(lambda: shows(target.at_origin(name, "w-40,f-png"), BLUE), patience, f"the end of {status}")

    for_each(("404 Not Found", "403 Forbidden", "500 Internal Server Error", "410 Gone"), act)


# --- flights


@case("E21", "hundreds of requests for one cold picture cost one fetch and one rendering", needs=(Power.ORIGIN,))
def one_flight(target):
    name = slow_picture(target)
    path = target.path("w-40,f-png", name, target.settings.origin_endpoint)
    answers = in_parallel(200, lambda number: target.get(path, headers={"Accept": BUCKETS[number % 4]}))
    statuses = {answer.status for answer in answers}
    expect(statuses <= {200, 503}, f"answered {statuses}")
    good = [answer for answer in answers if answer.status == 200]
    expect(len(good) >= 4, f"only {len(good)} were answered")
    expect(all(shows(answer, BLUE) for answer in good), "somebody got another picture")
    expect(target.origin.count(name) == 1, f"the origin was asked {target.origin.count(name)} times")
    rendered = {answer["x-request-id"] for answer in good if answer["x-apus-cache"] == "render"}
    expect(len(rendered) <= len(BUCKETS), f"{len(rendered)} answers say that they were rendered")


@case(
    "E21",
    "1,000 requests for one cold picture cost one fetch",
    needs=(Power.ORIGIN, Power.CONFIGURE),
    long=True,
    seconds=300,
)
def one_flight_of_a_thousand(target):
    with target.own(workers={"processes": 1, "slots": 256, "renders": 2}) as server:
        name = slow_picture(server)
        path = server.path("w-40,f-png", name, server.settings.origin_endpoint)
        answers = in_parallel(1000, lambda number: server.get(path, headers={"Accept": BUCKETS[number % 4]}))
        expect({answer.status for answer in answers} == {200}, f"answered { ({answer.status for answer in answers}) }")
        expect(server.origin.count(name) == 1, f"the origin was asked {server.origin.count(name)} times")


@case(
    "E22",
    "hundreds of sizes of one cold original cost one fetch; whoever finds no room is told so",
    needs=(Power.ORIGIN,),
)
def many_sizes(target):
    """Whoever comes when it is there already may be answered by another process, that fetches it for itself."""
    name = slow_picture(target, width=700)
    answers = in_parallel(300, lambda number: target.at_origin(name, f"w-{100 + number},f-png"))
    statuses = [answer.status for answer in answers]
    expect(set(statuses) <= {200, 503}, f"answered {set(statuses)}")
    expect(statuses.count(200) >= 8, f"only {statuses.count(200)} of 300 were answered")
    for number, answer in enumerate(answers):
        expect(
            answer.status != 200 or int.from_bytes(answer.body[16:20], "big") == 100 + number,
            f"w-{100 + number} has another width",
        )
    count, processes = target.origin.count(name), len(target.instance.workers()) if target.instance else 4
    expect(count <= processes, f"the origin was asked {count} times")
    refused = next((number for number, status in enumerate(statuses) if status == 503), 0)
    expect_status(target.at_origin(name, f"w-{100 + refused},f-png"), 200, "what was refused, asked again")
