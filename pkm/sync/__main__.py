"""`python -m pkm.sync [--vault DIR] [--yes]`: the bare sync, for measuring and torturing it.

People type `pkm sync`. This does the same without the rest of the command line.
"""

from __future__ import annotations

import sys

from pkm.errors import PkmError
from pkm.sync.sync import sync


def main(args: list[str]) -> int:
    """Sync once; the exit code says how it ended."""
    root = args[args.index("--vault") + 1] if "--vault" in args else "."
    try:
        report = sync(root, yes="--yes" in args)
    except PkmError as error:
        sys.stderr.write("\n".join(filter(None, (error.message, error.reason, error.hint))) + "\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{error.filename or ''}: {error.strerror}\n")
        return 5
    away = f", not synced yet: {report.offline}" if report.offline else ""
    sys.stdout.write(f"sent {len(report.sent)}, received {len(report.received)}{away}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
