"""The command `pkm`. What people type every minute is answered without loading the rest of the program."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command line; the exit code of product and process."""
    argv = sys.argv[1:]
    if argv == ["--version"]:
        from pkm import __version__

        sys.stdout.write(f"pkm {__version__}\n")
        return 0
    from pkm.cli import hot

    code = hot.run(argv)
    if code is None:
        from pkm.cli.app import run

        code = run(argv)
    return code


if __name__ == "__main__":
    sys.exit(main())
