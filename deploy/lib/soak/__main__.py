"""python -m soak --folder FOLDER [--seconds N] [--seed N] [--json FILE]; run by deploy/soak."""

import argparse
import random
import signal
import sys
import time
from pathlib import Path

from soak import report
from soak.run import soak


def main():
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    begin = time.monotonic()

    def say(sentence):
        print(f"soak: {time.monotonic() - begin:5.0f} s  {sentence}", file=sys.stderr, flush=True)

    def end(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    results = soak(options.folder / "originals", options.folder / "state", options.seed, options.seconds, say)
    print(report.text(results), flush=True)
    if options.json:
        options.json.write_text(report.as_json(results))
    return 1 if results.problem_count else 0


if __name__ == "__main__":
    sys.exit(main())
