"""What holds for one run of `pkm`: which vault, fresh or as it is, and the workbench made of them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pkm.workbench import Workbench

vault_flag: str | None = None
fresh = True
debug = False
_bench: Workbench | None = None


def bench() -> Workbench:
    """The workbench of this run."""
    global _bench  # noqa: PLW0603 - one run, one workbench
    if _bench is None:
        from pkm.workbench import Workbench

        _bench = Workbench.found(vault_flag, fresh=fresh)
        _watch_progress(_bench)
        _tell_of_settings(_bench)
    return _bench


def _tell_of_settings(bench: Workbench) -> None:
    """Say what of the settings does not hold: a default in its place, in silence, would surprise."""
    for problem in bench.settings.problems:
        from pkm.cli import output

        told = f"{problem.path}: {problem.message} {problem.hint}"
        output.warn(output.style("pkm: ", "yellow", sys.stderr) + output.one_line(told))


def reset() -> None:
    """Forget everything; tests run several command lines in one process."""
    global vault_flag, fresh, debug, _bench
    if _bench is not None:
        _bench.close()
    vault_flag, fresh, debug, _bench = None, True, False, None
    from pkm.cli import output

    output.quiet = False


def _watch_progress(bench: Workbench) -> None:
    """Long work says how far it is, at a terminal, after the first two thousand files."""
    from pkm.cli import output

    if not sys.stderr.isatty():
        return

    def tell(done: int) -> None:
        if done >= 2000 and not output.quiet:
            sys.stderr.write(f"\r{done:,} files\x1b[K")
            if done % 500:
                sys.stderr.write("\r\x1b[K")

    bench.progress = tell
