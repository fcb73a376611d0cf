"""Asks an instance for everything that the contact sheet shows and writes it; deploy/test contact-sheet runs this.

The documentation's reference page is made anew as well, with its pictures where they look different from what is there.
"""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import numpy
from PIL import Image

from contact_sheet import assets, rows, sheet
from instance import PROGRAM, REPOSITORY, Instance

SAMPLES = REPOSITORY / "deploy" / "samples"
RESULTS = REPOSITORY / ".build" / "contact-sheet"
DOCUMENTATION = REPOSITORY / "Sources" / "Transformation" / "Transformation.docc" / "Parameters"
DOCUMENTATION_SIDE = 240
# What two pictures may differ by, as the mean of all samples, and still count as one.
SAME = 1.0
KINDS = {"image/jpeg": "jpg", "image/svg+xml": "svg"}
# Characters of the language that stand in a path as they are.
PLAIN = "/:,@!~*'()$;=&%"


def configuration(folder):
    """That of deploy/apus.yaml, over a folder with more than the samples."""
    account = {
        "id": "demo",
        "publicKey": "public_demo",
        "privateKeys": ["private_contact_sheet"],
        "origins": [{"id": "samples", "type": "DISK", "path": str(folder)}],
        "urlEndpoints": [{"urlPrefix": "", "origins": ["samples"]}],
        "namedTransformations": {"thumb": "w-150,h-150"},
    }
    return {"accounts": [account]}


def main():
    shutil.rmtree(RESULTS, ignore_errors=True)
    (RESULTS / "pictures").mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="apus-sheet-") as temporary:
        place = Path(temporary)
        assets.write_all(place / "pictures", SAMPLES)
        (place / "apus.yaml").write_text(json.dumps(configuration(place / "pictures")))
        instance = Instance(place / "apus.yaml", place / "state")
        try:
            instance.up()
            sections = {"Examples of the reference page": examples(instance)}
            for title, wanted in rows.SECTIONS.items():
                with ThreadPoolExecutor(4) as pool:
                    sections[title] = list(pool.map(lambda row: cell(instance, row), wanted))
        finally:
            instance.down()
    sheet.write_html(RESULTS / "index.html", sections)
    sheet.write_png(RESULTS / "contact-sheet.png", sections)
    for file in ("index.html", "contact-sheet.png"):
        print(RESULTS / file)
    missing = [each for cells in sections.values() for each in cells if not each.picture]
    for each in missing:
        print(f"no picture: {each.text}: {each.facts}", file=sys.stderr)
    return 1 if missing else 0


def cell(instance, row):
    path = f"tr:{row.transformation}/{row.file}{row.suffix}"
    return asked(instance, path, row.accept, f"{row.file}{row.suffix}: {row.transformation.replace(rows.NEAR, '…')}")


def asked(instance, path, accept, text):
    answer = instance.get("/demo/" + quote(path, safe=PLAIN), accept=accept)
    if answer.status != 200:
        return sheet.Cell(text, f"{answer.status} {answer['ik-error'] or ''}")
    kind = answer["Content-Type"]
    ending = KINDS.get(kind, kind.rpartition("/")[2])
    name = hashlib.sha256(f"{path} {accept}".encode()).hexdigest()[:16]
    file = f"pictures/{name}.{ending}"
    (RESULTS / file).write_bytes(answer.body)
    if ending == "svg":
        return sheet.Cell(text, f"{kind}, {len(answer.body)} bytes", Image.new("RGB", (60, 40), "#ddd"), file)
    picture = assets.opened(answer.body)
    frames = getattr(picture, "n_frames", 1)
    facts = f"{ending} {picture.width}x{picture.height}{f' x {frames}' if frames > 1 else ''}, {len(answer.body)} bytes"
    return sheet.Cell(text, facts, assets.chequered(picture), file)


# --- the reference page


def examples(instance):
    """The examples' cells; their pictures go into the documentation."""
    wanted = [line.split("\t") for line in reference("--examples").splitlines()]
    cells = [asked(instance, path, "image/webp,image/*", path) for _, path in wanted]
    DOCUMENTATION.mkdir(exist_ok=True)
    page, text = DOCUMENTATION / "Parameters.md", reference()
    if not page.exists() or page.read_text() != text:
        page.write_text(text)
    for (name, _), made in zip(wanted, cells, strict=True):
        if made.picture:
            renew(DOCUMENTATION / name, sheet.reduced(made.picture, DOCUMENTATION_SIDE))
    for left_over in {file.name for file in DOCUMENTATION.glob("parameter-*.jpg")} - {name for name, _ in wanted}:
        (DOCUMENTATION / left_over).unlink()
    return cells


def reference(*options):
    command = [PROGRAM, "reference", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout


def renew(file, picture):
    if file.exists():
        old = Image.open(file).convert("RGB")
        if old.size == picture.size:
            difference = numpy.asarray(old, dtype=float) - numpy.asarray(encoded(picture), dtype=float)
            if numpy.abs(difference).mean() < SAME:
                return
    file.write_bytes(jpeg(picture))


def jpeg(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=75, optimize=True)
    return buffer.getvalue()


def encoded(picture):
    return assets.opened(jpeg(picture)).convert("RGB")


sys.exit(main())
