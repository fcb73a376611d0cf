"""What is no picture goes out as it is where the URL asks for no transformation, and not where it asks for one, be it without
any effect: whoever asked for the other before."""

import pytest
from PIL import Image

from pictures import encoded
from test_signatures import sign

TEXT = b"Nothing to be seen here.\n"
WITHOUT_EFFECT = ("tr:q-80/{}", "tr:w-0/{}", "tr:f-auto/{}", "{}?tr=f-auto", "tr:n-plain/{}")


@pytest.fixture(scope="module")
def files(folder):
    """Makes a file that nobody has asked for, and tells its name."""
    made = []

    def make(kind):
        content = TEXT if kind == "txt" else encoded(Image.new("RGB", (40, 30), "red"), "PDF")
        path = folder / f"untransformed-{len(made)}.{kind}"
        path.write_bytes(content)
        made.append(path)
        return path

    yield make
    for path in made:
        path.unlink()


def is_whole(answer, file):
    kind = {".txt": "text/plain", ".pdf": "application/pdf"}[file.suffix]
    return answer.status == 200 and answer["Content-Type"].startswith(kind) and answer.body == file.read_bytes()


def is_made(answer, file):
    if file.suffix == ".pdf":
        return answer.status == 200 and answer["Content-Type"] == "image/jpeg"
    return answer.status == 400 and "not a picture" in answer["ik-error"]


@pytest.mark.parametrize("form", WITHOUT_EFFECT)
@pytest.mark.parametrize("kind", ["txt", "pdf"])
@pytest.mark.parametrize("is_first", [True, False], ids=["transformed-first", "whole-first"])
def test_nobody_else_decides_what_becomes_of_a_file(apus, files, form, kind, is_first):
    file = files(kind)
    whole, made = f"/demo/{file.name}", "/demo/" + form.format(file.name)
    questions = [(made, is_made), (whole, is_whole)]
    for path, is_right in (questions if is_first else questions[::-1]) * 2:
        answer = apus.get(path)
        assert is_right(answer, file), (path, answer.status, answer["Content-Type"], answer["ik-error"])


@pytest.mark.parametrize("was_signed", [True, False])
def test_a_named_transformation_without_effect_opens_no_file(apus, files, was_signed):
    file = files("txt")
    signed = "/demo/named/" + sign(file.name)
    if was_signed:
        assert is_whole(apus.get(signed), file)
    assert apus.get(f"/demo/named/{file.name}").status == 401
    assert is_made(apus.get(f"/demo/named/tr:n-plain/{file.name}"), file)
    assert is_whole(apus.get(signed), file)
