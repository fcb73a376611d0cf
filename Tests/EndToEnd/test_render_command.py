"""`apus render`: a local file comes out as the installation would answer it."""

import io
import json
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from PIL import Image

import pictures
from instance import PROGRAM

COMMAND_SECONDS = 60


@pytest.fixture(scope="module")
def there(workplace):
    """A folder of its own: pictures, and one that layers show."""
    folder = workplace / "render"
    (folder / "logos").mkdir(parents=True)
    (folder / "quadrants.jpg").write_bytes(pictures.jpeg(pictures.quadrants()))
    (folder / "text.jpg").write_text("not a picture at all")
    (folder / "logos" / "red.png").write_bytes(pictures.encoded(Image.new("RGB", (64, 32), pictures.RED), "PNG"))
    (folder / "link.jpg").symlink_to(folder / "quadrants.jpg")
    return folder


def run(*arguments, cwd=None, environment=None):
    return subprocess.run(
        [PROGRAM, "render", *map(str, arguments)],
        capture_output=True,
        timeout=COMMAND_SECONDS,
        check=False,
        cwd=cwd,
        env=environment,
    )


def render(there, *arguments):
    """What standard output gets, as a picture."""
    done = run(there / "quadrants.jpg", *arguments, "-o", "-")
    assert done.returncode == 0, done.stderr
    picture = Image.open(io.BytesIO(done.stdout))
    picture.load()
    return picture, done


@pytest.mark.parametrize(
    "transformation", ["w-300", "w-300,h-300:rt-90", "w-200,f-png,b-5_red", "w-100,e-grayscale", "n-thumb", ""]
)
def test_it_is_what_the_installation_answers(apus, folder, tmp_path, transformation):
    """Byte for byte: the same plan through the same code."""
    out = tmp_path / "out"
    step = f"/tr:{transformation}" if transformation else ""
    answer = apus.get(f"/demo{step}/quadrants.jpg")
    assert answer.status == 200
    done = run(
        folder / "quadrants.jpg", transformation, "-o", out, "--config", apus.configuration, "--account", "demo"
    )
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == answer.body


@pytest.mark.parametrize(
    "name, transformation, kind",
    [
        ("a.png", "w-50", "PNG"),
        ("a.JPG", "w-50", "JPEG"),
        ("a.webp", "tr:w-50", "WEBP"),
        ("a.avif", "w-50", "AVIF"),
        ("a.png", "w-50,f-webp", "WEBP"),
        ("no-extension", "w-50", "JPEG"),
        (".hidden", "w-50", "JPEG"),
        ("a.tiff", "w-50,f-png", "PNG"),
    ],
)
def test_the_name_of_the_output_names_its_format(there, tmp_path, name, transformation, kind):
    done = run(there / "quadrants.jpg", transformation, "-o", tmp_path / name)
    assert done.returncode == 0, done.stderr
    beginning = (tmp_path / name).read_bytes()[:16]
    expected = {"PNG": b"\x89PNG", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF", "AVIF": b"ftypavif"}[kind]
    assert expected in beginning
    assert re.match(rf"{kind.lower()}, 50x38, \d+ bytes, \d+ ms\n$".encode(), done.stderr), done.stderr


def test_the_client_is_heeded(there):
    assert render(there, "w-50")[0].format == "JPEG"
    assert render(there, "w-50", "--accept", "webp")[0].format == "WEBP"
    assert render(there, "w-auto", "--hint", "width=80")[0].width == 100


def test_layers_show_files_below_the_folder(there, tmp_path):
    picture, _ = render(there, "w-300,f-png:l-image,i-logos@@red.png,w-100,lx-0,ly-0,l-end")
    assert picture.size == (300, 225)
    assert picture.convert("RGB").getpixel((250, 10)) == pytest.approx(pictures.GREEN, abs=12)
    assert picture.convert("RGB").getpixel((50, 200)) == pytest.approx(pictures.BLUE, abs=12)
    (tmp_path / "blue.png").write_bytes(pictures.encoded(Image.new("RGB", (64, 64), pictures.BLUE), "PNG"))
    step = "w-300,f-png:l-image,i-blue.png,t-false,w-50,h-50,lx-0,ly-0,l-end"
    picture, _ = render(there, step, "--root", tmp_path)
    assert picture.convert("RGB").getpixel((25, 25)) == pytest.approx(pictures.BLUE, abs=12)
    assert picture.convert("RGB").getpixel((75, 25)) == pytest.approx(pictures.RED, abs=12)


@pytest.mark.parametrize(
    "file, transformation, message",
    [
        ("missing.jpg", "w-5", "404 ENOENT"),
        ("text.jpg", "w-5", "400 EINVAL - The original is not a picture."),
        ("logos", "w-5", "404"),
        ("quadrants.jpg", "w-x", "400 EINVAL - parameter w: value 'x' is not allowed"),
        ("quadrants.jpg", "n-nobody", "400 EINVAL - parameter n"),
        ("quadrants.jpg", "w-5:l-image,i-missing.png,l-end", "404 ENOENT - The layer's picture missing.png"),
        ("quadrants.jpg", "w-5:l-image,i-..@@secret.png,l-end", "400 EINVAL"),
        ("quadrants.jpg", "w-60000,h-60000,c-force", "400 ELIMIT"),
    ],
)
def test_errors_are_those_of_the_installation(there, tmp_path, file, transformation, message):
    done = run(there / file, transformation, "-o", tmp_path / "out.png")
    assert done.returncode == 1
    assert done.stderr.decode().startswith(message), done.stderr
    assert not done.stdout and not (tmp_path / "out.png").exists()


def test_the_format_of_an_unknown_extension_has_to_be_named(there, tmp_path):
    done = run(there / "quadrants.jpg", "w-5", "-o", tmp_path / "out.tiff")
    assert done.returncode == 1
    assert b"EINVAL - parameter f: value 'tiff'" in done.stderr


def test_limits_and_accounts_are_the_configuration_s(apus, there, tmp_path):
    file = tmp_path / "small.yaml"
    accounts = [
        {
            "id": name, "insecure": True, "origins": [{"id": "o", "type": "DISK", "path": "pictures"}],
            "namedTransformations": {"t": step},
        }  # fmt: skip
        for name, step in (("one", "w-10"), ("two", "w-20"))
    ]
    file.write_text(json.dumps({"limits": {"sourcePixels": 100_000}, "accounts": accounts}))
    done = run(there / "quadrants.jpg", "n-t", "-o", "-", "--config", file)
    assert done.returncode == 1 and b"--account" in done.stderr
    done = run(there / "quadrants.jpg", "n-t", "-o", "-", "--config", file, "--account", "two")
    assert done.returncode == 1 and b"400 ELIMIT" in done.stderr
    small = there / "logos" / "red.png"
    done = run(small, "n-t", "-o", "-", "--config", file, "--account", "two")
    assert Image.open(io.BytesIO(done.stdout)).width == 20


def test_the_original_comes_out_untouched(there, tmp_path):
    done = run("link.jpg", "orig-true", "-o", tmp_path / "same", cwd=there)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "same").read_bytes() == (there / "quadrants.jpg").read_bytes()


def test_nothing_is_left_behind(there):
    with tempfile.TemporaryDirectory() as folder:
        done = run(there / "quadrants.jpg", "w-50", "-o", "-", environment={"TMPDIR": folder, "PATH": "/usr/bin:/bin"})
        assert done.returncode == 0, done.stderr
        assert not list(Path(folder).iterdir())


def test_an_output_that_cannot_be_written_is_told(there, tmp_path):
    done = run(there / "quadrants.jpg", "w-50", "-o", tmp_path / "missing" / "out.png")
    assert done.returncode == 1
    assert b"No such file or directory" in done.stderr


def test_an_output_that_is_no_file_is_written_to(there):
    done = run(there / "quadrants.jpg", "w-50", "-o", "/dev/full")
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert Path("/dev/full").is_char_device()


def test_an_output_is_replaced_at_once(there, tmp_path):
    """What reads the old file goes on reading it; neither its rights nor a link to it change."""
    out, link, second_name = tmp_path / "out.png", tmp_path / "link.png", tmp_path / "old"
    out.write_bytes(b"old")
    out.chmod(0o640)
    second_name.hardlink_to(out)
    link.symlink_to(out)
    done = run(there / "quadrants.jpg", "w-50", "-o", link)
    assert done.returncode == 0, done.stderr
    assert second_name.read_bytes() == b"old"
    assert link.is_symlink() and out.read_bytes().startswith(b"\x89PNG")
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.png", "old", "out.png"]


def test_an_output_that_cannot_be_replaced_leaves_nothing(there, tmp_path):
    out = tmp_path / "out.png"
    out.mkdir()
    done = run(there / "quadrants.jpg", "w-50", "-o", out)
    assert done.returncode == 1 and b"Is a directory" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


@pytest.mark.parametrize("command", ["render", "explain"])
def test_help_has_examples(command):
    done = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 0
    assert "EXAMPLES" in done.stdout and f"apus {command} " in done.stdout
