"""Group D, fourth part: files that crash decoders."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from abuse.cases import Power, case, expect, expect_status
from abuse.files import FILES, mutations, of_case, pngs
from abuse.groups.killing import kills_while
from abuse.groups.serving import STEPS, asked, expect_outcome, put

NEEDS = (Power.ORIGIN,)
# Mutations of each file in order.
ROUNDS = 20
LARGEST_FILE = 40_000_000
KINDS_OF_STEPS = ("w-40,f-png", "w-64,f-webp", "w-200,h-200,cm-pad_resize,f-jpg", "e-grayscale,f-png")


def crash_rows(folder):
    """Names and bytes: the files of a folder, or damage to files in order."""
    if folder:
        paths = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
        return [(path.name, path.read_bytes()) for path in paths if path.stat().st_size < LARGEST_FILE]
    seeds = mutations.seeds().items()
    rows = [(name, mutations.mutated(data, number)) for name, data in seeds for number in range(ROUNDS)]
    return rows + [(file.name, file.data) for file in of_case("D24")]


@case(
    "D24",
    "files that crashed decoders elsewhere (--crashes), else damage to files in order: 200, 400 or 503; others go on",
    needs=NEEDS,
    seconds=1800,
)
def crash_files(target):
    rows, wrong, statuses = crash_rows(target.settings.crashes), [], []

    def act(row):
        name, data = row
        answer = asked(target, data, name, KINDS_OF_STEPS[len(data) % len(KINDS_OF_STEPS)])
        statuses.append(answer.status)
        if answer.status not in (200, 503) and not (answer.status == 400 and answer.error in ("EINVAL", "ELIMIT")):
            wrong.append(f"{name}: {answer}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, rows))
    expect(not wrong, f"{len(wrong)} of {len(rows)}: {'; '.join(wrong[:5])}")
    return f"{len(rows)} files: " + ", ".join(f"{statuses.count(one)} × {one}" for one in sorted(set(statuses)))


@case(
    "D25",
    "a file that kills decoders is asked for again and again: after two deaths 400 ELIMIT, others go on",
    needs=NEEDS,
    seconds=300,
)
def poison_again_and_again(target):
    poison = put(target, FILES["derived-in-a-circle.avif"].data, "a.avif")
    answers = [target.at_origin(poison, f"w-{40 + number},f-png") for number in range(20)]
    for answer in answers:
        expect_outcome(answer, {"503", "EINVAL", "ELIMIT"}, "the poison")
    deaths = sum(answer.status == 503 for answer in answers)
    expect(deaths <= 2, f"{deaths} of 20 requests were 503: it is decoded again and again")
    expect_status(target.at_origin(put(target, pngs.plain(), "a.png"), STEPS), 200, "another picture")


@case(
    "D25",
    "a file that kills its render process twice: 400 ELIMIT without being decoded again; others go on",
    needs=(Power.CONFIGURE,),
    seconds=300,
)
def quarantine(target):
    with target.own(workers={"processes": 2, "slots": 64, "renders": 1}) as other:
        poison = put(other, pngs.black(9900, 9900), "a.png")
        answers, deaths = [], 1
        while deaths and len(answers) < 4:
            path = f"w-{1500 + len(answers)},f-png"
            answer, deaths = kills_while(other.instance, lambda path=path: other.at_origin(poison, path))
            answers.append(answer)
        last = answers[-1]
        expect(deaths == 0, f"after {len(answers)} requests it is still decoded: {last}")
        expect_outcome(last, {"ELIMIT"}, "once it has killed twice")
        expect("quarantine" in (last["ik-error"] or "").lower(), f"does not say why: {last['ik-error']}")
        expect(len(answers) <= 3, f"only after {len(answers) - 1} requests")
        for number in range(100):
            expect_outcome(other.at_origin(poison, f"w-{100 + number},f-png"), {"ELIMIT"}, "the poison again")
        expect_status(other.at_origin(put(other, pngs.plain(), "a.png"), STEPS), 200, "another picture")
