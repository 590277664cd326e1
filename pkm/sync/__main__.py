"""`python -m pkm.sync`: the same sync without the rest of the command line."""

from __future__ import annotations

import argparse
import sys

from pkm.errors import PkmError
from pkm.sync.sync import sync


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pkm.sync")
    parser.add_argument("--vault", default=".")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--yes", action="store_true")
    options = parser.parse_args()
    try:
        report = sync(options.vault, dry_run=options.dry_run, yes=options.yes)
    except PkmError as error:
        for line in (error.message, error.reason, error.hint):
            if line:
                print(line, file=sys.stderr)
        return error.exit_code
    print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
