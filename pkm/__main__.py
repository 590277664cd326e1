"""The command `pkm`. What people type every minute is answered without loading the rest of the program."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run one command line; the exit code of product and process."""
    argv = sys.argv[1:]
    if argv == ["--version"]:
        from pkm import __version__

        sys.stdout.write(f"pkm {__version__}\n")
        return 0
    try:
        return _run(argv)
    except (OSError, ImportError) as error:  # commands tell their own; here the program itself could not be read
        sys.stderr.write(
            f"pkm could not be started.\n  {error}\n  Check the disk and the installation, then try again.\n"
        )
        return 5


def _run(argv: list[str]) -> int:
    from pkm.cli import hot, interrupt

    interrupt.end_silently()
    code = hot.run(argv)
    if code is None:
        from pkm.cli.app import run

        return run(argv)
    _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process at once: taking the interpreter down in order costs a fifth of a capture."""
    if "pytest" in sys.modules:
        return
    state = sys.modules.get("pkm.cli.state")
    if state is not None:
        state.reset()  # an open index is closed in order
    try:
        sys.stderr.flush()
        sys.stdout.flush()
    except OSError:
        code = code or 0
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
