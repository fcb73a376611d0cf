"""`python -m abuse.files FOLDER`: writes all hostile files into a folder, and says what each is."""

import sys
from pathlib import Path

from . import FILES


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if "--help" in sys.argv else 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES.values():
        data = file.data
        (folder / file.name).write_bytes(data)
        print(f"{file.case:4} {file.name:36} {len(data):>10}  {file.purpose}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
