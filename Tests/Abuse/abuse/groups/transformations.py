"""Group A: the text of a transformation."""

import json
import subprocess
import time

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.pictures import size_of

# What any of these may take; a parser that is worse than linear takes minutes.
SECONDS = 6
LARGEST = 65535


def _size(answer, what):
    expect_status(answer, 200, what)
    return size_of(answer.body)


@case("A12", "a transformation in path and query, twice, empty or with empty parts has one rule", needs=(Power.FREE,))
def doubled_transformations(target):
    both = _size(target.ask("w-80,h-40,c-force,f-png", query="tr=rt-90"), "in path and query")
    expect(both in ((40, 80), (80, 40)), f"path and query together give {both}")
    for forms in (("", "tr="), (",,", "tr=,,"), (":w-61", "tr=:w-61"), ("w-61,,h-40", "tr=w-61,,h-40"), (":", "tr=:")):
        path = f"{target.base_path}{target.settings.endpoint}/tr:{forms[0]}/{target.settings.sample}"
        if Power.OPEN not in target.powers:
            path = target.path(forms[0]) if forms[0] else target.path()
        answers = [target.get(path), target.ask(query=forms[1])]
        for answer in answers:
            expect_status(answer, (200, 400), f"tr:{forms[0]}")
        tags = {answer["ETag"] for answer in answers if answer.status == 200}
        expect(len(tags) < 2, f"tr:{forms[0]} is one picture in the path and another in the query")
    twice = target.ask(query="tr=w-61,f-png&tr=w-62,f-png")
    expect_status(twice, (200, 400), "tr twice in the query")
    expect(twice.status == 400 or size_of(twice.body)[0] in (61, 62), "tr twice in the query is something else")
    expect_status(target.ask(query="tr=" + "&tr=".join(["w-61"] * 500)), (200, 400, 414), "tr 500 times")


@case("A13", "a parameter that is repeated in a step has one rule, and is no variant of its own")
def repeated_parameters(target):
    for one, other, both in (
        ("w-64", "w-65", "w-64,w-65"),
        ("q-50", "q-60", "q-50,q-60"),
        ("f-png", "f-jpg", "f-png,f-jpg"),
    ):
        tags = [target.ask(f"{steps},h-40")["ETag"] for steps in (one, other)]
        answer = target.ask(f"{both},h-40")
        expect_status(answer, (200, 400), both)
        expect(answer.status == 400 or answer["ETag"] in tags, f"{both} is neither {one} nor {other}")


@case("A14", "the order of parameters makes no other variant", needs=(Power.FREE,))
def reordered_parameters(target):
    for orders in (
        ("h-41,w-66,f-jpg", "w-66,h-41,f-jpg", "f-jpg,w-66,h-41"),
        ("w-67,rt-90,q-70,f-jpg", "q-70,f-jpg,rt-90,w-67"),
    ):
        answers = [target.ask(order) for order in orders]
        for order, answer in zip(orders, answers, strict=True):
            expect_status(answer, 200, order)
        expect(len({answer["ETag"] for answer in answers}) == 1, f"{orders} are several variants")


NUMBERS = [
    "0", "-0", "-5", "--5", "-1", "1e9", "1E3", "NaN", "nan", "inf", "Infinity", "0x10", "0b1", "1_000", "１００", "٣",
    "0.0001", "0.99999999999999999999", "1.5", "1..5", ".5", "5.", "+5", "%2B5", "5%20", "%205", "65535", "65536",
    "2147483647", "2147483648", "4294967297", "9223372036854775807", "9223372036854775808", "18446744073709551617",
    "99999999999999999999", "1" * 400, "5px", "5%25", "null", "true", "[5]", "5;6", "5%0a", "%00", "",
]  # fmt: skip
PARAMETERS = ("w", "h", "x", "y", "q", "dpr", "bl", "rt", "r", "o", "z", "ar", "dn", "pg", "b", "t")


@case("A15", "numbers that are none, or beyond all bounds, are refused or bounded, and never a fault", seconds=300)
def odd_numbers(target):
    def act(parameter, value):
        steps = f"{parameter}-{value},f-jpg" + ("" if parameter in ("w", "h") else ",w-40,h-30")
        steps += ",cm-extract" if parameter in ("x", "y") else ""
        answer = target.ask(steps)
        expect_status(answer, (200, 400), steps[:60])
        if answer.status == 200:
            width, height = size_of(answer.body)
            expect(0 < width <= LARGEST and 0 < height <= LARGEST, f"{steps[:60]} gives {width} × {height}")

    for_each([(parameter, value) for parameter in PARAMETERS for value in NUMBERS], act)
    for text in ("w--5", "w-1e9", "w-NaN", "w-0x10", "w-１００", "w-1..5", "w-5px"):
        expect_status(target.ask(text), 400, text, error="EINVAL")


def _bounded(target, steps, what, query=False):
    """An answer that says 400 (or 414) soon, in path and query."""
    started = time.monotonic()
    answer = target.ask(query=f"tr={steps}") if query else target.ask(steps)
    expect_status(answer, (400, 414), what)
    expect(time.monotonic() - started < SECONDS, f"{what} took {time.monotonic() - started:.1f} s")
    return answer


@case("A16", "arithmetic that divides by nothing, overflows or has no end is refused in bounded time")
def arithmetic(target):
    rows = {
        "division by 0": "w-iw_div_0", "remainder of 0": "w-iw_mod_0", "a huge power": "w-iw_pow_99",
        "a tower of powers": "w-iw" + "_pow_9" * 40, "a huge product": "w-iw" + "_mul_99999" * 60,
        "2,400 operators": "w-" + "1_add_" * 2400 + "1", "an operator without operand": "w-iw_add_",
        "two operators": "w-iw_add_mul_2", "an unknown operator": "w-iw_xor_2", "an unknown name": "w-zz_add_2",
        "no operand at all": "w-_add_", "10,000 operators": "w-" + "1_add_" * 10000 + "1",
        "a negative result": "w-1_sub_iw_sub_99999",
    }  # fmt: skip

    def act(what):
        if what == "a negative result":
            # ImageKit takes sizes below 1 for not named.
            expect_status(target.ask(rows[what]), (200, 400), what)
            return
        for query in (False, True):
            _bounded(target, rows[what], what, query)

    for_each(rows, act)


@case("A17", "1,000 steps, 200 layers, and layers 50 deep are refused")
def endless_chains(target):
    rows = {
        "1,000 steps": ":".join(["w-100"] * 1000), "1,000 steps that change something": ":".join(["rt-90"] * 1000),
        "200 layers": ",".join(["l-text,i-a,l-end"] * 200), "200 layers in steps": ":".join(["l-text,i-a,l-end"] * 200),
        "layers 50 deep": "l-image,i-a.png," * 50 + ",".join(["l-end"] * 50),
        "texts 50 deep": "l-text,i-a," * 50 + ",".join(["l-end"] * 50),
        "200 layers that do not end": ",".join(["l-image,i-a.png"] * 200),
        "5,000 commas in a layer": "l-text,i-a," + "," * 5000 + "l-end", "an end without layer": "l-end",
        "two ends": "l-text,i-a,l-end,l-end", "10,000 colons": ":" * 10000,
    }  # fmt: skip

    def act(what):
        if "commas" in what:
            expect_status(target.ask(rows[what]), (200, 400, 404), what)
        elif "colons" in what:
            expect_status(target.ask(rows[what]), (200, 400), what)
        else:
            _bounded(target, rows[what], what)

    for_each(rows, act)


@case("A18", "conditions that do not end, are nested deep or stand alone are refused")
def broken_conditions(target):
    rows = {
        "without end": "if-w_gt_10,w-50", "100 deep": ",".join(["if-w_gt_10"] * 100) + ",w-50" + ",if-end" * 100,
        "100 that do not end": ",".join(["if-w_gt_10"] * 100), "an end alone": "if-end",
        "an else alone": "if-else,w-50,if-end", "two ends": "if-w_gt_10,w-50,if-end,if-end",
        "without condition": "if-,w-50,if-end", "an unknown operator": "if-w_zz_10,w-50,if-end",
        "an unknown name": "if-zz_gt_10,w-50,if-end", "across steps": "if-w_gt_10,w-50:if-end",
        "two elses": "if-w_gt_9,w-50,if-else,w-5,if-else,w-6,if-end",
    }  # fmt: skip
    lenient = ("across steps", "two elses")

    def act(what):
        if what in lenient:
            expect_status(target.ask(rows[what]), (200, 400), what)
        else:
            _bounded(target, rows[what], what)

    for_each(rows, act)


@case(
    "A20",
    "a named transformation that includes itself, or others in a ring, is refused before it is used",
    needs=(Power.CONFIGURE,),
)
def rings_of_names(target):
    configuration = (
        json.loads(target.instance.configuration.read_text())
        if target.instance
        else target.deployment.configuration(target.origin)
    )
    rings = {"itself": {"a": "n-a"}, "a ring": {"a": "n-b", "b": "n-c", "c": "n-a"}, "beside others": {"a": "w-10,n-a"},
             "itself in a later step": {"a": "w-10:n-a"}, "in a layer": {"a": "l-image,i-x.png,n-a,l-end"}}  # fmt: skip

    def act(what):
        configuration["accounts"][0]["namedTransformations"] = rings[what]
        file = target.deployment.folder / f"ring{target.word()}.yaml"
        file.write_text(json.dumps(configuration))
        program = target.deployment.repository / ".build" / "release" / "apus"
        done = subprocess.run(
            [str(program), "check", str(file)], capture_output=True, text=True, timeout=20, check=False
        )
        expect(done.returncode == 1, f"{what}: `apus check` ended with {done.returncode}: {done.stdout}{done.stderr}")
        expect(
            "namedTransformations" in done.stdout + done.stderr, f"{what}: not said where: {done.stdout}{done.stderr}"
        )

    for_each(rings, act)


@case("A20", "an unknown name is refused by name")
def unknown_names(target):
    for name in ("nosuch", "", "..", "a" * 2000, "n-x", "%00"):
        expect_status(target.ask(f"n-{name}"), 400, f"n-{name[:30]}", error="EINVAL")
