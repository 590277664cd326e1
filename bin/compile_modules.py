"""Compile every `.pyx` of pkm while pkm is installed; where that cannot be done, install it without.

A hook of hatchling. An editable install gets each module beside its source, a wheel has them inside and is for one
platform. Without a C compiler or Python's headers the wheel is the plain one: the same program, a fifth slower when
it fills an index or builds a garden for the first time.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LIBRARIES = (".so", ".pyd")


class CompileModules(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls before it puts a wheel together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        try:
            built = compiled(Path(self.root))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - compilers fail in their own ways; none is needed
            self.app.display_warning(f"Nothing is compiled, Python does all alone: {error}")
            return
        build_data["artifacts"] += [f"/{path}" for path in built]
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def compiled(root: Path) -> list[str]:
    """Compile all modules, then put each beside its source; their paths from the root."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    sources = sorted(path.relative_to(root) for path in (root / "pkm").rglob("*.pyx"))
    with tempfile.TemporaryDirectory() as place:
        built = Path(place, "built")
        extensions = []
        for source in sources:
            copy = Path(place, source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / source, copy)
            extensions.append(Extension(".".join(source.with_suffix("").parts), [str(copy)]))
        command = Distribution({"ext_modules": cythonize(extensions, quiet=True)}).get_command_obj("build_ext")
        command.build_lib = command.build_temp = str(built)
        command.parallel = True  # as many at once as there are cores
        command.ensure_finalized()
        command.run()
        return [_put(built, source, root) for source in sources]


def _put(built: Path, source: Path, root: Path) -> str:
    """Replace what was compiled from the source before."""
    here, there = (
        [path for path in (place / source.parent).glob(f"{source.stem}.*") if path.suffix in LIBRARIES]
        for place in (built, root)
    )
    for old in there:
        old.unlink()
    return Path(shutil.copy(here[0], root / source.parent)).relative_to(root).as_posix()
