"""A folder of files that is there as a whole or as it was before."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dns.errors import Refused

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def heading(goes_to: str, mark: str, source: str, comment: str = "#") -> list[str]:
    """The first lines of a file, by which it is known again."""
    return [
        f"{comment} Goes to {goes_to}.",
        f"{comment} {mark} of {source}. Do not change it: change that, and run it again.",
    ]


def write_folder(folder: Path, files: Mapping[str, str], mark: str) -> bool:
    """Whether anything changed. A folder is replaced only if it is empty or each of its files has the mark in its first
    lines, so that nobody's own is lost. Raises Refused."""
    folder = folder.absolute()
    try:
        before = _read(folder)
        if before == dict(files):
            return False
        strange = [name for name, text in before.items() if mark not in text[:1000]]
        if strange:
            some = ", ".join(sorted(strange)[:3])
            raise Refused(f"{folder} holds files that are not from here ({some}): name another")
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _fill(new, files)
            _exchange(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise Refused(f"cannot write {folder}: {error.strerror}") from None
    return True


def _read(folder: Path) -> dict[str, str]:
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in paths}


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    folder.chmod(0o755)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)


def _exchange(new: Path, folder: Path) -> None:
    """Nobody sees a moment without the folder, where the file system can do that."""
    if not folder.exists():
        new.rename(folder)
        return
    rename = ctypes.CDLL(None, use_errno=True).renameat2
    if rename(AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(folder), RENAME_EXCHANGE) != 0:
        aside = new.with_name(new.name + ".before")
        folder.rename(aside)
        new.rename(folder)
        shutil.rmtree(aside)
